"""The manifests that a project has taken in."""

import re
from pathlib import Path

import pytest
from labelloop.checks.labels import LABEL_ATTRIBUTE_NOT_FOUND
from labelloop.checks.lines import MANIFEST_TOO_LARGE
from labelloop.checks.masks import MASK_MISSING
from labelloop.checks.pictures import PICTURE_MISSING
from labelloop.errors import ManifestRefused, ObjectNotFound
from labelloop.label_file import LabelFile
from labelloop.merging import InspectedFiles
from labelloop.projects import ProjectFolder
from labelloop.settings import Settings
from labelloop.sources import Sources, download
from labelloop.store import S3Uri, Store

from tests.unit.factories import BUCKET, line
from tests.unit.local_project import LocalProject
from tests.unit.s3_calls import calls_of, writes

PREFIX = "projects/shapes/sources"
LINES = [line(name, 0) for name in range(9)]
OTHERS = [line(name, 0, 1) for name in range(20, 40)]
PLENTY = 10**6


@pytest.fixture
def sources(store: Store) -> Sources:
    return Sources(ProjectFolder(BUCKET, "shapes"), store)


@pytest.fixture
def file(tmp_path: Path) -> LabelFile:
    return LocalProject(tmp_path).file(LINES)


@pytest.fixture
def other(tmp_path: Path) -> LabelFile:
    return LocalProject(tmp_path).file(OTHERS, "shapes", ["class 0", "class 1", "eel"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where they are downloaded to."""
    (tmp_path / "downloaded").mkdir()
    return tmp_path / "downloaded"


def test_a_manifest_is_taken_in_once_and_its_record_is_written_last(sources: Sources, file: LabelFile) -> None:
    with calls_of(sources.store) as calls:
        sources.add(file, None)
        sources.add(file, None)
    record = f"{PREFIX}/{file.id}/source.json"
    assert writes(calls) == [f"{PREFIX}/{file.id}/source.manifest", record, record]
    body = sources.store.read(S3Uri(BUCKET, f"{PREFIX}/{file.id}/source.manifest"), limit=PLENTY)
    assert body == file.path.read_bytes()


INSPECTED = InspectedFiles({3: PICTURE_MISSING, 7: MASK_MISSING}, {"s3://b/old.png": "s3://b/new.png"})


@pytest.mark.parametrize("inspected", [None, InspectedFiles(), INSPECTED], ids=["not looked at", "all well", "not all"])
def test_what_its_files_were_found_to_be_is_remembered(
    sources: Sources, file: LabelFile, folder: Path, inspected: InspectedFiles | None
) -> None:
    sources.add(file, inspected)
    (found,) = sources.read([file.id], Settings(), folder, PLENTY)
    assert found.inspected == inspected


def test_a_manifest_that_is_put_again_is_read_as_it_was_put_last(
    sources: Sources, file: LabelFile, folder: Path
) -> None:
    sources.add(file, INSPECTED)
    again = LabelFile(file.path, file.manifest, "shapes", ("class 0", "eel"))
    sources.add(again, None)
    (found,) = sources.read([file.id], Settings(), folder, PLENTY)
    assert (found.inspected, found.file.label_attribute, found.file.categories) == (None, "shapes", ("class 0", "eel"))


def test_one_that_cannot_be_read_any_more_is_named(sources: Sources, file: LabelFile, folder: Path) -> None:
    other = LabelFile(file.path, file.manifest, "cats")
    sources.add(other, None)
    message = re.escape(f"in {file.manifest.uri} that was taken in before (sources/{file.id}/)")
    with pytest.raises(ManifestRefused, match=message) as refused:
        list(sources.read([file.id], Settings(), folder, PLENTY))
    assert refused.value.check is LABEL_ATTRIBUTE_NOT_FOUND


def test_those_that_are_complete_are_known(sources: Sources, file: LabelFile, other: LabelFile) -> None:
    assert sources.ids() == frozenset()
    sources.add(file, None)
    for key in (f"{other.id}/source.manifest", "notes.txt", f"{other.id}/source.json.bak"):
        sources.store.s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}/{key}", Body=b"")
    sources.store.s3.put_object(Bucket=BUCKET, Key=f"projects/shapes-2/sources/{other.id}/source.json", Body=b"")
    assert sources.ids() == {file.id}
    sources.add(other, None)
    assert sources.ids() == {file.id, other.id}


def test_they_are_read_as_they_were_put(sources: Sources, file: LabelFile, other: LabelFile, folder: Path) -> None:
    for each in (file, other):
        sources.add(each, None)
    found = {source.file.id: source for source in sources.read(sources.ids(), Settings(), folder, PLENTY)}
    assert found.keys() == {file.id, other.id}
    for each in (file, other):
        read = found[each.id].file
        assert (read.manifest, read.label_attribute, read.categories) == (
            each.manifest,
            each.label_attribute,
            each.categories,
        )
        assert read.path.read_bytes() == each.path.read_bytes()
    assert found[other.id].survey.class_names == {0: "class 0", 1: "class 1", 2: "eel"}
    assert [found[each.id].survey.lines for each in (file, other)] == [9, 20]


def test_only_some_are_read(sources: Sources, file: LabelFile, other: LabelFile, folder: Path) -> None:
    for each in (file, other):
        sources.add(each, None)
    (found,) = sources.read([other.id], Settings(), folder, PLENTY)
    assert found.file.id == other.id


def test_what_is_here_already_is_not_downloaded_again(sources: Sources, file: LabelFile, folder: Path) -> None:
    sources.add(file, None)
    list(sources.read([file.id], Settings(), folder, PLENTY))
    with calls_of(sources.store) as calls:
        assert len(list(sources.read([file.id], Settings(), folder, PLENTY))) == 1
    assert calls == [("GetObject", f"{PREFIX}/{file.id}/source.json")]


@pytest.mark.parametrize("downloaded", [0, 1], ids=["none is here", "one is here"])
@pytest.mark.parametrize(("missing", "fits"), [(0, True), (1, False)])
def test_together_they_have_a_limit_wherever_they_are(
    sources: Sources, file: LabelFile, other: LabelFile, folder: Path, downloaded: int, missing: int, fits: bool
) -> None:
    """Those that are downloaded already count too."""
    for each in (file, other):
        sources.add(each, None)
    ids, limit = sorted(sources.ids()), sum(each.path.stat().st_size for each in (file, other)) - missing
    list(sources.read(ids[:downloaded], Settings(), folder, PLENTY))
    if fits:
        assert len(list(sources.read(ids, Settings(), folder, limit))) == 2
    else:
        with pytest.raises(ManifestRefused, match="have more than 1,200,000,000 bytes") as refused:
            list(sources.read(ids, Settings(), folder, limit))
        assert refused.value.check is MANIFEST_TOO_LARGE


# ---- downloads ----


def test_the_version_that_is_meant_is_downloaded(store: Store, tmp_path: Path) -> None:
    old = store.s3.put_object(Bucket=BUCKET, Key="m", Body=b"old")
    store.s3.put_object(Bucket=BUCKET, Key="m", Body=b"newer, and longer")
    download(store, S3Uri(BUCKET, "m"), tmp_path / "m", limit=3, version=old["VersionId"])
    assert (tmp_path / "m").read_bytes() == b"old"


def test_of_what_is_too_large_nothing_is_downloaded(store: Store, tmp_path: Path) -> None:
    store.s3.put_object(Bucket=BUCKET, Key="m", Body=b"1234")
    with pytest.raises(ManifestRefused, match=rf"s3://{BUCKET}/m alone has 4") as refused, calls_of(store) as calls:
        download(store, S3Uri(BUCKET, "m"), tmp_path / "m", limit=3)
    assert (refused.value.check, refused.value.value, calls) == (MANIFEST_TOO_LARGE, 4, [("HeadObject", "m")])


def test_what_is_not_there_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ObjectNotFound, match=rf"s3://{BUCKET}/m does not exist"):
        download(store, S3Uri(BUCKET, "m"), tmp_path / "m", limit=3)

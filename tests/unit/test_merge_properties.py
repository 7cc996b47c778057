"""Manifests of one project become one dataset: in any order, however often, with nothing lost and nothing moved."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from labelloop.dataset import CLASSES, TRAIN, VALIDATION, freeze
from labelloop.findings import Findings
from labelloop.label_file import LabelFile
from labelloop.preflight import Preflight, preflight, read_source
from labelloop.report import Report
from labelloop.run import Pinned, present
from labelloop.settings import Settings

from tests.unit.factories import Json, class_line, class_list_line, line, manifest_text, mask_line, picture

NAMES = ("circle", "hexagon", "square", "triangle")
DAYS = ("2026-01-01T10:00:00", "2026-01-01T10:00:00.000001", "2026-01-02T09:00:00", "2026-02-01T00:00:00")
SETTINGS = Settings(invalid_share=1)
Files = dict[str, bytes]


class Labelled(NamedTuple):
    """A picture, the names of its objects' classes (none: somebody looked and found nothing), and when."""

    name: int
    shown: tuple[str, ...]
    day: str


class Job(NamedTuple):
    """A labeling job: how it numbers classes, and what it labelled, each picture once."""

    order: tuple[int, ...]
    labelled: tuple[Labelled, ...]

    @property
    def ids(self) -> dict[str, int]:
        return dict(zip(NAMES, self.order, strict=False))


LABELLED = st.builds(
    Labelled, st.integers(0, 12), st.lists(st.sampled_from(NAMES), max_size=3).map(tuple), st.sampled_from(DAYS)
)
ORDER = st.permutations(range(6)).map(tuple)
JOBS = st.lists(
    st.builds(Job, ORDER, st.lists(LABELLED, min_size=1, max_size=10, unique_by=lambda one: one.name).map(tuple)),
    min_size=1,
    max_size=4,
)


def box_line(job: Job, one: Labelled) -> Json:
    class_map = {str(job.ids[name]): name for name in one.shown}
    boxes = [
        line(one.name, job.ids[name])["shapes"]["annotations"][0] | {"left": left}
        for left, name in enumerate(one.shown)
    ]
    return line(one.name, *boxes, class_map=class_map, metadata={"creation-date": one.day})


def one_class_line(job: Job, one: Labelled) -> Json:
    name = (*one.shown, NAMES[0])[0]
    return class_line(one.name, job.ids[name], class_name=name, creation_date=one.day)


def class_list(job: Job, one: Labelled) -> Json:
    ids = dict.fromkeys(job.ids[name] for name in one.shown)
    class_map = {str(job.ids[name]): name for name in one.shown}
    return class_list_line(one.name, *ids, class_map=class_map, confidence_map={}, creation_date=one.day)


def of_masks(job: Job, one: Labelled) -> Json:
    """Masks of jobs that agree on the values of pixels; others have to be painted anew, which is not done here."""
    made = mask_line(one.name, names={job.ids[name]: name for name in (NAMES[0], *one.shown)})
    made["streets-ref-metadata"]["creation-date"] = one.day
    return made


KINDS = {"shapes": box_line, "species": one_class_line, "tags": class_list, "streets-ref": of_masks}
some = settings(max_examples=40)
every_kind = pytest.mark.parametrize("attribute", KINDS)


class Project:
    """Manifests on this machine, as a project of its own has them."""

    def __init__(self, folder: Path, attribute: str) -> None:
        self.folder, self.attribute = folder, attribute

    def put(self, jobs: Sequence[Job]) -> tuple[Preflight, Files]:
        """Put the manifests of these jobs one after the other; what became of the last, and the dataset's files."""
        *before, last = [self._file(job) for job in jobs]
        earlier = {file.id: read_source(file, SETTINGS, Findings()) for file in before}
        done = preflight(last, SETTINGS, earlier=tuple(earlier.values()))
        if done.stops:
            return done, {}
        freeze(done, present(done.report), self.folder)
        return done, {name: (self.folder / name).read_bytes() for name in (TRAIN, VALIDATION, CLASSES)}

    def _file(self, job: Job) -> LabelFile:
        body = manifest_text(KINDS[self.attribute](job, one) for one in job.labelled)
        name = f"{hashlib.sha256(body).hexdigest()}.manifest"
        (self.folder / name).write_bytes(body)
        return LabelFile(self.folder / name, Pinned(f"s3://b/{name}", ""))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("project")


def jobs_of(attribute: str, jobs: Sequence[Job]) -> list[Job]:
    """Jobs as they can be of these labels: those of masks agree."""
    return [Job((0, 1, 3, 2), job.labelled) for job in jobs] if attribute == "streets-ref" else list(jobs)


def shown(each: Json) -> Counter[str]:
    """The class names of a line's objects."""
    metadata = next(value for key, value in each.items() if key.endswith("-metadata"))
    if "shapes" in each:
        return Counter(metadata["class-map"][str(box["class_id"])] for box in each["shapes"]["annotations"])
    if "species" in each:
        return Counter([metadata["class-name"]])
    if "tags" in each:
        return Counter(metadata["class-map"][str(class_id)] for class_id in each["tags"])
    return Counter(entry["class-name"] for entry in metadata["internal-color-map"].values())


def lines_of(file: bytes) -> dict[str, Json]:
    lines = [json.loads(text) for text in file.splitlines()]
    assert len({each["source-ref"] for each in lines}) == len(lines), "a picture is there twice"
    return {each["source-ref"]: each for each in lines}


def sides(report: Report, files: Files) -> tuple[dict[str, Json], dict[str, Json]]:
    """The lines of each side that are there in their own right, not only because the other would be empty."""
    train, validation = lines_of(files[TRAIN]), lines_of(files[VALIDATION])
    both = train.keys() & validation.keys()
    assert len(both) <= 1
    if both and len(validation) == 1:
        return train, {}
    return (train, validation) if not both else ({}, validation)


@every_kind
@some
@given(jobs=JOBS, data=st.data())
def test_the_order_of_manifests_and_repetitions_make_no_difference(
    folder: Path, attribute: str, jobs: list[Job], data: st.DataObject
) -> None:
    jobs = jobs_of(attribute, jobs)
    again = data.draw(st.permutations([*jobs, *data.draw(st.lists(st.sampled_from(jobs), max_size=2))]))
    project = Project(folder, attribute)
    (first, files), (second, same) = project.put(jobs), project.put(again)
    assert same == files
    assert first.stops == second.stops


@every_kind
@some
@given(jobs=JOBS)
def test_the_newest_label_of_each_picture_is_kept_and_no_picture_is_lost(
    folder: Path, attribute: str, jobs: list[Job]
) -> None:
    """Unless labels of the same time contradict each other."""
    jobs = jobs_of(attribute, jobs)
    _, files = Project(folder, attribute).put(jobs)
    assume(files)
    found = lines_of(files[TRAIN]) | lines_of(files[VALIDATION])
    for name in range(13):
        entries = [(one.day, job, one) for job in jobs for one in job.labelled if one.name == name]
        newest = max((day for day, _, _ in entries), default="")
        wanted = [(said(attribute, one), KINDS[attribute](job, one)) for day, job, one in entries if day == newest]
        agree = len({label for label, _ in wanted}) == 1
        kept = shown(found[picture(name)]) if picture(name) in found else Counter()
        assert kept in [shown(each) for _, each in wanted] if agree else kept == Counter()


def said(attribute: str, one: Labelled) -> object:
    """What a label says of its picture, whatever the numbers of classes."""
    ordered = {"shapes": one.shown, "species": one.shown[:1] or NAMES[:1], "tags": tuple(dict.fromkeys(one.shown))}
    return ordered.get(attribute, "one mask for each picture")


@every_kind
@some
@given(jobs=JOBS)
def test_pictures_never_change_sides(folder: Path, attribute: str, jobs: list[Job]) -> None:
    jobs = jobs_of(attribute, jobs)
    project = Project(folder, attribute)
    known: dict[str, bool] = {}
    for count in range(1, len(jobs) + 1):
        done, files = project.put(jobs[:count])
        if files:
            train, validation = sides(present(done.report), files)
            now = dict.fromkeys(train, False) | dict.fromkeys(validation, True)
            assert {uri: now[uri] for uri in known.keys() & now.keys()} == {
                uri: known[uri] for uri in known.keys() & now.keys()
            }
            known |= now


@every_kind
@some
@given(jobs=JOBS)
def test_classes_are_merged_by_name(folder: Path, attribute: str, jobs: list[Job]) -> None:
    jobs = jobs_of(attribute, jobs)
    _, files = Project(folder, attribute).put(jobs)
    assume(files)
    classes = [json.loads(text) for text in files[CLASSES].splitlines()]
    names = [entry["name"] for entry in classes]
    assert [entry["id"] for entry in classes] == list(range(len(classes)))
    assert len(set(names)) == len(names)
    for each in (lines_of(files[TRAIN]) | lines_of(files[VALIDATION])).values():
        assert class_map(each).items() <= {str(class_id): name for class_id, name in enumerate(names)}.items()
        assert set(shown(each)) <= set(class_map(each).values())


def class_map(each: Json) -> dict[str, str]:
    metadata: Any = next(value for key, value in each.items() if key.endswith("-metadata"))
    if "species" in each:
        return {str(each["species"]): metadata["class-name"]}
    if "streets-ref" in each:
        return {key: entry["class-name"] for key, entry in metadata["internal-color-map"].items()}
    named: dict[str, str] = metadata["class-map"]
    return named


@every_kind
@some
@given(jobs=JOBS)
def test_the_report_counts_what_is_in_the_files(folder: Path, attribute: str, jobs: list[Job]) -> None:
    jobs = jobs_of(attribute, jobs)
    done, files = Project(folder, attribute).put(jobs)
    assume(files)
    report = present(done.report)
    assert report.train_samples == len(lines_of(files[TRAIN]))
    assert report.validation_samples == len(lines_of(files[VALIDATION]))
    train, validation = ([*map(shown, side.values())] for side in sides(report, files))
    for entry in report.classes:
        assert entry.objects == sum(each[entry.name] for each in [*train, *validation])
        assert entry.train_pictures == sum(entry.name in each for each in train)
        assert entry.validation_pictures == sum(entry.name in each for each in validation)
    assert report.lines == sum(len(source.file.path.read_bytes().splitlines()) for source in done.sources)
    assert report.lines - sum(report.left_out.values()) == len(train) + len(validation)
    assert report.max_objects >= max(each.total() for each in [*train, *validation])

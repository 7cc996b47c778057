import json
from pathlib import Path

import pytest
from labelloop.store import S3Uri

from laptop.commands.console import CommandError
from laptop.commands.inbox import FoundFiles, files_of, find_files, local_file, objects_of


def manifest_of(folder: Path, *lines: object) -> Path:
    path = folder / "some.manifest"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_every_object_is_found_once_in_the_manifests_order(tmp_path: Path) -> None:
    manifest = manifest_of(
        tmp_path,
        {"source-ref": "s3://b/x/two.jpg", "mask-ref": "s3://masks/two.png", "mask-ref-metadata": {"type": "…"}},
        {"source-ref": "s3://b/x/one.jpg", "note": "s3://no/reference.jpg"},
        {"source-ref": "s3://b/x/two.jpg"},
        {"source": "no picture"},
    )
    wanted = ("s3://b/x/two.jpg", "s3://masks/two.png", "s3://b/x/one.jpg")
    assert objects_of(manifest) == tuple(map(S3Uri.from_text, wanted))


def test_what_the_run_itself_will_tell_of_is_passed_over(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, {"source-ref": "s3://b/ok.jpg"}, {"source-ref": "s3://bucket"}, [])
    with manifest.open("a") as file:
        file.write('{"source-ref":\n')
    assert objects_of(manifest) == (S3Uri("b", "ok.jpg"),)


def test_files_lie_at_their_key_or_under_their_name(tmp_path: Path) -> None:
    (tmp_path / "deep/er").mkdir(parents=True)
    for name in ("deep/er/one.jpg", "one.jpg", "two.jpg"):
        (tmp_path / name).touch()
    at_key, by_name = S3Uri("b", "deep/er/one.jpg"), S3Uri("b", "elsewhere/two.jpg")
    assert files_of([at_key, by_name], tmp_path) == {
        at_key: tmp_path / "deep/er/one.jpg",
        by_name: tmp_path / "two.jpg",
    }


@pytest.mark.parametrize("key", ["/etc/hostname", "../secret.txt", "a/../../secret.txt", "..", "a/.."])
def test_no_key_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    (tmp_path / "secret.txt").touch()
    folder = tmp_path / "images"
    folder.mkdir()
    assert not local_file(S3Uri("b", key), folder).is_file()


def test_missing_pictures_are_counted_and_named(tmp_path: Path) -> None:
    (tmp_path / "0.jpg").touch()
    objects = [S3Uri("b", f"x/{number}.jpg") for number in range(8)]
    with pytest.raises(CommandError, match=r"7 of 8 pictures .*: 1.jpg, 2.jpg, 3.jpg, 4.jpg, 5.jpg, …") as caught:
        files_of(objects, tmp_path)
    assert "--images" in caught.value.hint


def test_where_some_may_be_missing_the_others_are_found(tmp_path: Path) -> None:
    (tmp_path / "0.jpg").touch()
    there, absent = S3Uri("b", "x/0.jpg"), S3Uri("b", "x/1.jpg")
    assert find_files([], tmp_path) == FoundFiles({}, ())
    assert find_files([absent, there], tmp_path) == FoundFiles({there: tmp_path / "0.jpg"}, (absent,))
    with pytest.raises(CommandError, match=r"1 of 1 pictures .*: 1.jpg\."):
        find_files([absent], tmp_path)

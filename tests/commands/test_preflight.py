import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import msgspec
import pytest
from labelloop.preflight_report import PreflightReport
from labelloop.sources import BYTES_LIMIT
from moto import mock_aws
from typer.testing import CliRunner, Result

from laptop.commands.cli import app
from laptop.commands.preflight_json import ForPrograms
from laptop.commands.preflight_pictures import Pictures
from tests.unit.factories import box, line, manifest_text, unlabelled_line, write_manifest
from tests.unit.picture_files import encoded, landscape

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

GOOD = [line(n, box(0), box(1, left=200)) for n in range(1, 61)]
EMPTY = line(61, box(0, width=0), class_map={"0": "class 0"})
NOBODY = {
    **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")),
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "COLUMNS": "200",
    "TERM": "dumb",
}
SOMEBODY = NOBODY | {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


def preflight(*arguments: str | Path, env: dict[str, str | None] = NOBODY) -> Result:
    return CliRunner(env=env).invoke(app, ["preflight", *map(str, arguments)])


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return write_manifest(tmp_path / "output.manifest", [*GOOD, EMPTY])


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """All pictures but that of line 5."""
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(1, 62):
        if number != 5:
            (folder / f"{number}.jpg").write_bytes(encoded(landscape(number, 500, 400), "JPEG"))
    return folder


@pytest.fixture
def s3() -> "Iterator[S3Client]":
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="pictures")
        yield client


@pytest.mark.parametrize(
    ("lines", "code", "verdict"),
    [
        (GOOD, 0, "This manifest trains: 60 pictures, no line left out."),
        ([*GOOD, EMPTY], 3, "This manifest trains: 60 pictures, 1 line left out."),
        ([unlabelled_line(1)], 4, "This manifest does not train: 1 problem stops the run."),
        ([], 4, "This manifest does not train: 1 problem stops the run."),
    ],
)
def test_the_exit_code_and_the_first_line_tell_the_verdict(
    tmp_path: Path, lines: list[dict[str, object]], code: int, verdict: str
) -> None:
    shown = preflight(write_manifest(tmp_path / "output.manifest", lines), "--pictures", "0")
    assert (shown.exit_code, shown.stderr) == (code, "")
    assert shown.stdout.splitlines()[0] == verdict


def test_pictures_are_looked_at_in_a_folder(manifest: Path, images: Path) -> None:
    shown = preflight(manifest, "--images", images)
    assert shown.exit_code == 3
    assert "PICTURE_MISSING\n    line 5, /source-ref: s3://pictures/5.jpg" in shown.stdout
    assert shown.stdout.splitlines()[-1] == (
        f"Train on it, on this laptop: labelloop put {manifest} --project shapes --images {images}"
    )


def test_pictures_that_cannot_be_looked_at_are_told_of(manifest: Path) -> None:
    shown = preflight(manifest)
    assert shown.exit_code == 3
    assert shown.stderr == (
        "Pictures are not looked at: there are no AWS credentials. "
        "--images FOLDER looks at files, --cloud at those of the running laptop cloud.\n"
    )


def test_for_programs_it_is_the_receipt_and_what_they_would_ask_besides(manifest: Path, images: Path) -> None:
    shown = preflight(manifest, "--images", images, "--json")
    report = msgspec.json.decode(shown.stdout, type=ForPrograms)
    assert (report.format, report.verdict, report.exit_code) == (1, "trains without some lines", shown.exit_code)
    assert report.manifest == str(manifest)
    assert report.pictures == Pictures(60, 60, None)
    assert [check.code for check in report.checks] == ["BOX_EMPTY", "PICTURE_MISSING"]
    assert report.dataset is not None
    assert report.dataset.left_out == {"BOX_EMPTY": 1, "PICTURE_MISSING": 1}
    assert report.training["num_classes"].value == "2"
    assert msgspec.json.decode(shown.stdout, type=PreflightReport).dataset == report.dataset


@pytest.mark.parametrize(
    ("lines", "arguments", "pictures"),
    [
        (GOOD, [], Pictures(0, 60, "there are no AWS credentials")),
        (GOOD, ["--pictures", "0"], Pictures(0, 60, "pictures_checked is 0")),
        (GOOD, ["--pictures", "7", "--images", "IMAGES"], Pictures(7, 60, "pictures_checked is 7")),
        ([unlabelled_line(1)], [], Pictures(0, None, "the run stops before pictures are looked at")),
    ],
)
def test_programs_are_told_of_pictures_that_are_not_looked_at(
    tmp_path: Path, images: Path, lines: list[dict[str, object]], arguments: list[str], pictures: Pictures
) -> None:
    manifest = write_manifest(tmp_path / "output.manifest", lines)
    shown = preflight(manifest, "--json", *(str(images) if one == "IMAGES" else one for one in arguments))
    assert msgspec.json.decode(shown.stdout, type=ForPrograms).pictures == pictures


def test_the_page_shows_what_was_found(manifest: Path, images: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    shown = preflight(manifest, "--images", images, "--html", page)
    assert shown.exit_code == 3
    assert shown.stdout.splitlines()[-1] == f"Page: {page}"
    text = page.read_text()
    assert "This manifest trains: 59 pictures, 2 lines left out." in text
    assert "data:image/jpeg;base64," in text
    assert text.count("<circle") == 118


def test_where_the_page_is_does_not_mix_with_json(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path / "output.manifest", GOOD)
    shown = preflight(manifest, "--pictures", "0", "--json", "--html", tmp_path / "page.html")
    assert shown.stderr == f"Page: {tmp_path / 'page.html'}\n"
    assert msgspec.json.decode(shown.stdout, type=ForPrograms).verdict == "trains"


@pytest.mark.parametrize(("name", "complaint"), [("new/page.html", "There is no folder"), ("", "is a directory")])
def test_a_page_has_a_place_before_anything_is_read(manifest: Path, tmp_path: Path, name: str, complaint: str) -> None:
    shown = preflight(manifest, "--html", tmp_path / name)
    assert shown.exit_code in (1, 2)
    assert complaint in shown.stderr
    assert "Pictures are not looked at" not in shown.stderr


def test_the_page_of_what_cannot_be_trained_on(tmp_path: Path, images: Path) -> None:
    manifest = write_manifest(tmp_path / "output.manifest", [unlabelled_line(1)])
    assert preflight(manifest, "--images", images, "--html", tmp_path / "page.html").exit_code == 4
    assert "No line has labels" in (tmp_path / "page.html").read_text()


def test_the_page_of_a_project_that_stops_for_its_settings(tmp_path: Path, manifest: Path, images: Path) -> None:
    (tmp_path / "project.json").write_text('{"hyperparameters": {"mini_batch_size": 1000}}')
    page = tmp_path / "page.html"
    shown = preflight(manifest, "--images", images, "--settings", tmp_path / "project.json", "--html", page)
    assert shown.exit_code == 4
    assert "data:image/jpeg;base64," in page.read_text()


def test_a_page_that_cannot_be_written_is_named(manifest: Path, tmp_path: Path) -> None:
    page = tmp_path / f"{'a' * 300}.html"
    shown = preflight(manifest, "--pictures", "0", "--html", page)
    assert shown.exit_code == 1
    assert f"{page} cannot be written: File name too long." in shown.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["absent.manifest"], "absent.manifest is no file."),
        (["/tmp"], "/tmp is a folder."),
        (["s3://b"], "Name a file, or s3://bucket/key."),
        (["s3://bucket/key"], "s3://bucket/key cannot be read: there are no AWS credentials."),
        (["s3://bucket/key", "--url", "http://127.0.0.1:9"], "No laptop cloud answers at http://127.0.0.1:9"),
    ],
)
def test_what_cannot_be_read_is_named(arguments: list[str], complaint: str) -> None:
    shown = preflight(*arguments)
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert complaint in shown.stderr


def test_settings_that_are_wrong_are_named(manifest: Path, tmp_path: Path) -> None:
    (tmp_path / "my.json").write_text('{"epochs": 3}')
    shown = preflight(manifest, "--settings", tmp_path / "my.json")
    assert shown.exit_code == 1
    assert f"{tmp_path / 'my.json'}: Object contains unknown field `epochs`" in shown.stderr


@pytest.mark.parametrize(("attribute", "code"), [("others", 0), ("shapes", 3), ("absent", 4)])
def test_one_of_several_attributes_is_chosen(tmp_path: Path, attribute: str, code: int) -> None:
    both = [first | line(n, box(0), box(1), attribute="others") for n, first in enumerate([*GOOD, EMPTY], 1)]
    manifest = write_manifest(tmp_path / "output.manifest", both)
    assert preflight(manifest, "--pictures", "0", "--attribute", attribute).exit_code == code


def test_an_attribute_that_is_not_there_is_mended_where_it_was_given(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path / "output.manifest", GOOD)
    assert "with --attribute, or leave it out." in preflight(manifest, "--attribute", "absent").stdout


def test_a_manifest_that_is_too_large_would_stop_the_run(tmp_path: Path) -> None:
    path = tmp_path / "huge.manifest"
    with path.open("wb") as file:
        file.truncate(BYTES_LIMIT + 1)  # takes no room on the disk
    shown = preflight(path, "--pictures", "0")
    assert shown.exit_code == 4
    assert "MANIFEST_TOO_LARGE" in shown.stdout


def test_manifest_and_pictures_are_read_from_s3_with_the_users_credentials(s3: "S3Client") -> None:
    s3.put_object(Bucket="pictures", Key="some.manifest", Body=manifest_text(GOOD))
    body = encoded(landscape(1, 500, 400), "JPEG")
    for number in range(2, 61):
        s3.put_object(Bucket="pictures", Key=f"{number}.jpg", Body=body)
    shown = preflight("s3://pictures/some.manifest", env=SOMEBODY)
    assert (shown.exit_code, shown.stderr) == (3, "")
    assert "PICTURE_MISSING\n    line 1, /source-ref: s3://pictures/1.jpg" in shown.stdout
    assert shown.stdout.splitlines()[-1] == (
        "Train on it, BUCKET being the stack's data bucket: "
        "aws s3 cp s3://pictures/some.manifest s3://BUCKET/projects/shapes/manifests/"
    )


@pytest.mark.parametrize(("region", "code"), [(None, 0), ("us-east-1", 0), ("eu-west-1", 4)])
def test_regions_are_compared_where_the_users_own_is_known(s3: "S3Client", region: str | None, code: int) -> None:
    body = encoded(landscape(1, 500, 400), "JPEG")
    for number in range(1, 61):
        s3.put_object(Bucket="pictures", Key=f"{number}.jpg", Body=body)
    s3.put_object(Bucket="pictures", Key="some.manifest", Body=manifest_text(GOOD))
    env = SOMEBODY | {"AWS_DEFAULT_REGION": region, "AWS_REGION": None}
    assert preflight("s3://pictures/some.manifest", env=env).exit_code == code


def test_an_object_that_is_not_there_is_named(s3: "S3Client") -> None:
    shown = preflight("s3://pictures/absent.manifest", env=SOMEBODY)
    assert shown.exit_code == 1
    assert "s3://pictures/absent.manifest does not exist" in shown.stderr

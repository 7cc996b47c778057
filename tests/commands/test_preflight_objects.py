from pathlib import Path

import boto3
import pytest
from labelloop.errors import ObjectNotFound, ObjectTooLarge
from labelloop.store import ObjectStart, S3Uri, Store

from laptop.commands.cloud_file import RunningCloud
from laptop.commands.console import CommandError
from laptop.commands.preflight_objects import FolderObjects, Places, own_account

ONE = S3Uri("b", "deep/one.jpg")


@pytest.fixture
def folder(tmp_path: Path) -> FolderObjects:
    (tmp_path / "one.jpg").write_bytes(b"a picture")
    return FolderObjects(tmp_path)


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing from which boto3 could have credentials."""
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_DEFAULT_REGION",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


def test_a_file_stands_for_an_object(folder: FolderObjects) -> None:
    found = folder.find(ONE)
    assert found is not None
    assert (found.size, found.version) == (9, None)
    assert folder.read(ONE, limit=9) == b"a picture"
    assert folder.read_start(ONE, 3) == ObjectStart(b"a p", 9)
    assert folder.read_start(ONE, 100) == ObjectStart(b"a picture", 9)
    assert folder.region("b") is None


def test_another_content_is_another_object(folder: FolderObjects) -> None:
    before = folder.find(ONE)
    path = folder.folder / "one.jpg"
    path.write_bytes(b"another!!")
    path.touch()
    assert before is not None
    assert folder.find(ONE) != before


def test_what_is_not_there_is_not_found(folder: FolderObjects) -> None:
    absent = S3Uri("b", "two.jpg")
    assert folder.find(absent) is None
    with pytest.raises(ObjectNotFound, match=r"s3://b/two.jpg is not in"):
        folder.read(absent, limit=9)
    with pytest.raises(ObjectNotFound):
        folder.read_start(absent, 3)


def test_what_is_too_large_is_not_read(folder: FolderObjects) -> None:
    with pytest.raises(ObjectTooLarge, match="9 bytes; at most 8"):
        folder.read(ONE, limit=8)


def test_without_credentials_there_is_no_account(no_aws: None) -> None:
    assert own_account() == (None, None)


def test_with_credentials_there_is_one() -> None:
    store, region = own_account(lambda: boto3.Session("AKIA0", "secret", region_name="eu-west-1"))
    assert isinstance(store, Store)
    assert store.s3.meta.region_name == region == "eu-west-1"


def test_a_profile_that_does_not_exist_is_named(no_aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(CommandError, match="nobody"):
        own_account()


def test_pictures_are_in_the_folder_else_in_the_cloud(tmp_path: Path) -> None:
    cloud = RunningCloud.here("http://127.0.0.1:9", {})
    places = Places.of(cloud, tmp_path)
    assert places.files == FolderObjects(tmp_path)
    assert places.s3 is not None
    assert places.region == "us-east-1"
    assert places.s3.s3.meta.endpoint_url == "http://127.0.0.1:9"
    assert isinstance(Places.of(cloud, None).files, Store)


def test_without_a_cloud_it_is_the_users_own_account(no_aws: None, tmp_path: Path) -> None:
    assert Places.of(None, None) == (None, None, None)
    assert Places.of(None, tmp_path) == (None, FolderObjects(tmp_path), None)

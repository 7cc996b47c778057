"""project.json as a run finds it: the version that it began with."""

from typing import TYPE_CHECKING

import pytest
from labelloop.errors import InvalidSettings, LabelloopError
from labelloop.run import Pinned
from labelloop.settings import Settings
from labelloop.settings_file import SIZE_LIMIT, read_settings
from labelloop.store import Store

from tests.unit.factories import BUCKET

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEY = "projects/shapes/project.json"
URI = f"s3://{BUCKET}/{KEY}"


def test_a_project_without_settings_has_the_defaults(store: Store) -> None:
    assert read_settings(store, None) == Settings()


def test_a_run_keeps_the_settings_it_began_with(s3: "S3Client", store: Store) -> None:
    old = s3.put_object(Bucket=BUCKET, Key=KEY, Body=b'{"poll_seconds": 1}')
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b'{"poll_seconds": 2}')
    assert read_settings(store, Pinned(URI, "", old["VersionId"])).poll_seconds == 1
    assert read_settings(store, Pinned(URI, "")).poll_seconds == 2


def test_settings_that_vanished_are_named(store: Store) -> None:
    with pytest.raises(InvalidSettings, match=rf"^{URI} was deleted after the run began\.$"):
        read_settings(store, Pinned(URI, ""))


def test_settings_without_end_are_not_read(s3: "S3Client", store: Store) -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b" " * (SIZE_LIMIT + 1))
    with pytest.raises(LabelloopError, match="at most 65536 are read"):
        read_settings(store, Pinned(URI, ""))

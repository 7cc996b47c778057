"""What unit tests share: an AWS environment that is nobody's, and S3 in this process. No sockets."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from labelloop.stack import Stack
from labelloop.store import Store
from moto import mock_aws

from tests.unit.factories import ACCOUNT, BUCKET, REGION

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FAKE_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture(autouse=True)
def aws_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the person's own AWS set-up reaches a test."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "POWERTOOLS_"))]:
        monkeypatch.delenv(name)
    for name, value in FAKE_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def s3(aws_environment: None) -> "Iterator[S3Client]":
    """moto's S3, with an empty, versioned data bucket."""
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield client


@pytest.fixture
def store(s3: "S3Client") -> Store:
    return Store(s3)


@pytest.fixture
def stack() -> Stack:
    """What the template tells a function that is told everything."""
    return Stack(
        region=REGION,
        data_bucket=BUCKET,
        state_machine_arn=f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:labelloop-retrain",
        training_role_arn=f"arn:aws:iam::{ACCOUNT}:role/labelloop-training",
        poll_seconds=30,
    )

"""What unit tests share: an AWS environment that is nobody's, and S3 in this process. No sockets."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
import pytest
from hypothesis import settings
from labelloop.stack import Stack
from labelloop.store import Store
from moto import mock_aws

from tests.unit.factories import ACCOUNT, BUCKET, REGION
from tests.unit.stubs import Stubbed, stubbed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# How long an example takes is the machine's affair.
settings.register_profile("unit", deadline=None)
settings.load_profile("unit")

FAKE_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def fake_environment() -> Iterator[None]:
    """Nothing of the person's own AWS set-up is seen."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("AWS_", "POWERTOOLS_"))]:
            patch.delenv(name)
        for name, value in FAKE_ENVIRONMENT.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(autouse=True)
def aws_environment() -> Iterator[None]:
    with fake_environment():
        yield


@pytest.fixture(scope="session")
def session() -> Iterator[boto3.Session]:
    """Service models are read once; that is slow."""
    with fake_environment():
        yield boto3.Session()


@pytest.fixture(scope="session")
def s3_client(session: boto3.Session) -> "S3Client":
    """Made once and used within `s3` only; moto answers every client made after its import."""
    return session.client("s3")


@pytest.fixture
def s3(s3_client: "S3Client") -> "Iterator[S3Client]":
    """moto's S3, with an empty, versioned data bucket."""
    with mock_aws():
        s3_client.create_bucket(Bucket=BUCKET)
        s3_client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield s3_client


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


@pytest.fixture
def sagemaker(session: boto3.Session) -> Iterator[Stubbed]:
    with stubbed(session.client("sagemaker")) as found:
        yield found


@pytest.fixture
def runtime(session: boto3.Session) -> Iterator[Stubbed]:
    """The service that SageMaker's endpoints are asked by."""
    with stubbed(session.client("sagemaker-runtime")) as found:
        yield found


@pytest.fixture
def states(session: boto3.Session) -> Iterator[Stubbed]:
    """Step Functions."""
    with stubbed(session.client("stepfunctions")) as found:
        yield found


@pytest.fixture
def stubbed_s3(session: boto3.Session) -> Iterator[Stubbed]:
    """S3 for what moto's does not do: refuse."""
    with stubbed(session.client("s3")) as found:
        yield found

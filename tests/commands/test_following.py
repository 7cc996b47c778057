import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from laptop.commands.following import TRAINING_LOGS, TrainingLogs

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


@pytest.fixture
def logs() -> "Iterator[CloudWatchLogsClient]":
    with mock_aws():
        yield boto3.client("logs", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")


def write(logs: "CloudWatchLogsClient", stream: str, *lines: str) -> None:
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": line} for line in lines]
    logs.put_log_events(logGroupName=TRAINING_LOGS, logStreamName=stream, logEvents=events)  # type: ignore[arg-type]


def test_before_the_first_job_there_are_no_lines(logs: "CloudWatchLogsClient") -> None:
    assert list(TrainingLogs(logs, "birds-1").new_lines()) == []


def test_every_line_of_every_attempt_comes_once(logs: "CloudWatchLogsClient") -> None:
    reader = TrainingLogs(logs, "birds-1")
    logs.create_log_group(logGroupName=TRAINING_LOGS)
    for stream in ("birds-1-1/algo-1-1", "birds-12-1/algo-1-1", "wrens-1-1/algo-1-1"):
        logs.create_log_stream(logGroupName=TRAINING_LOGS, logStreamName=stream)
    assert list(reader.new_lines()) == []
    write(logs, "birds-1-1/algo-1-1", "one", "two")
    write(logs, "birds-12-1/algo-1-1", "of another run")
    assert list(reader.new_lines()) == ["one", "two"]
    assert list(reader.new_lines()) == []
    logs.create_log_stream(logGroupName=TRAINING_LOGS, logStreamName="birds-1-2/algo-1-1")
    write(logs, "birds-1-1/algo-1-1", "three")
    write(logs, "birds-1-2/algo-1-1", "second attempt")
    assert list(reader.new_lines()) == ["three", "second attempt"]

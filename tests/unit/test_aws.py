"""Clients, and the names that errors of AWS calls get."""

from collections.abc import Iterator
from typing import Any

import pytest
from boto3.exceptions import Boto3Error, RetriesExceededError
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from labelloop import aws
from labelloop.errors import AwsRefused, LabelloopError, ServiceUnavailable


@pytest.fixture
def no_clients_kept(aws_environment: None) -> Iterator[None]:
    """A client made with this test's environment serves no other test."""
    aws.client.cache_clear()
    yield
    aws.client.cache_clear()


def _refusal(code: str, status: int = 400) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "CreateThing")


def test_a_client_is_made_once_per_process_and_kind(no_clients_kept: None) -> None:
    assert aws.client("sns") is aws.client("sns")
    assert aws.client("sns") is not aws.client("sns", attempts=1)


def test_a_client_waits_and_tries_as_long_as_it_is_told(no_clients_kept: None) -> None:
    config = aws.client("sns", read_timeout_seconds=25, attempts=1, connections=3).meta.config
    assert (config.connect_timeout, config.read_timeout, config.max_pool_connections) == (5, 25, 3)
    assert config.retries == {"mode": "standard", "total_max_attempts": 1}


@pytest.mark.parametrize(
    ("response", "code", "message"),
    [
        ({"Error": {"Code": "NoSuchKey", "Message": "no key"}}, "NoSuchKey", "no key"),
        ({}, "", "An error occurred (Unknown) when calling the Get operation: Unknown"),
    ],
)
def test_code_and_message_of_an_error(response: Any, code: str, message: str) -> None:
    error = ClientError(response, "Get")
    assert (aws.error_code(error), aws.error_message(error)) == (code, message)


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (_refusal("ThrottlingException"), ServiceUnavailable, "CreateThing: ThrottlingException: no"),
        (_refusal("SlowDown", 503), ServiceUnavailable, "CreateThing: SlowDown: no"),
        (_refusal("Whatever", 500), ServiceUnavailable, "CreateThing: Whatever: no"),
        (_refusal("ValidationException"), AwsRefused, "CreateThing: ValidationException: no"),
        (_refusal("AccessDenied", 403), AwsRefused, "CreateThing: AccessDenied: no"),
        (EndpointConnectionError(endpoint_url="u"), ServiceUnavailable, "EndpointConnectionError: Could not connect"),
        (ConnectionClosedError(endpoint_url="u"), ServiceUnavailable, "ConnectionClosedError: Connection was closed"),
        (ReadTimeoutError(endpoint_url="u"), ServiceUnavailable, "ReadTimeoutError: Read timeout"),
        (IncompleteReadError(actual_bytes=1, expected_bytes=2), ServiceUnavailable, "IncompleteReadError: 1 read"),
        (RetriesExceededError(Boto3Error("cut")), ServiceUnavailable, "RetriesExceededError: "),
    ],
    ids=lambda value: (
        getattr(value, "__name__", None) or (type(value).__name__ if isinstance(value, Exception) else "")
    ),
)
def test_errors_get_the_names_that_the_state_machine_knows(
    error: Exception, kind: type[LabelloopError], text: str
) -> None:
    with pytest.raises(kind, match=f"^{text}") as raised, aws.naming_errors():
        raise error
    assert raised.value.__cause__ is error


@pytest.mark.parametrize("error", [ParamValidationError(report="r"), NoCredentialsError(), KeyError("k")])
def test_errors_of_ours_are_not_named_after_aws(error: Exception) -> None:
    """They would come again with every retry."""
    with pytest.raises(type(error)) as raised, aws.naming_errors():
        raise error
    assert raised.value is error


def test_where_nothing_fails_nothing_happens() -> None:
    with aws.naming_errors():
        done = True
    assert done

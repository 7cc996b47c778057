"""The only module that imports boto3: clients, and what their errors mean here."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
from boto3.exceptions import RetriesExceededError
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    ParamValidationError,
    ReadTimeoutError,
)
from botocore.exceptions import ConnectionError as NoConnection

from labelloop.errors import AwsRefused, ServiceUnavailable

__all__ = [
    "ClientError",
    "ParamValidationError",
    "ReadTimeoutError",
    "client",
    "error_code",
    "error_message",
    "naming_errors",
]

# AWS's common error codes for "not now": https://docs.aws.amazon.com/general/latest/gr/api-retries.html
_TRANSIENT = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_SERVER_ERROR = 500
# Connections refused or cut, answers cut short or too late. A wrong parameter or no credentials do not pass with time.
_NO_ANSWER = (NoConnection, HTTPClientError, IncompleteReadError, RetriesExceededError)


@cache
def client(service: str, *, read_timeout_seconds: int = 60, attempts: int = 5, connections: int = 10) -> Any:
    """A boto3 client, made once per process and kind.

    Args:
        service: as boto3 calls it.
        read_timeout_seconds: how long an answer may take.
        attempts: how often a call is made in all, with standard backoff between.
        connections: how many are kept open; as many as threads that use the client at once.
    """
    make: Any = boto3.client  # typed as one overload per service
    config = Config(
        connect_timeout=5,
        read_timeout=read_timeout_seconds,
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    return make(service, config=config)


def error_code(error: ClientError) -> str:
    """The error's code, as `NoSuchKey` or `ResourceInUse`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def error_message(error: ClientError) -> str:
    """The service's own words."""
    return str(error.response.get("Error", {}).get("Message", error))


@contextmanager
def naming_errors() -> Iterator[None]:
    """Give errors of AWS calls the names that the state machine knows: ServiceUnavailable or AwsRefused."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        kind = ServiceUnavailable if error_code(error) in _TRANSIENT or status >= _SERVER_ERROR else AwsRefused
        raise kind(f"{error.operation_name}: {error_code(error)}: {error_message(error)}") from error
    except _NO_ANSWER as error:
        raise ServiceUnavailable(f"{type(error).__name__}: {error}") from error

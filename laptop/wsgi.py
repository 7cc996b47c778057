"""WSGI answers in AWS's manner: JSON errors with a type header, and a request id on everything."""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from laptop.account import Json

type Environ = dict[str, Any]
type StartResponse = Callable[..., Any]
type WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

MEBIBYTE = 1024 * 1024


class ServiceError(Exception):
    """An error as AWS answers it.

    Args:
        code: the error's name, e.g. `ValidationException`.
        message: AWS's text.
        status: HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def json_response(body: Json, *, status: int = 200, mimetype: str = "application/json") -> Response:
    """A JSON answer."""
    return Response(json.dumps(body, default=_epoch_seconds), status, mimetype=mimetype)


def error_response(error: ServiceError, *, extra: Mapping[str, Any] | None = None) -> Response:
    """An error in the form the JSON and REST-JSON protocols share; an error without a code has no type header."""
    body = {"message": error.message, "Message": error.message, **(extra or {})}
    response = json_response(body | ({"__type": error.code} if error.code else {}), status=error.status)
    if error.code:
        response.headers["x-amzn-ErrorType"] = error.code
    return response


def with_request_id(start_response: StartResponse) -> StartResponse:
    """Every answer names its request: botocore raises KeyError on an error that does not."""

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        if not any(name.lower() == "x-amzn-requestid" for name, _ in headers):
            headers = [*headers, ("x-amzn-RequestId", str(uuid.uuid4()))]
        return start_response(status, headers, *rest)

    return start


def body_within(request: Request, limit: int) -> bytes | None:
    """The request's body, or None where it is larger than `limit` bytes; then not a byte of it is kept."""
    if (request.content_length or 0) <= limit:
        return request.get_data(cache=False)
    remaining = request.content_length or 0
    while remaining > 0 and (chunk := request.stream.read(min(remaining, MEBIBYTE))):
        remaining -= len(chunk)  # a client that is still sending would see a broken pipe instead of the answer
    return None


def _epoch_seconds(value: Any) -> float:
    return round(float(value.timestamp()), 3)

"""API Gateway's REST API with Lambda proxy integration, made from the routes of the API's body.

Sources: API Gateway Developer Guide, set-up-lambda-proxy-integrations and lambda-proxy-binary-media.
"""

import base64
import binascii
import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from laptop.account import ACCOUNT, Json
from laptop.aws_lambda.function import Outcome
from laptop.aws_lambda.service import REQUEST_LIMIT
from laptop.gateway_responses import (
    BAD_INTEGRATION,
    INTEGRATION_TIMEOUT,
    MISSING_TOKEN,
    TOO_LARGE,
    GatewayError,
    GatewayResponses,
)
from laptop.wsgi import body_within

PAYLOAD_LIMIT = 10 * 1000 * 1000
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
_INTEGRATION_THREADS = 32

Invoke = Callable[[str, bytes], Outcome]


class GatewayFailure(Exception):
    """API Gateway answers by itself."""

    def __init__(self, error: GatewayError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(frozen=True, slots=True)
class Route:
    """A method and path of the API, and the function behind."""

    method: str
    resource: str
    function: str


class RestApi:
    """One stage of an API.

    Args:
        api_id: its id.
        stage: its stage; the laptop serves it without the stage in the path.
        body: the OpenAPI document SAM made, resolved.
        invoke: runs a function by ARN.
        timeout: seconds API Gateway waits for it.
    """

    def __init__(self, api_id: str, stage: str, body: Json, invoke: Invoke, timeout: float) -> None:
        self._id = api_id
        self._stage = stage
        self._invoke = invoke
        self._timeout = timeout
        self._binary: list[str] = body.get("x-amazon-apigateway-binary-media-types", [])
        self._responses = GatewayResponses(body.get("x-amazon-apigateway-gateway-responses", {}))
        self.routes = _routes(body)
        self._map = Map(
            [Rule(_werkzeug_path(route.resource), methods=[route.method], endpoint=route) for route in self.routes],
            strict_slashes=False,
            merge_slashes=False,
        )
        self._threads = ThreadPoolExecutor(_INTEGRATION_THREADS, thread_name_prefix="integration")

    def serves(self, request: Request) -> bool:
        """Whether a request is for this API: its path begins as one of the routes does."""
        return any(request.path.split("/")[1:2] == route.resource.split("/")[1:2] for route in self.routes)

    def __call__(self, request: Request) -> Response:
        """Answer a request as API Gateway would."""
        request_id = str(uuid.uuid4())
        try:
            response = self._answer(request, request_id)
        except GatewayFailure as failure:
            response = self._responses.answer(failure.error, request_id)
        response.headers["x-amzn-RequestId"] = request_id
        return response

    def close(self) -> None:
        """Wait for nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _answer(self, request: Request, request_id: str) -> Response:
        adapter = self._map.bind_to_environ(request.environ)
        try:
            route, parameters = adapter.match()
        except HTTPException as error:
            raise GatewayFailure(MISSING_TOKEN) from error
        body = body_within(request, PAYLOAD_LIMIT)
        if body is None:
            raise GatewayFailure(TOO_LARGE)
        event = json.dumps(self._event(request, route, parameters, body, request_id)).encode()
        if len(event) > REQUEST_LIMIT:
            raise GatewayFailure(TOO_LARGE)
        return self._response(self._run(route.function, event), request)

    def _run(self, function: str, event: bytes) -> Any:
        try:
            outcome = self._threads.submit(self._invoke, function, event).result(self._timeout)
        except FutureTimeoutError as error:
            raise GatewayFailure(INTEGRATION_TIMEOUT) from error
        if outcome.failed:
            raise GatewayFailure(BAD_INTEGRATION)
        return json.loads(outcome.payload)

    def _event(
        self, request: Request, route: Route, parameters: Mapping[str, Any], body: bytes, request_id: str
    ) -> Json:
        binary = self._is_binary(request.mimetype)
        multi = _grouped(request.headers.items())
        query = _grouped(request.args.items(multi=True))
        text = base64.b64encode(body).decode() if binary else body.decode(errors="replace")
        return {
            "resource": route.resource,
            "path": request.path,
            "httpMethod": request.method,
            "headers": _last(multi),
            "multiValueHeaders": multi or None,
            "queryStringParameters": _last(query) or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": dict(parameters) or None,
            "stageVariables": None,
            "requestContext": self._context(request, route, request_id),
            "body": text if body else None,
            "isBase64Encoded": binary and bool(body),
        }

    def _context(self, request: Request, route: Route, request_id: str) -> Json:
        return {
            "accountId": ACCOUNT,
            "apiId": self._id,
            "domainName": request.host,
            "domainPrefix": self._id,
            "extendedRequestId": request_id,
            "httpMethod": request.method,
            "identity": _identity(request),
            "path": f"/{self._stage}{request.path}",
            "protocol": "HTTP/1.1",
            "requestId": request_id,
            "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
            "requestTimeEpoch": int(time.time() * 1000),
            "resourceId": base64.b32encode(route.resource.encode())[:6].decode().lower(),
            "resourcePath": route.resource,
            "stage": self._stage,
        }

    def _response(self, answer: Any, request: Request) -> Response:
        if not _is_proxy_answer(answer):
            raise GatewayFailure(BAD_INTEGRATION)
        accepted = request.headers.get("Accept", "").partition(",")[0].partition(";")[0].strip()
        body: str | bytes = answer.get("body") or ""
        if answer.get("isBase64Encoded") and self._is_binary(accepted or "*/*"):
            try:
                body = base64.b64decode(body, validate=True)
            except binascii.Error as error:
                raise GatewayFailure(BAD_INTEGRATION) from error
        response = Response(body, int(answer["statusCode"]), headers=_headers(answer))
        if "Content-Type" not in _headers(answer):
            response.headers["Content-Type"] = "application/json"
        return response

    def _is_binary(self, media_type: str) -> bool:
        return any(fnmatchcase(media_type or "application/json", pattern) for pattern in self._binary)


def _routes(body: Json) -> list[Route]:
    return [
        Route(method.upper(), path, found[1])
        for path, operations in body["paths"].items()
        for name, operation in operations.items()
        for method in (_METHODS if name == "x-amazon-apigateway-any-method" else (name,))
        if (found := _FUNCTION.search(str(operation.get("x-amazon-apigateway-integration", {}).get("uri"))))
    ]


_FUNCTION = re.compile(r"functions/(arn:[^/]+)/invocations")


def _werkzeug_path(resource: str) -> str:
    return re.sub(r"\{(\w+)(\+?)\}", lambda found: f"<{'path:' if found[2] else ''}{found[1]}>", resource)


def _grouped(pairs: Any) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _last(grouped: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in grouped.items()}


def _identity(request: Request) -> Json:
    unknown = (
        "accessKey accountId apiKey caller cognitoAuthenticationProvider cognitoAuthenticationType cognitoIdentityId"
        " cognitoIdentityPoolId principalOrgId user userArn"
    )
    known = {"sourceIp": request.remote_addr, "userAgent": request.headers.get("User-Agent")}
    return dict.fromkeys(unknown.split()) | known


def _is_proxy_answer(answer: Any) -> bool:
    if not isinstance(answer, dict) or not isinstance(answer.get("body", ""), str | None):
        return False
    try:
        return 100 <= int(answer["statusCode"]) <= 599
    except (KeyError, TypeError, ValueError):
        return False


def _headers(answer: Json) -> Headers:
    headers = Headers()
    for name, value in (answer.get("headers") or {}).items():
        headers[name] = str(value)
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        headers.setlist(name, [str(value) for value in values])
    return headers

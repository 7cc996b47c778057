import base64
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from labelloop import http_api
from labelloop.errors import (
    InvalidParameter,
    ModelFailed,
    ModelUnavailable,
    RequestError,
    ServiceUnavailable,
)
from labelloop.inference import Answer
from labelloop.inference_request import HttpRequest
from labelloop.lambda_step import Json

from tests.unit.documents import event
from tests.unit.lambda_runtime import Context, logs_of, metrics_of
from tests.unit.picture_files import opened

INFER = event("infer")
REQUEST_ID = INFER["requestContext"]["requestId"]
Act = Callable[[HttpRequest], Answer]


class Api:
    """An API with the template's two routes, which do what a test says."""

    def __init__(self, service: str) -> None:
        self.log = io.StringIO()
        self.requests: list[HttpRequest] = []
        self.act: Act = lambda request: Answer(b"{}")
        self._app = APIGatewayRestResolver()
        self._app.get("/v1/<project>")(self._answer)
        self._app.post("/v1/<project>/infer")(self._answer)
        self._handler = http_api.handler_of(self._app, Logger(service=service, stream=self.log))

    def _answer(self, project: str) -> Response[Any]:
        request = http_api.request(project, self._app)
        self.requests.append(request)
        return http_api.response(self.act(request))

    def __call__(self, asked: Json) -> Json:
        return self._handler(asked, Context())

    def raises(self, error: Exception) -> Json:
        def act(_request: HttpRequest) -> Answer:
            raise error

        self.act = act
        return self(INFER)


@pytest.fixture
def api(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Api:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Labelloop")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "infer")
    return Api(request.node.name)


def error_of(answer: Json) -> Any:
    assert answer["multiValueHeaders"]["Content-Type"] == ["application/json"]
    assert answer["isBase64Encoded"] is False
    body = json.loads(answer["body"])
    assert body.keys() == {"error"}
    assert body["error"].keys() == {"code", "message", "hint", "request_id"}
    assert body["error"]["request_id"] == REQUEST_ID
    return body["error"]


def test_an_event_becomes_a_request(api: Api) -> None:
    assert api(INFER)["statusCode"] == 200
    (request,) = api.requests
    assert (request.project, request.id, request.query) == ("shapes", REQUEST_ID, {"confidence": "0.25"})
    assert opened(request.body).size == (8, 6)
    assert (request.content_type, request.headers["accept"]) == ("image/png", "application/json")


def test_a_request_may_have_no_body_no_query_and_no_headers(api: Api) -> None:
    asked = event("describe") | {"headers": None, "multiValueHeaders": None}
    assert api(asked)["statusCode"] == 200
    assert api.requests == [HttpRequest("shapes", asked["requestContext"]["requestId"])]
    assert api.requests[0].content_type == ""


@pytest.mark.parametrize(
    ("body", "is_base64", "received"),
    [
        (base64.b64encode(b"\xff\xd8\0").decode(), True, b"\xff\xd8\0"),
        (base64.b64encode(b'{"image": 1}').decode(), True, b'{"image": 1}'),  # text too, where all types are binary
        ('{"image": "ä"}', False, '{"image": "ä"}'.encode()),
        ("", True, b""),
        (None, False, b""),
    ],
)
def test_a_body_is_decoded_by_the_events_flag(api: Api, body: str | None, is_base64: bool, received: bytes) -> None:
    api(INFER | {"body": body, "isBase64Encoded": is_base64})
    assert api.requests[0].body == received


def test_a_body_that_is_not_what_the_flag_says_is_refused(api: Api) -> None:
    error = error_of(api(INFER | {"body": "not base64!", "isBase64Encoded": True}))
    assert error["code"] == "INVALID_PARAMETER"
    assert error["message"].startswith("the body is not base64: ")


@pytest.mark.parametrize(
    ("answer", "body", "is_base64"),
    [
        (Answer(b'{"a": "\xc3\xa4"}'), '{"a": "ä"}', False),
        (Answer(b"\x89PNG", "image/png"), base64.b64encode(b"\x89PNG").decode(), True),
        (Answer(b"\xff\xd8", "image/jpeg"), base64.b64encode(b"\xff\xd8").decode(), True),
    ],
)
def test_text_is_answered_as_text_and_pictures_as_base64(api: Api, answer: Answer, body: str, is_base64: bool) -> None:
    api.act = lambda request: answer
    given = api(INFER)
    assert (given["statusCode"], given["body"], given["isBase64Encoded"]) == (200, body, is_base64)
    assert given["multiValueHeaders"]["Content-Type"] == [answer.content_type]


@pytest.mark.parametrize("kind", RequestError.__subclasses__(), ids=lambda kind: kind.__name__)
def test_a_refusal_has_its_own_status_and_code_and_tells_only_its_public_text(
    api: Api, kind: type[RequestError], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = api.raises(kind("bucket b has key k", public="It is not there.", hint="Look elsewhere."))
    assert answer["statusCode"] == kind.status
    assert error_of(answer) == {
        "code": kind.code,
        "message": "It is not there.",
        "hint": "Look elsewhere.",
        "request_id": REQUEST_ID,
    }
    (entry,) = logs_of(api.log.getvalue())
    assert (entry["level"], entry["code"], entry["detail"]) == ("WARNING", kind.code, "bucket b has key k")
    assert metrics_of(capsys.readouterr().out) == {"Requests": 1, f"Http{kind.status}": 1}


@pytest.mark.parametrize(
    ("error", "retry_after"),
    [
        (ModelUnavailable("m"), ["10"]),
        (ServiceUnavailable("s"), ["5"]),
        (ModelFailed("f"), None),
        (InvalidParameter("p"), None),
    ],
)
def test_only_what_passes_says_when_to_try_again(api: Api, error: Exception, retry_after: list[str] | None) -> None:
    assert api.raises(error)["multiValueHeaders"].get("Retry-After") == retry_after


@pytest.mark.parametrize("error", [KeyError("secret"), ValueError("secret"), RuntimeError("secret")])
def test_an_error_nobody_thought_of_is_logged_and_not_told(api: Api, error: Exception) -> None:
    answer = api.raises(error)
    assert answer["statusCode"] == 500
    assert error_of(answer)["code"] == "INTERNAL_ERROR"
    assert "secret" not in answer["body"]
    (entry,) = logs_of(api.log.getvalue())
    assert (entry["level"], entry["exception_name"]) == ("ERROR", type(error).__name__)
    assert "secret" in entry["exception"]
    assert entry["correlation_id"] == REQUEST_ID


def test_aws_out_of_reach_is_not_the_clients_fault(api: Api) -> None:
    answer = api.raises(ServiceUnavailable("GetObject: SlowDown"))
    assert answer["statusCode"] == 503
    assert (error_of(answer)["code"], error_of(answer)["hint"]) == ("SERVICE_UNAVAILABLE", "Try again.")
    assert "GetObject" not in answer["body"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/v2/shapes"), ("POST", "/v1/shapes"), ("GET", "/v1/shapes/infer")]
)
def test_an_address_that_is_none_is_not_found(api: Api, method: str, path: str) -> None:
    answer = api(INFER | {"httpMethod": method, "path": path})
    assert answer["statusCode"] == 404
    assert error_of(answer)["code"] == "NOT_FOUND"
    assert api.requests == []


def test_a_good_answer_is_counted(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api(INFER)
    assert metrics_of(capsys.readouterr().out) == {"Requests": 1}
    assert api.log.getvalue() == ""

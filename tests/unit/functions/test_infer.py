"""The HTTP API's function, with API Gateway's own payloads."""

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from labelloop import aws
from labelloop.store import Store

from tests.unit.documents import PROJECT, PROMOTION, event
from tests.unit.functions.conftest import Load
from tests.unit.lambda_runtime import Context
from tests.unit.picture_files import opened
from tests.unit.runtime_stub import StubbedRuntime, stubbed_runtime

INFER = event("infer")


@pytest.fixture
def runtime() -> Iterator[StubbedRuntime]:
    """The client that infer gets: impatient, for API Gateway is."""
    with stubbed_runtime(aws.client("sagemaker-runtime", read_timeout_seconds=20, attempts=1)) as found:
        yield found


def answers(runtime: StubbedRuntime) -> None:
    body = io.BytesIO(b'{"prediction": [[1, 0.3, 0.25, 0.5, 0.75, 1]]}')
    runtime.answers(
        "invoke_endpoint",
        {"Body": body},
        EndpointName="labelloop-shapes",
        Body=base64.b64decode(INFER["body"]),
        ContentType="application/x-image",
        Accept="application/json",
    )


def error_code(answer: Any) -> tuple[int, str]:
    return answer["statusCode"], json.loads(answer["body"])["error"]["code"]


def test_a_picture_is_answered_with_what_is_in_it(load: Load, store: Store, runtime: StubbedRuntime) -> None:
    store.write_json(PROJECT.promoted, PROMOTION)
    answers(runtime)
    answer = load("infer")(INFER, Context())
    assert answer["statusCode"] == 200
    (found,) = json.loads(answer["body"])["predictions"]
    assert (found["class"], found["x1"], found["y1"], found["x2"], found["y2"]) == ("square", 2, 3, 6, 6)


def test_a_picture_is_answered_with_a_picture(load: Load, store: Store, runtime: StubbedRuntime) -> None:
    store.write_json(PROJECT.promoted, PROMOTION)
    answers(runtime)
    answer = load("infer")(INFER | {"headers": INFER["headers"] | {"Accept": "image/png"}}, Context())
    assert (answer["isBase64Encoded"], answer["multiValueHeaders"]["Content-Type"]) == (True, ["image/png"])
    assert opened(base64.b64decode(answer["body"])).format == "PNG"


def test_a_project_is_described(load: Load, store: Store) -> None:
    store.write_json(PROJECT.promoted, PROMOTION)
    answer = load("infer")(event("describe"), Context())
    assert answer["statusCode"] == 200
    assert [one["class"] for one in json.loads(answer["body"])["classes"]] == ["circle", "square"]


def test_refusals_come_as_statuses(load: Load, store: Store, runtime: StubbedRuntime) -> None:
    handler = load("infer")
    assert error_code(handler(event("describe"), Context())) == (404, "PROJECT_NOT_FOUND")
    store.write_json(PROJECT.settings, {})
    assert error_code(handler(INFER, Context())) == (409, "NO_MODEL_YET")
    store.write_json(PROJECT.promoted, PROMOTION)
    runtime.times_out("InvokeEndpoint")
    assert error_code(handler(INFER, Context())) == (504, "MODEL_TIMED_OUT")

import io
from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError
from labelloop.endpoint import invoke
from labelloop.errors import ModelFailed, ModelTimedOut, ModelUnavailable

from tests.unit.runtime_stub import StubbedRuntime, stubbed_runtime

PICTURE, JSON = "image/jpeg", "application/json"


@pytest.fixture
def runtime(session: boto3.Session) -> Iterator[StubbedRuntime]:
    with stubbed_runtime(session.client("sagemaker-runtime")) as found:
        yield found


def test_a_picture_is_sent_with_the_types_of_question_and_answer(runtime: StubbedRuntime) -> None:
    asked = {"EndpointName": "labelloop-road", "Body": b"\xff\xd8", "ContentType": PICTURE}
    runtime.answers("invoke_endpoint", {"Body": io.BytesIO(b"[0.1, 0.9]")}, Accept=JSON, **asked)
    assert invoke(runtime.client, "labelloop-road", b"\xff\xd8", PICTURE, JSON) == b"[0.1, 0.9]"


@pytest.mark.parametrize(
    ("code", "message", "status"),
    [
        ("ValidationError", "Endpoint labelloop-road of account 123456789012 not found.", 400),
        ("ModelNotReadyException", "Either a serverless endpoint variant's resources are being provisioned", 429),
        ("ThrottlingException", "Rate exceeded", 400),
        ("ServiceUnavailable", "The service is unavailable.", 503),
    ],
)
def test_an_endpoint_that_cannot_answer_now_is_unavailable(
    runtime: StubbedRuntime, code: str, message: str, status: int
) -> None:
    runtime.refuses("invoke_endpoint", code, message, status)
    with pytest.raises(ModelUnavailable) as caught:
        invoke(runtime.client, "labelloop-road", b"", PICTURE, JSON)
    assert caught.value.message == f"endpoint labelloop-road: {code}: {message}"
    assert caught.value.public == "The model cannot answer now."


@pytest.mark.parametrize(
    ("details", "public"),
    [
        (
            {"OriginalStatusCode": 400, "OriginalMessage": "unable to evaluate payload"},
            "The model's container answered 400: unable to evaluate payload",
        ),
        (
            {"OriginalStatusCode": 500, "OriginalMessage": "x" * 9000},
            "The model's container answered 500: " + "x" * 300,
        ),
        ({"OriginalStatusCode": 500}, "The model's container answered 500: Received server error (500)"),
    ],
)
def test_a_containers_own_error_is_told_with_its_status(
    runtime: StubbedRuntime, details: dict[str, object], public: str
) -> None:
    runtime.refuses("invoke_endpoint", "ModelError", "Received server error (500)", 424, **details)
    with pytest.raises(ModelFailed) as caught:
        invoke(runtime.client, "labelloop-road", b"", PICTURE, JSON)
    assert caught.value.public == public
    assert caught.value.message == "endpoint labelloop-road: Received server error (500)"


def test_no_answer_in_time_is_a_time_out(runtime: StubbedRuntime) -> None:
    runtime.times_out("InvokeEndpoint")
    with pytest.raises(ModelTimedOut) as caught:
        invoke(runtime.client, "labelloop-road", b"", PICTURE, JSON)
    assert (caught.value.public, caught.value.status) == ("The model did not answer in time.", 504)


@pytest.mark.parametrize("code", ["AccessDeniedException", "InternalFailure"])
def test_other_refusals_pass_as_they_are(runtime: StubbedRuntime, code: str) -> None:
    runtime.refuses("invoke_endpoint", code)
    with pytest.raises(ClientError, match=code):
        invoke(runtime.client, "labelloop-road", b"", PICTURE, JSON)

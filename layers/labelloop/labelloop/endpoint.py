"""Asking a SageMaker endpoint, and what its refusals mean.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

from typing import TYPE_CHECKING

from labelloop import aws
from labelloop.errors import ModelFailed, ModelTimedOut, ModelUnavailable
from labelloop.prediction import Options

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient

    from labelloop.algorithms import Algorithm
    from labelloop.pictures import Picture
    from labelloop.prediction import Prediction

# The API model bounds request and answer alike; the developer guide speaks of 25 MB.
BODY_LIMIT = 6 * 1024 * 1024
_UNAVAILABLE = frozenset({"ModelNotReadyException", "ServiceUnavailable", "ThrottlingException", "ValidationError"})


def ask(
    runtime: "SageMakerRuntimeClient",
    endpoint: str,
    algorithm: "Algorithm",
    picture: "Picture",
    options: Options,
    class_count: int,
) -> "Prediction":
    """What the model of an endpoint says of a picture.

    Raises:
        MalformedPrediction: nothing that the algorithm says, or not of so many classes or of this picture.
        ModelFailed, ModelUnavailable, ModelTimedOut: as `invoke`.
        PictureTooLarge: in the form that the algorithm takes it has too many bytes.
    """
    body = picture.body_for(algorithm.request_type)
    answer = invoke(runtime, endpoint, body, algorithm.request_type, algorithm.accept(options))
    prediction = algorithm.decode(answer)
    prediction.check(class_count, picture.size)
    return prediction.selected(options)


def invoke(runtime: "SageMakerRuntimeClient", endpoint: str, body: bytes, content_type: str, accept: str) -> bytes:
    """What the endpoint answers to a picture's bytes.

    Raises:
        ModelFailed: the container answered with an error.
        ModelUnavailable: the endpoint is gone, starting or throttled.
        ModelTimedOut: no answer within the client's read timeout.
    """
    try:
        answer = runtime.invoke_endpoint(EndpointName=endpoint, Body=body, ContentType=content_type, Accept=accept)
        return answer["Body"].read()
    except aws.ReadTimeoutError as error:
        raise ModelTimedOut(
            f"endpoint {endpoint} did not answer in time", public="The model did not answer in time."
        ) from error
    except aws.ClientError as error:
        code, message = aws.error_code(error), aws.error_message(error)
        if code == "ModelError":
            status, text = error.response.get("OriginalStatusCode"), error.response.get("OriginalMessage")
            public = f"The model's container answered {status}: {str(text or message)[:300]}"
            raise ModelFailed(f"endpoint {endpoint}: {message}", public=public) from error
        if code in _UNAVAILABLE:
            raise ModelUnavailable(
                f"endpoint {endpoint}: {code}: {message}", public="The model cannot answer now."
            ) from error
        raise

"""InvokeEndpoint: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html."""

import re
from urllib.parse import unquote

import urllib3
from werkzeug.wrappers import Request, Response

from laptop.account import ACCOUNT, REGION, Json, arn
from laptop.sagemaker.endpoints import Endpoints
from laptop.sagemaker.model_server import ModelServer
from laptop.wsgi import MEBIBYTE, ServiceError, body_within, error_response

BODY_LIMIT = 6 * MEBIBYTE
INVOCATION_SECONDS = 60.0
CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
_PATH = re.compile(r"/endpoints/(?P<name>[^/]+)/invocations")
_TIMED_OUT = (
    "Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each"
    " container in Amazon CloudWatch, resolve the issue, and try again."
)


class Runtime:
    """Hands an invocation to the endpoint's container and its answer back, byte for byte.

    Args:
        endpoints: who serves.
        timeout: seconds a container may take.
    """

    def __init__(self, endpoints: Endpoints, timeout: float = INVOCATION_SECONDS) -> None:
        self._endpoints = endpoints
        self._timeout = timeout

    def __call__(self, request: Request) -> Response | None:
        """Answer InvokeEndpoint; None for any other operation."""
        found = _PATH.fullmatch(request.path)
        if not found:
            return None
        name = unquote(found["name"])
        server = self._endpoints.server(name)
        if server is None:
            text = f"Endpoint {name} of account {ACCOUNT} not found."
            return error_response(ServiceError("ValidationError", text))
        body = body_within(request, BODY_LIMIT)
        if body is None:  # AWS answers this before its API does: there is no error type
            return error_response(ServiceError("", f"HTTP content length exceeded {BODY_LIMIT} bytes.", 413))
        return self._invoke(name, server, request, body)

    def _invoke(self, name: str, server: ModelServer, request: Request, body: bytes) -> Response:
        headers = {
            header: request.headers[header]
            for header in ("Content-Type", "Accept", CUSTOM_ATTRIBUTES)
            if header in request.headers
        }
        try:
            answer = server.http.request(
                "POST", f"{server.url}/invocations", body=body, headers=headers, timeout=self._timeout, redirect=False
            )
        except urllib3.exceptions.TimeoutError:
            return _model_error(name, 0, _TIMED_OUT)
        except urllib3.exceptions.HTTPError:
            return _model_error(name, 500, "The container did not accept the connection, or broke it.")
        if answer.status >= 300:
            return _model_error(name, answer.status, answer.data.decode(errors="replace"))
        response = Response(answer.data, content_type=answer.headers.get("Content-Type"))
        response.headers["x-Amzn-Invoked-Production-Variant"] = server.variant
        if CUSTOM_ATTRIBUTES in answer.headers:
            response.headers[CUSTOM_ATTRIBUTES] = answer.headers[CUSTOM_ATTRIBUTES]
        return response


def _model_error(name: str, status: int, message: str) -> Response:
    group = f"/aws/sagemaker/Endpoints/{name}"
    side = "client" if 400 <= status < 500 else "server"
    text = (
        f'Received {side} error ({status}) from primary with message "{message}". See https://{REGION}.console.aws.amazon'
        f".com/cloudwatch/home?region={REGION}#logEventViewer:group={group} in account {ACCOUNT} for more information."
    )
    told: Json = {
        "OriginalStatusCode": status,
        "OriginalMessage": message,
        "LogStreamArn": arn("logs", f"log-group:{group}"),
    }
    return error_response(ServiceError("ModelError", text, 424), extra=told)

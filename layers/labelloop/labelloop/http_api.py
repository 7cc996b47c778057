"""Between API Gateway's events and `inference`: requests in, answers and one shape of error out.

{"error": {"code": "NO_MODEL_YET", "message": "…", "hint": "…", "request_id": "…"}}
"""

import base64
import binascii
import json
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from labelloop.errors import InvalidParameter, RequestError, ServiceUnavailable
from labelloop.inference import Answer
from labelloop.inference_request import HttpRequest
from labelloop.lambda_step import Handler, Json, traced

_OK, _NOT_FOUND, _INTERNAL, _UNAVAILABLE = 200, 404, 500, 503


def request(project: str, app: APIGatewayRestResolver) -> HttpRequest:
    """The request that the resolver is answering.

    Raises:
        InvalidParameter: the event says that its body is base64, and it is not.
    """
    event = app.current_event
    return HttpRequest(
        project=project,
        id=event.request_context.request_id,
        body=_body(event.raw_event),
        headers={name.lower(): value for name, value in (event.headers or {}).items()},
        query=event.query_string_parameters or {},
    )


def _body(event: Json) -> bytes:
    """API Gateway sends every body as base64 where the stack declares all media types binary, text among them."""
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(text).encode()
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise InvalidParameter(f"the body is not base64: {error}.") from error


def response(answer: Answer) -> Response[Any]:
    """The answer as the resolver wants it; pictures stay bytes, which it turns into base64."""
    text_or_bytes = answer.body.decode() if answer.content_type == "application/json" else answer.body
    return Response(_OK, answer.content_type, text_or_bytes)


def error_body(code: str, message: str, hint: str, request_id: str) -> str:
    """The one shape of errors; template.yaml gives API Gateway's own errors the same."""
    return json.dumps({"error": {"code": code, "message": message, "hint": hint, "request_id": request_id}})


def handler_of(app: APIGatewayRestResolver, logger: Logger) -> Handler:
    """A Lambda handler that answers every request, whatever happens; what it may not tell the client it logs."""
    metrics = Metrics()

    def respond(status: int, code: str, message: str, hint: str = "", retry_after: int | None = None) -> Response[str]:
        metrics.add_metric(name=f"Http{status}", unit=MetricUnit.Count, value=1)
        headers: dict[str, str | list[str]] = {} if retry_after is None else {"Retry-After": str(retry_after)}
        body = error_body(code, message, hint, app.current_event.request_context.request_id or "")
        return Response(status, "application/json", body, headers)

    def refused(error: RequestError) -> Response[str]:
        logger.warning("request refused", code=error.code, detail=error.message)
        return respond(error.status, error.code, error.public, error.hint, error.retry_after_seconds)

    def no_such_route(_error: NotFoundError) -> Response[str]:
        return respond(_NOT_FOUND, "NOT_FOUND", "There is nothing at this address.")

    def failed(error: Exception) -> Response[str]:
        logger.exception("request failed")
        if isinstance(error, ServiceUnavailable):
            return respond(_UNAVAILABLE, "SERVICE_UNAVAILABLE", "AWS does not answer now.", "Try again.", 5)
        return respond(_INTERNAL, "INTERNAL_ERROR", "Something went wrong here; it has been logged.")

    app.exception_handler(RequestError)(refused)
    app.exception_handler(Exception)(failed)
    app.not_found(no_such_route)

    @logger.inject_lambda_context(clear_state=True, correlation_id_path="requestContext.requestId")
    @metrics.log_metrics
    @traced
    def handler(event: Json, context: LambdaContext) -> Json:
        metrics.add_metric(name="Requests", unit=MetricUnit.Count, value=1)
        return app.resolve(event, context)

    return handler

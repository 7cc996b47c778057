"""API Gateway's own answers, as the template words them: the GatewayResponses of the API.

Source: API Gateway Developer Guide, supported-gateway-response-types and api-gateway-mapping-template-reference.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.wrappers import Response

from laptop.account import Json


@dataclass(frozen=True, slots=True)
class GatewayError:
    """An answer API Gateway gives itself: its type, and AWS's status, message and error type header for it."""

    kind: str
    status: int
    message: str
    header: str


MISSING_TOKEN = GatewayError(
    "MISSING_AUTHENTICATION_TOKEN", 403, "Missing Authentication Token", "MissingAuthenticationTokenException"
)
TOO_LARGE = GatewayError("REQUEST_TOO_LARGE", 413, "Request Too Long", "RequestTooLargeException")
BAD_INTEGRATION = GatewayError("API_CONFIGURATION_ERROR", 502, "Internal server error", "InternalServerErrorException")
INTEGRATION_FAILURE = GatewayError("INTEGRATION_FAILURE", 504, "Network error communicating with endpoint", "")
INTEGRATION_TIMEOUT = GatewayError("INTEGRATION_TIMEOUT", 504, "Endpoint request timed out", "")


class GatewayResponses:
    """Words errors by the API's `x-amazon-apigateway-gateway-responses`.

    Args:
        customised: the part of the API's body, by response type.
    """

    def __init__(self, customised: Mapping[str, Json]) -> None:
        self._customised = customised

    def answer(self, error: GatewayError, request_id: str) -> Response:
        """The response to an error: the API's own for its type, else its default of the class, else AWS's."""
        default = "DEFAULT_4XX" if error.status < 500 else "DEFAULT_5XX"
        custom = self._customised.get(error.kind) or self._customised.get(default) or {}
        template = custom.get("responseTemplates", {}).get(
            "application/json", '{"message":$context.error.messageString}'
        )
        response = Response(
            render(template, error, request_id),
            int(custom.get("statusCode", error.status)),
            mimetype="application/json",
        )
        if error.header:
            response.headers["x-amzn-ErrorType"] = error.header
        for name, value in custom.get("responseParameters", {}).items():
            response.headers[name.removeprefix("gatewayresponse.header.")] = str(value).strip("'")
        return response


def render(template: str, error: GatewayError, request_id: str) -> str:
    """A template with its `$context` variables replaced; one that is not known becomes nothing, as on AWS."""
    values = {
        "requestId": request_id,
        "extendedRequestId": request_id,
        "error.message": error.message,
        "error.messageString": json.dumps(error.message),
        "error.responseType": error.kind,
    }
    return re.sub(r"\$context\.([A-Za-z.]*[A-Za-z])", lambda found: values.get(found[1], ""), template)

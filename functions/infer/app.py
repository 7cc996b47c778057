"""Lambda: the HTTP API."""

import time
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from labelloop import aws, http_api, inference
from labelloop.stack import Stack
from labelloop.store import Store

# API Gateway gives up after 29 seconds; we do before it, with an answer of our own
MODEL_SECONDS, STORE_SECONDS = 20, 2
PROMOTION_SECONDS = 5  # how old the knowledge of which model answers may be

app = APIGatewayRestResolver()


@cache
def _service() -> inference.Service:
    return inference.Service(
        Store(aws.client("s3", read_timeout_seconds=STORE_SECONDS, attempts=2)),
        aws.client("sagemaker-runtime", read_timeout_seconds=MODEL_SECONDS, attempts=1),
        Stack.from_environment().data_bucket,
        PROMOTION_SECONDS,
        time.monotonic,
    )


@app.get("/v1/<project>")
def describe(project: str) -> Response[Any]:
    """What the project's model knows and where it comes from."""
    return http_api.response(_service().describe(http_api.request(project, app)))


@app.post("/v1/<project>/infer")
def infer(project: str) -> Response[Any]:
    """What the project's model sees in a picture."""
    return http_api.response(_service().infer(http_api.request(project, app)))


handler = http_api.handler_of(app, Logger())

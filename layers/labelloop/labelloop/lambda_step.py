"""What every Lambda of the state machine shares: JSON logs with the run's name, a trace, a metric, named errors."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from labelloop import aws
from labelloop.run import RunDocument

Json = dict[str, Any]
Handler = Callable[[Json, LambdaContext], Json]


def now() -> datetime:
    """The clock, in UTC."""
    return datetime.now(UTC)


def as_json(value: msgspec.Struct) -> Json:
    """A typed value as what Lambda answers."""
    plain: Json = msgspec.to_builtins(value)
    return plain


def traced(handle: Handler) -> Handler:
    """The handler with a trace of its calls to AWS, where Lambda listens for one.

    X-Ray would import whatever else it can trace, and outside of Lambda make a client for rules of sampling: with both,
    a cold start would take half as long again.
    """
    if "LAMBDA_TASK_ROOT" not in os.environ:
        return handle
    capture: Handler = Tracer(patch_modules=("botocore",)).capture_lambda_handler(handle, capture_response=False)
    return capture


def step(act: Callable[[RunDocument], RunDocument]) -> Handler:
    """A Lambda handler of a function that takes and returns the run document.

    Service, metric namespace and log level come from POWERTOOLS_SERVICE_NAME, POWERTOOLS_METRICS_NAMESPACE and
    POWERTOOLS_LOG_LEVEL. Every error is logged with the run and leaves under a name that the state machine knows.
    """
    logger = Logger()

    def handle(event: Json, _context: LambdaContext) -> Json:
        document = RunDocument.from_json(event)
        logger.append_keys(run=document.run.id, project=document.run.project)
        result = act(document).to_json()
        logger.info("step done", result=result)
        return result

    return observed(handle, logger)


def observed(handle: Handler, logger: Logger) -> Handler:
    """The handler with logs, trace, metrics and named errors around it."""
    metrics = Metrics()

    @logger.inject_lambda_context(clear_state=True)
    @metrics.log_metrics
    @traced
    def handler(event: Json, context: LambdaContext) -> Json:
        try:
            with aws.naming_errors():
                result = handle(event, context)
        except Exception:
            metrics.add_metric(name="Failed", unit=MetricUnit.Count, value=1)
            logger.exception("step failed")
            raise
        metrics.add_metric(name="Succeeded", unit=MetricUnit.Count, value=1)
        return result

    return handler

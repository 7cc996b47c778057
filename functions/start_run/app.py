"""Lambda: an EventBridge event in; the run it started, or why it started none, out."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from labelloop import aws, lambda_step, trigger
from labelloop.stack import Stack
from labelloop.store import Store

logger = Logger()


def _start(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    outcome = trigger.start_run(
        event,
        Store(aws.client("s3")),
        aws.client("sagemaker"),
        aws.client("stepfunctions"),
        Stack.from_environment(),
        lambda_step.now,
    )
    answer = lambda_step.as_json(outcome)
    logger.info("event handled", outcome=answer)
    return answer


handler = lambda_step.observed(_start, logger)

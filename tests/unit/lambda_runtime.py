"""What Lambda gives a handler besides the event, and what the handler leaves on standard output."""

import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext


class Context(LambdaContext):
    """Of one invocation."""

    _function_name = "a-function"
    _memory_limit_in_mb = 512
    _invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:a-function"
    _aws_request_id = "8d6f4a3e-0000-4000-8000-000000000000"


def lines_of(output: str) -> list[dict[str, Any]]:
    """Log entries and metrics, one JSON object a line."""
    return [json.loads(line) for line in output.splitlines()]


def logs_of(output: str) -> list[dict[str, Any]]:
    return [line for line in lines_of(output) if "_aws" not in line]


def metrics_of(output: str) -> dict[str, float]:
    """The sums of all metrics, which are in CloudWatch's embedded metric format."""
    sums: dict[str, float] = {}
    for line in lines_of(output):
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
            assert directive["Namespace"] == "Labelloop"
            for metric in directive["Metrics"]:
                sums[metric["Name"]] = sums.get(metric["Name"], 0) + sum(line[metric["Name"]])
    return sums

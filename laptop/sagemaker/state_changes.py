"""The EventBridge events SageMaker sends; their exact shape is what rules match.

Source: Amazon SageMaker Developer Guide, automating-sagemaker-with-eventbridge and sms-monitor-cloud-watch.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from laptop.account import Json
from laptop.sagemaker.tags import Tags

_TRAINING_FIELDS = [
    "TrainingJobName",
    "TrainingJobArn",
    "TrainingJobStatus",
    "SecondaryStatus",
    "FailureReason",
    "ModelArtifacts",
    "HyperParameters",
    "AlgorithmSpecification",
    "RoleArn",
    "InputDataConfig",
    "OutputDataConfig",
    "ResourceConfig",
    "StoppingCondition",
    "CreationTime",
    "TrainingStartTime",
    "TrainingEndTime",
    "LastModifiedTime",
    "SecondaryStatusTransitions",
]
_ENDPOINT_FIELDS = [
    "EndpointName",
    "EndpointArn",
    "EndpointConfigName",
    "ProductionVariants",
    "EndpointStatus",
    "FailureReason",
    "CreationTime",
    "LastModifiedTime",
]

PutEvent = Callable[[str, str, str], None]
"""Sends an event: detail-type, ARN of the resource, detail as JSON."""


class StateChanges:
    """Announces what happens to jobs and endpoints."""

    def __init__(self, put_event: PutEvent, tags: Tags) -> None:
        self._put_event = put_event
        self._tags = tags

    def training_job(self, job: Json) -> None:
        """Sent with every change of the secondary status; detail is close to DescribeTrainingJob."""
        arn = job["TrainingJobArn"]
        detail = {field: job[field] for field in _TRAINING_FIELDS if field in job}
        self._send("SageMaker Training Job State Change", arn, detail | {"Tags": self._tags.of(arn)})

    def endpoint(self, endpoint: Json) -> None:
        """Here the status is spelt IN_SERVICE, where the API says InService."""
        arn = endpoint["EndpointArn"]
        detail = {field: endpoint[field] for field in _ENDPOINT_FIELDS if field in endpoint}
        status = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", endpoint["EndpointStatus"]).upper()
        detail |= {"EndpointStatus": status, "Tags": self._tags.of(arn)}
        self._send("SageMaker Endpoint State Change", arn, detail)

    def labeling_job(self, arn: str, status: str) -> None:
        """The detail holds the status alone; which job it was is told by the resource's ARN."""
        self._send("SageMaker Ground Truth Labeling Job State Change", arn, {"LabelingJobStatus": status})

    def _send(self, detail_type: str, arn: str, detail: Json) -> None:
        self._put_event(detail_type, arn, json.dumps(detail, default=_epoch_milliseconds))


def _epoch_milliseconds(value: Any) -> int:
    assert isinstance(value, datetime)
    return round(value.timestamp() * 1000)

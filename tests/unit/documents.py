"""The documents that runs pass on and leave behind."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from labelloop.projects import ProjectFolder
from labelloop.promotion import Promotion
from labelloop.run import RunDocument
from labelloop.tasks import Task

from tests.unit.factories import BUCKET, report

PROJECT = ProjectFolder(BUCKET, "shapes")
IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/object-detection:1"


def event(name: str) -> Any:
    """A payload of the events folder, which `sam local invoke -e` takes too."""
    return json.loads((Path(__file__).parents[2] / f"events/{name}.json").read_text())


def document(step: str) -> RunDocument:
    """The run document as that step gets it."""
    return RunDocument.from_json(event(step))


RUN = document("verify_endpoint").run.id
JOB = f"{RUN}-1"
DATASET = "0a1b2c3d4e5f6071"
REPORT = report(dataset=DATASET)
PROMOTION = Promotion(
    project="shapes",
    version="shapes-000000000000-1",
    run="shapes-000000000000",
    task=Task.OBJECT_DETECTION,
    algorithm="object-detection",
    dataset="ffffffffffffffff",
    classes=("circle", "square"),
    metrics={"validation:mAP": 0.75},
    endpoint="labelloop-shapes",
    endpoint_config="shapes-000000000000-1",
    promoted_at="2026-11-19T09:00:00+00:00",
)


def replaced[Document: msgspec.Struct](document: Document, **changes: Any) -> Document:
    return msgspec.structs.replace(document, **changes)


def training_job(**facts: Any) -> dict[str, Any]:
    """What DescribeTrainingJob must answer at the least, and more facts."""
    return {
        "TrainingJobName": JOB,
        "TrainingJobArn": f"arn:aws:sagemaker:us-east-1:123456789012:training-job/{JOB}",
        "ModelArtifacts": {"S3ModelArtifacts": f"{PROJECT.models}/{JOB}/output/model.tar.gz"},
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "Pipe"},
        "ResourceConfig": {"InstanceType": "ml.g4dn.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 50},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "CreationTime": datetime(2026, 11, 20, tzinfo=UTC),
    } | facts


def endpoint(status: str = "InService", config: str = JOB, **facts: Any) -> dict[str, Any]:
    """What DescribeEndpoint must answer at the least, and more facts."""
    return {
        "EndpointName": "labelloop-shapes",
        "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/labelloop-shapes",
        "EndpointConfigName": config,
        "EndpointStatus": status,
        "CreationTime": datetime(2026, 11, 20, tzinfo=UTC),
        "LastModifiedTime": datetime(2026, 11, 20, tzinfo=UTC),
    } | facts

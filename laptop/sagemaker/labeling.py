"""Ground Truth labeling jobs: they are created and described here; a person or a test plays the workers."""

import uuid
from collections.abc import Mapping
from typing import Literal

from laptop.account import Json
from laptop.sagemaker.records import Records, now
from laptop.sagemaker.state_changes import StateChanges
from laptop.sagemaker.tags import Tags
from laptop.wsgi import ServiceError

Ending = Literal["Completed", "Failed", "Stopped"]
_NO_LABELS = {
    "TotalLabeled": 0,
    "HumanLabeled": 0,
    "MachineLabeled": 0,
    "FailedNonRetryableError": 0,
    "Unlabeled": 0,
}


class LabelingJobs:
    """CreateLabelingJob and DescribeLabelingJob."""

    def __init__(self, changes: StateChanges, tags: Tags) -> None:
        self._records = Records("labeling-job", "labeling job")
        self._changes = changes
        self._tags = tags

    def create_labeling_job(self, request: Json) -> Json:
        """Open a job; it stays InProgress until `finish`."""
        name, arn = request["LabelingJobName"], self._records.arn(request["LabelingJobName"])
        record = {
            **request,
            "LabelingJobArn": arn,
            "LabelingJobStatus": "InProgress",
            "LabelCounters": _NO_LABELS,
            "JobReferenceCode": uuid.uuid4().hex,
            "CreationTime": now(),
            "LastModifiedTime": now(),
        }
        taken = f"Labeling Job names must be unique within an AWS account and region: {arn} exists."
        self._records.add(name, record, ServiceError("ResourceInUse", taken))
        self._tags.set(arn, request.get("Tags", []))
        return {"LabelingJobArn": arn}

    def describe_labeling_job(self, request: Json) -> Json:
        """A job as it is now."""
        if request["LabelingJobName"] not in self._records:
            raise ServiceError("ResourceNotFound", "Requested resource not found.")
        job = self._records.get(request["LabelingJobName"])
        tags = self._tags.of(job["LabelingJobArn"])
        return job | {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def finish(self, name: str, status: Ending = "Completed", counters: Mapping[str, int] | None = None) -> None:
        """End a job and announce it; whoever plays it has put the output manifest in its place before.

        Raises:
            ServiceError: there is no such job.
        """
        job = self._records.get(name)
        folder = job["OutputConfig"]["S3OutputPath"].rstrip("/")
        output = {"OutputDatasetS3Uri": f"{folder}/{name}/manifests/output/output.manifest"}
        self._records.update(
            name,
            LabelingJobStatus=status,
            LabelCounters={**_NO_LABELS, **(counters or {})},
            LabelingJobOutput=output,
        )
        self._changes.labeling_job(job["LabelingJobArn"], status)

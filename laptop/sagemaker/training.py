"""The operations on training jobs."""

from laptop.account import Json
from laptop.containers import Containers
from laptop.sagemaker.channels import check_channels
from laptop.sagemaker.records import Records, now
from laptop.sagemaker.state_changes import StateChanges
from laptop.sagemaker.tags import Tags
from laptop.sagemaker.training_run import RunContext, TrainingRun
from laptop.wsgi import ServiceError

_SUMMARY = (
    "TrainingJobName TrainingJobArn CreationTime TrainingEndTime LastModifiedTime TrainingJobStatus SecondaryStatus"
)


class TrainingJobs:
    """CreateTrainingJob, DescribeTrainingJob, StopTrainingJob, ListTrainingJobs."""

    def __init__(self, containers: Containers, context: RunContext, changes: StateChanges, tags: Tags) -> None:
        self._records = Records("training-job", "training job")
        self._containers = containers
        self._context = context
        self._changes = changes
        self._tags = tags
        self._runs: dict[str, TrainingRun] = {}

    def create_training_job(self, request: Json) -> Json:
        """Start a job."""
        name, arn = request["TrainingJobName"], self._records.arn(request["TrainingJobName"])
        check_channels(request)
        container = self._containers.of_image(_image(request))
        taken = (
            "Training job names must be unique within an AWS account and region,"
            f" but a training job with this name already exists ({arn})"
        )
        job = {key: value for key, value in request.items() if key != "Tags"} | {
            "TrainingJobArn": arn,
            "TrainingJobStatus": "InProgress",
            "SecondaryStatus": "Starting",
            "SecondaryStatusTransitions": [],
            "CreationTime": now(),
            "LastModifiedTime": now(),
        }
        self._records.add(name, job, ServiceError("ResourceInUse", taken))
        self._tags.set(arn, request.get("Tags", []))
        run = self._runs[name] = TrainingRun(request, container, self._context, self._records, self._changes)
        run.start()
        return {"TrainingJobArn": arn}

    def describe_training_job(self, request: Json) -> Json:
        """A job as it is now."""
        return self._job(request)

    def stop_training_job(self, request: Json) -> None:
        """Ask a job to end."""
        job = self._job(request)
        if job["TrainingJobStatus"] != "InProgress":
            text = f"The request was rejected because the training job is in status {job['TrainingJobStatus']}."
            raise ServiceError("ValidationException", text)
        self._runs[job["TrainingJobName"]].stop()

    def list_training_jobs(self, request: Json) -> Json:
        """The newest jobs."""
        fields = tuple(_SUMMARY.split())
        return {
            "TrainingJobSummaries": self._records.summaries(request, fields, "TrainingJobName", "TrainingJobStatus")
        }

    def close(self) -> None:
        """End all jobs."""
        for run in self._runs.values():
            run.close()

    def _job(self, request: Json) -> Json:
        if request["TrainingJobName"] not in self._records:
            raise ServiceError("ValidationException", "Requested resource not found.")
        return self._records.get(request["TrainingJobName"])


def _image(request: Json) -> str:
    image: str | None = request["AlgorithmSpecification"].get("TrainingImage")
    if image is None:
        raise ServiceError("ValidationException", "Missing TrainingImage; AlgorithmName is not served on this machine.")
    return image

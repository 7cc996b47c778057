"""One training job from its start to its end, in a thread of its own."""

import json
import re
import shutil
import tarfile
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from laptop.account import Json, split_s3_uri
from laptop.children import Children
from laptop.containers import Container
from laptop.log_streams import LogStream, LogWriter
from laptop.sagemaker.augmented_manifest import InputDataError
from laptop.sagemaker.channels import channel_config, open_channels
from laptop.sagemaker.metrics import MetricReader
from laptop.sagemaker.records import Records, now
from laptop.sagemaker.s3_files import S3Files
from laptop.sagemaker.state_changes import StateChanges
from laptop.sagemaker.training_process import TrainingProcess

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FAILURE_REASON_LIMIT = 1024
LOG_GROUP = "/aws/sagemaker/TrainingJobs"
_MESSAGES = {
    "Starting": "Starting the training job",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Stopping": "Stopping the training job",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
}


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a job needs of its surroundings; `grace` is the seconds between SIGTERM and SIGKILL (120 on AWS)."""

    children: Children
    environment: Mapping[str, str]
    s3: "S3Client"
    logs: LogWriter
    grace: float


class TrainingRun:
    """Runs one job; keeps its record up to date and announces each change."""

    def __init__(
        self, request: Json, container: Container, context: RunContext, records: Records, changes: StateChanges
    ) -> None:
        self._request = request
        self._name: str = request["TrainingJobName"]
        self._container = container
        self._context = context
        self._records = records
        self._changes = changes
        self._base = context.children.folder / "training" / self._name
        self._metrics = MetricReader(_definitions(request, container))
        self._process = TrainingProcess(context.children, context.grace)
        self._input_failure = ""
        self._thread = threading.Thread(target=self._run, name=f"train-{self._name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """StopTrainingJob: SIGTERM, and SIGKILL after the grace."""
        self._step("Stopping", "Stopping")
        self._process.end("Stopped")

    def close(self) -> None:
        """End the job because the cloud ends."""
        self._process.kill()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._train()
        except InputDataError as error:
            self._fail(f"ClientError: {error}")
        except Exception as error:  # noqa: BLE001 - the job must end, and say why
            self._fail(f"InternalServerError: {type(error).__name__}: {error}")
        finally:
            shutil.rmtree(self._base, ignore_errors=True)

    def _train(self) -> None:
        self._step("Starting")
        self._lay_out()
        began = now()
        self._step("Downloading", TrainingStartTime=began)
        files = S3Files(self._context.s3, self._base / "cache")
        pipes = open_channels(self._request, self._base / "input" / "data", files, self._input_failed)
        try:
            self._step("Training")
            code = self._run_container()
        finally:
            for pipe in pipes:
                pipe.stop()
        ended = now()
        seconds = max(1, round((ended - began).total_seconds()))
        self._records.update(
            self._name,
            TrainingEndTime=ended,
            TrainingTimeInSeconds=seconds,
            BillableTimeInSeconds=seconds,
            FinalMetricDataList=self._metrics.final(),
        )
        self._finish(code)

    def _finish(self, code: int) -> None:
        ending = self._process.ending
        if self._input_failure:
            self._fail(self._input_failure)
        elif code and not ending:
            self._fail(self._failure_reason(code))
        else:
            self._step("Uploading", "Stopping" if ending else "InProgress")
            artifacts = {"S3ModelArtifacts": self._upload()}
            self._step(ending or "Completed", "Stopped" if ending else "Completed", ModelArtifacts=artifacts)

    def _lay_out(self) -> None:
        for folder in ("input/config", "input/data", "model", "output/data", "checkpoints"):
            (self._base / folder).mkdir(parents=True)
        resources = {"current_host": "algo-1", "hosts": ["algo-1"], "network_interface_name": "lo"}
        for name, content in {
            "hyperparameters": self._request.get("HyperParameters", {}),
            "inputdataconfig": channel_config(self._request),
            "resourceconfig": resources,
        }.items():
            (self._base / "input" / "config" / f"{name}.json").write_text(json.dumps(content))

    def _run_container(self) -> int:
        job = self._records.get(self._name)
        told = {
            **self._request.get("Environment", {}),
            "TRAINING_JOB_NAME": self._name,
            "TRAINING_JOB_ARN": job["TrainingJobArn"],
        }
        launch = self._container.launch("train", self._base, 8080, told)
        seconds = self._request["StoppingCondition"]["MaxRuntimeInSeconds"]
        stream = LogStream(LOG_GROUP, f"{self._name}/algo-1-{uuid.uuid4().int % 10**10}")

        def read_line(line: str) -> None:
            self._metrics.read(line)
            self._context.logs.write(stream, line, source=self._name)

        return self._process.run(launch, {**self._context.environment, **told}, seconds, read_line)

    def _input_failed(self, reason: str) -> None:
        self._input_failure = self._input_failure or reason
        self._process.end("Failed")

    def _failure_reason(self, code: int) -> str:
        failure = self._base / "output" / "failure"
        text = failure.read_text(errors="replace").strip() if failure.exists() else ""
        return text or f"AlgorithmError: the container wrote no output/failure, exit code {code}"

    def _upload(self) -> str:
        bucket, prefix = split_s3_uri(self._request["OutputDataConfig"]["S3OutputPath"])
        folder = f"{prefix.strip('/')}/{self._name}/output".lstrip("/")
        self._upload_tar(self._base / "model", bucket, f"{folder}/model.tar.gz")
        if any((self._base / "output" / "data").iterdir()):
            self._upload_tar(self._base / "output" / "data", bucket, f"{folder}/output.tar.gz")
        return f"s3://{bucket}/{folder}/model.tar.gz"

    def _upload_tar(self, content: Path, bucket: str, key: str) -> None:
        packed = self._base / "packed.tar.gz"
        with tarfile.open(packed, "w:gz", compresslevel=1) as tar:
            for path in sorted(content.iterdir()):
                tar.add(path, path.name)
        self._context.s3.upload_file(str(packed), bucket, key)

    def _fail(self, reason: str) -> None:
        self._step("Failed", "Failed", FailureReason=reason[:FAILURE_REASON_LIMIT])

    def _step(self, secondary: str, status: str = "InProgress", **changes: object) -> None:
        time = now()
        transitions = [dict(step) for step in self._records.get(self._name)["SecondaryStatusTransitions"]]
        if transitions:
            transitions[-1]["EndTime"] = time
        message = str(changes.get("FailureReason", _MESSAGES[secondary]))
        transitions.append({"Status": secondary, "StartTime": time, "StatusMessage": message})
        if status in ("Completed", "Failed", "Stopped"):
            transitions[-1]["EndTime"] = time
        job = self._records.update(
            self._name,
            SecondaryStatus=secondary,
            TrainingJobStatus=status,
            SecondaryStatusTransitions=transitions,
            **changes,
        )
        self._changes.training_job(job)


def _definitions(request: Json, container: Container) -> Mapping[str, re.Pattern[str]]:
    """The image's own definitions; the caller's only for an image that has none, as on AWS."""
    sent = {item["Name"]: item["Regex"] for item in request["AlgorithmSpecification"].get("MetricDefinitions", [])}
    return {name: re.compile(regex) for name, regex in (container.metrics or sent).items()}

"""SageMaker as one service: its control plane, its runtime, and a way to play labeling jobs."""

from collections.abc import Mapping

from werkzeug.wrappers import Request, Response

from laptop.aws_json import JsonService
from laptop.children import Children
from laptop.containers import Containers
from laptop.log_streams import LogWriter
from laptop.sagemaker.endpoints import Endpoints
from laptop.sagemaker.hosting import EndpointConfigs, Models
from laptop.sagemaker.labeling import Ending, LabelingJobs
from laptop.sagemaker.model_server import ServingContext
from laptop.sagemaker.runtime import Runtime
from laptop.sagemaker.s3_files import S3Files
from laptop.sagemaker.state_changes import StateChanges
from laptop.sagemaker.tags import Tags
from laptop.sagemaker.training import TrainingJobs
from laptop.sagemaker.training_run import RunContext
from laptop.session import Session
from laptop.timing import Timing


class SageMaker:
    """The SageMaker of the laptop.

    Args:
        session: of the cloud.
        containers: the images this machine can run.
        children: starts them.
        environment: what every container gets before the request's own variables.
        logs: takes what they print.
        timing: how long they may take.
    """

    def __init__(
        self,
        session: Session,
        containers: Containers,
        children: Children,
        environment: Mapping[str, str],
        logs: LogWriter,
        timing: Timing,
    ) -> None:
        events, s3 = session.events, session.s3
        tags = Tags()

        def put_event(detail_type: str, arn: str, detail: str) -> None:
            entry = {"Source": "aws.sagemaker", "DetailType": detail_type, "Resources": [arn], "Detail": detail}
            events.put_events(Entries=[entry])  # type: ignore[list-item]  # one dict for four keys of one type

        changes = StateChanges(put_event, tags)
        running = RunContext(children, environment, s3, logs, timing.stop_grace)
        files = S3Files(s3, children.folder / "models")
        serving = ServingContext(children, environment, files, logs, containers, timing.ping_within)
        models = Models(containers, tags)
        configs = EndpointConfigs(models, tags)
        self._training = TrainingJobs(containers, running, changes, tags)
        self._endpoints = Endpoints(models, configs, serving, changes, tags)
        self._labeling = LabelingJobs(changes, tags)
        parts = (self._training, models, configs, self._endpoints, self._labeling, tags)
        self._control = JsonService("sagemaker", parts)
        self._runtime = Runtime(self._endpoints, timing.invocation)

    def __call__(self, request: Request) -> Response | None:
        """Answer either plane; both are signed for `sagemaker`."""
        return self._runtime(request) or self._control(request)

    def finish_labeling_job(
        self, name: str, status: Ending = "Completed", counters: Mapping[str, int] | None = None
    ) -> None:
        """Play the end of a labeling job: its status, its counters, and the event that starts a run.

        Raises:
            ServiceError: there is no such job.
        """
        self._labeling.finish(name, status, counters)

    def close(self) -> None:
        """End all jobs and endpoints."""
        self._training.close()
        self._endpoints.close()

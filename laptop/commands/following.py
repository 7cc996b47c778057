"""A run as it happens: states, epochs and the endpoint's status, from what Step Functions, logs and SageMaker say."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from labelloop import aws
from labelloop.deployment import endpoint_name, find_endpoint

from laptop.commands.runs import Runs, RunSummary, states_entered
from laptop.commands.training_log import Epoch, EpochReader

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import GetLogEventsRequestTypeDef
    from mypy_boto3_sagemaker import SageMakerClient

TRAINING_LOGS = "/aws/sagemaker/TrainingJobs"
POLL_SECONDS = 0.5


class StateEntered(NamedTuple):
    """The state machine has gone on."""

    state: str
    at: datetime


class EndpointChanged(NamedTuple):
    """The project's endpoint has another status."""

    status: str


class RunEnded(NamedTuple):
    """Nothing follows."""

    run: RunSummary


type RunEvent = StateEntered | Epoch | EndpointChanged | RunEnded


class TrainingLogs:
    """The log lines of a run's training jobs, each once, as they come."""

    def __init__(self, logs: "CloudWatchLogsClient", run: str) -> None:
        self._logs, self._prefix = logs, f"{run}-"
        self._next: dict[str, str] = {}

    def new_lines(self) -> Iterator[str]:
        """The lines written since the last call."""
        for stream in self._streams():
            request: GetLogEventsRequestTypeDef = {
                "logGroupName": TRAINING_LOGS,
                "logStreamName": stream,
                "startFromHead": True,
            }
            if stream in self._next:
                request["nextToken"] = self._next[stream]
            answer = self._logs.get_log_events(**request)
            self._next[stream] = answer["nextForwardToken"]
            yield from (event["message"] for event in answer["events"])

    def _streams(self) -> list[str]:
        try:
            found = self._logs.describe_log_streams(logGroupName=TRAINING_LOGS, logStreamNamePrefix=self._prefix)
        except aws.ClientError as error:
            if aws.error_code(error) != "ResourceNotFoundException":
                raise
            return []  # no job has written a line yet
        return [stream["logStreamName"] for stream in found["logStreams"]]


class Follower:
    """Follows one run to its end.

    Args:
        runs: of the state machine.
        run: the run's name.
        logs: a CloudWatch Logs client.
        sagemaker: a SageMaker client.
    """

    def __init__(self, runs: Runs, run: str, logs: "CloudWatchLogsClient", sagemaker: "SageMakerClient") -> None:
        self._runs, self._run, self._sagemaker = runs, run, sagemaker
        self._training, self._epochs = TrainingLogs(logs, run), EpochReader()
        self._seen = 0
        self._endpoint: str | None = None

    def events(self, sleep: Callable[[float], None] = time.sleep) -> Iterator[RunEvent]:
        """Everything that happens, until the run has ended; what happened before comes first."""
        while True:
            summary = self._runs.summary(self._run)  # before the rest, so that nothing is missed at the end
            yield from self._new_events(summary.project)
            if summary.outcome != "running":
                yield RunEnded(summary)
                return
            sleep(POLL_SECONDS)

    def _new_events(self, project: str) -> Iterator[RunEvent]:
        entered = list(states_entered(self._runs.history(self._run)))
        yield from (StateEntered(*state) for state in entered[self._seen :])
        self._seen = len(entered)
        yield from self._epochs.read(self._training.new_lines())
        found = find_endpoint(self._sagemaker, endpoint_name(project))
        status = found["EndpointStatus"] if found else None
        if status is not None and status != self._endpoint:
            self._endpoint = status
            yield EndpointChanged(status)

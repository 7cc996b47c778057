"""Runs of the state machine, as a person asks for them."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from labelloop import aws
from labelloop.run import Pinned, RunDocument
from labelloop.store import S3Uri, Store

from laptop.commands.console import CommandError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import HistoryEventTypeDef

Clock = Callable[[], datetime]
START_SECONDS = 30  # from a manifest's arrival to its run; it takes well under one
RECEIPT_LIMIT = 8 * 1024 * 1024


class RunSummary(msgspec.Struct, frozen=True):
    """One run; `state` is where it is or where it ended, `seconds` how long it has taken so far."""

    run: str
    project: str
    outcome: str
    state: str
    started: datetime
    seconds: float
    error: str | None

    @property
    def ended(self) -> datetime:
        """When it ended; where it has not, the time when it was looked at."""
        return self.started + timedelta(seconds=self.seconds)


class Runs:
    """The executions of one state machine.

    Args:
        states: a Step Functions client.
        state_machine: its ARN.
        clock: the time now, with a time zone.
    """

    def __init__(self, states: "SFNClient", state_machine: str, clock: Clock) -> None:
        self._states, self._state_machine, self._clock = states, state_machine, clock

    def newest_first(self, project: str | None = None) -> list[RunSummary]:
        """All runs, or those of one project."""
        runs = [self.summary(name) for name in self.names() if project in (None, _project(name))]
        return sorted(runs, key=lambda run: run.started, reverse=True)

    def summary(self, run: str) -> RunSummary:
        """One run.

        Raises:
            CommandError: there is none of that name.
        """
        try:
            execution = self._states.describe_execution(executionArn=self.arn(run))
        except aws.ClientError as error:
            if aws.error_code(error) != "ExecutionDoesNotExist":
                raise
            raise CommandError(f"There is no run {run}.", "`labelloop runs` lists them.") from error
        entered = list(states_entered(self.history(run)))
        ended = execution.get("stopDate") or self._clock()
        return RunSummary(
            run=run,
            project=_project(run),
            outcome=execution["status"].lower(),
            state=entered[-1][0] if entered else "",
            started=execution["startDate"],
            seconds=(ended - execution["startDate"]).total_seconds(),
            error=execution.get("error"),
        )

    def history(self, run: str) -> "Iterator[HistoryEventTypeDef]":
        """What happened in a run so far, in order."""
        pages = self._states.get_paginator("get_execution_history").paginate(executionArn=self.arn(run))
        return (event for page in pages for event in page["events"])

    def wait_for(self, manifest: Pinned, settings: Pinned | None, sleep: Callable[[float], None] = time.sleep) -> str:
        """The run of this manifest with these settings: the one that their arrival starts, or one that had them before.

        Raises:
            CommandError: none starts.
        """
        deadline = self._clock().timestamp() + START_SECONDS
        while self._clock().timestamp() < deadline:
            for name in self.names():
                document = self._document(name)
                if _content(document.manifest.object, document.settings) == _content(manifest, settings):
                    return name
            sleep(0.2)
        raise CommandError(
            f"{manifest.uri} has started no run within {START_SECONDS} seconds.",
            "The log group of the start_run function says why.",
        )

    def arn(self, run: str) -> str:
        """ARN of a run's execution."""
        return self._state_machine.replace(":stateMachine:", ":execution:") + f":{run}"

    def names(self) -> list[str]:
        """The names of all runs."""
        pages = self._states.get_paginator("list_executions").paginate(stateMachineArn=self._state_machine)
        return [execution["name"] for page in pages for execution in page["executions"]]

    def _document(self, run: str) -> RunDocument:
        execution = self._states.describe_execution(executionArn=self.arn(run))
        return RunDocument.from_json(msgspec.json.decode(execution["input"]))


def states_entered(history: "Iterator[HistoryEventTypeDef]") -> Iterator[tuple[str, datetime]]:
    """Name and time of each state entered."""
    for event in history:
        if "stateEnteredEventDetails" in event:
            yield event["stateEnteredEventDetails"]["name"], event["timestamp"]


def receipts(s3: "S3Client", bucket: str, run: str) -> dict[str, Any]:
    """What the steps of a run wrote down, by step, in the order written."""
    prefix = f"projects/{_project(run)}/runs/{run}/"
    found = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    keys = [entry["Key"] for entry in sorted(found, key=lambda entry: entry["LastModified"])]
    store = Store(s3)
    return {
        key.removeprefix(prefix).removesuffix(".json"): msgspec.json.decode(
            store.read(S3Uri(bucket, key), limit=RECEIPT_LIMIT)
        )
        for key in keys
    }


def _content(manifest: Pinned, settings: Pinned | None) -> tuple[str, str, str | None]:
    """What makes a run: the same bytes at the same place are the same run, whatever their version."""
    return manifest.uri, manifest.etag, settings.etag if settings else None


def _project(run: str) -> str:
    return run.rpartition("-")[0]

"""The state machine's states as the few stages that a person thinks in, and how far a run has come."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from laptop.commands.following import EndpointChanged, RunEnded, RunEvent, StateEntered
from laptop.commands.runs import RunSummary
from laptop.commands.training_log import Epoch


class Stage(StrEnum):
    """Part of a run, in order."""

    VALIDATE = "validate"
    TRAIN = "train"
    DEPLOY = "deploy"
    VERIFY = "verify"
    EXPLAIN = "explain"


USUAL = (Stage.VALIDATE, Stage.TRAIN, Stage.DEPLOY, Stage.VERIFY)
FIRST_STATES = {
    "ValidateManifest": Stage.VALIDATE,
    "LaunchTraining": Stage.TRAIN,
    "DeployEndpoint": Stage.DEPLOY,
    "VerifyEndpoint": Stage.VERIFY,
    "RestoreEndpoint": Stage.EXPLAIN,
    "ExplainFailure": Stage.EXPLAIN,
}
"""The states that begin a stage; others belong to the stage under way."""


@dataclass(slots=True)
class RunProgress:
    """What is known of a run; fed with its events."""

    began: dict[Stage, datetime] = field(default_factory=dict)
    states: list[str] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)
    endpoint: str = ""
    ended: RunSummary | None = None

    @property
    def stage(self) -> Stage | None:
        """The one under way."""
        return next(reversed(self.began), None)

    def add(self, event: RunEvent) -> bool:
        """Take one event in; whether it is news for a person (the states of a waiting loop come again and again)."""
        match event:
            case StateEntered(state, at):
                news = state not in self.states
                self.states.append(state)
                if news and state in FIRST_STATES:
                    self.began.setdefault(FIRST_STATES[state], at)
                return news
            case Epoch():
                self.epochs.append(event)
            case EndpointChanged(status):
                self.endpoint = status
            case RunEnded(run):
                self.ended = run
        return True

    def seconds(self, now: datetime) -> dict[Stage, float]:
        """How long each stage took; the one under way until `now`, or until the run's end."""
        end = now if self.ended is None else self.ended.ended
        times = [*self.began.values(), end]
        return {
            stage: (after - before).total_seconds()
            for stage, before, after in zip(self.began, times, times[1:], strict=False)
        }

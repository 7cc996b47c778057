from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from laptop.commands.following import EndpointChanged, RunEnded, RunEvent, StateEntered
from laptop.commands.runs import RunSummary
from laptop.commands.stages import FIRST_STATES, RunProgress, Stage
from laptop.commands.training_log import Epoch

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
EPOCH = Epoch(1, {"smooth_l1": 1.5}, "mAP", 0.25)


def entered(state: str, second: float) -> StateEntered:
    return StateEntered(state, BEGAN + timedelta(seconds=second))


def summary(outcome: str, seconds: float) -> RunSummary:
    return RunSummary("birds-1", "birds", outcome, "Promoted", BEGAN, seconds, None)


LOOP: tuple[RunEvent, ...] = (
    entered("ValidateManifest", 0),
    entered("LaunchTraining", 1),
    entered("WaitForTraining", 2),
    entered("IsTrainingDone", 3),
    entered("WaitForTraining", 3),
    EPOCH,
    entered("IsTrainingDone", 4),
    entered("DeployEndpoint", 5),
    EndpointChanged("InService"),
    entered("VerifyEndpoint", 7),
    RunEnded(summary("succeeded", 10)),
)


def progress_after(*events: RunEvent) -> RunProgress:
    progress = RunProgress()
    for event in events:
        progress.add(event)
    return progress


def test_every_stage_begins_with_a_state_of_the_state_machine() -> None:
    definition = yaml.safe_load((Path(__file__).parents[2] / "statemachine/retrain.asl.yaml").read_text())
    assert set(FIRST_STATES) <= set(definition["States"])
    assert set(FIRST_STATES.values()) == set(Stage)


def test_a_stage_lasts_until_the_next_one_and_the_last_until_the_end() -> None:
    assert progress_after(*LOOP).seconds(BEGAN + timedelta(days=1)) == {
        Stage.VALIDATE: 1,
        Stage.TRAIN: 4,
        Stage.DEPLOY: 2,
        Stage.VERIFY: 3,
    }


def test_the_stage_under_way_lasts_until_now() -> None:
    progress = progress_after(*LOOP[:3])
    assert progress.stage is Stage.TRAIN
    assert progress.seconds(BEGAN + timedelta(seconds=9)) == {Stage.VALIDATE: 1, Stage.TRAIN: 8}


def test_the_states_of_a_waiting_loop_are_news_once() -> None:
    progress = RunProgress()
    news = [event for event in LOOP if progress.add(event)]
    assert [event.state for event in news if isinstance(event, StateEntered)] == [
        "ValidateManifest",
        "LaunchTraining",
        "WaitForTraining",
        "IsTrainingDone",
        "DeployEndpoint",
        "VerifyEndpoint",
    ]
    assert [event for event in news if not isinstance(event, StateEntered)] == [EPOCH, LOOP[8], LOOP[-1]]


def test_what_a_run_told() -> None:
    progress = progress_after(*LOOP)
    assert progress.epochs == [EPOCH]
    assert progress.endpoint == "InService"
    assert progress.ended == summary("succeeded", 10)

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from rich.console import Console

from laptop.commands.following import RunEnded, RunEvent
from laptop.commands.progress import counted, show_run, sparkline
from tests.commands.test_stages import LOOP, entered, summary


def ticking() -> Callable[[], datetime]:
    """A clock that goes on by a second each time it is read."""
    seconds: Iterator[int] = count()
    return lambda: datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(seconds=next(seconds))


def shown(*events: RunEvent, terminal: bool) -> str:
    file = io.StringIO()
    show_run(Console(file=file, force_terminal=terminal, width=100), events, ticking())
    return file.getvalue()


def test_without_a_terminal_each_event_is_a_plain_line() -> None:
    assert shown(*LOOP, terminal=False).splitlines() == [
        "    1.0 s  state ValidateManifest",
        "    2.0 s  state LaunchTraining",
        "    3.0 s  state WaitForTraining",
        "    4.0 s  state IsTrainingDone",
        "    5.0 s  epoch 1  smooth_l1 1.500  validation mAP 0.250",
        "    6.0 s  state DeployEndpoint",
        "    7.0 s  endpoint InService",
        "    8.0 s  state VerifyEndpoint",
        "    9.0 s  run birds-1 succeeded after 10.0 s",
    ]


def test_in_a_terminal_every_stage_is_ticked_off() -> None:
    screen = shown(*LOOP, terminal=True)
    assert screen.count("✓") >= 4
    assert "mAP 0.250  ▃" in screen


def test_in_a_terminal_the_stage_that_failed_is_crossed() -> None:
    screen = shown(*LOOP[:2], entered("ExplainFailure", 2), RunEnded(summary("failed", 3)), terminal=True)
    marks = re.findall(r"([✓✗·])\S* +\S*?(validate|train|deploy|verify|explain)", screen)
    assert marks[-5:] == [("✓", "validate"), ("✗", "train"), ("·", "deploy"), ("·", "verify"), ("✗", "explain")]


@pytest.mark.parametrize(("values", "curve"), [([0, 0.5, 1], "▁▅█"), ([-1, 2], "▁█"), ([], "")])
def test_a_curve_of_blocks(values: list[float], curve: str) -> None:
    assert sparkline(values) == curve


def test_counting_without_a_terminal_says_how_many() -> None:
    file = io.StringIO()
    with counted(Console(file=file), "pictures uploaded", 3) as uploaded:
        uploaded()
    assert file.getvalue() == "pictures uploaded: 3\n"

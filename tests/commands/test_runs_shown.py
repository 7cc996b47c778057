import io

import msgspec
from labelloop.checks import boxes
from labelloop.checks import dataset as dataset_checks
from rich.console import Console

from laptop.commands.runs_shown import show_receipts
from tests.commands.preflight_reports import dataset, report

REFUSED = report((dataset_checks.TOO_MANY_INVALID_LINES, {}), (boxes.BOX_EMPTY, {"line": 17}))
TRAINED = report((boxes.BOX_EMPTY, {"line": 17}), of=dataset())
DERIVED = {"num_classes": {"value": "2", "source": "derived", "rule": "…"}}


def shown(**receipts: object) -> list[str]:
    file = io.StringIO()
    show_receipts(msgspec.to_builtins(receipts), Console(file=file, width=100))
    return file.getvalue().splitlines()


def test_what_preflight_found_is_shown_as_the_command_shows_it() -> None:
    lines = shown(report=REFUSED, failure={"title": "Too many", "text": "All of it."})
    assert lines[:3] == ["", "report", "This manifest does not train: 1 problem stops the run."]
    assert "    line 17: it is wrong" in lines
    assert lines[-2:] == ["failure", "All of it."]


def test_what_was_derived_is_shown_with_the_dataset() -> None:
    lines = shown(report=TRAINED, training={"job": "birds-1-1", "hyperparameters": DERIVED})
    assert "  training num_classes 2" in lines
    assert '  "job": "birds-1-1",' in lines


def test_nothing_ends_with_blanks_where_there_is_no_terminal() -> None:
    assert [line for line in shown(report=TRAINED) if line != line.rstrip()] == []

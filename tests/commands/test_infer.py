"""`labelloop infer` against an API with one answer."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner
from werkzeug.wrappers import Response

from laptop.commands.cli import app
from laptop.commands.cloud_file import RunningCloud, announced
from tests.commands.answer_bodies import BOXES, MASK
from tests.commands.conftest import Recorder

Infer = Callable[..., Any]


@pytest.fixture
def infer(recorder: Recorder, picture: Path, tmp_path: Path) -> Iterator[Infer]:
    """The command on one picture."""
    cloud_file, runner = tmp_path / "cloud.json", CliRunner(env={"COLUMNS": "200", "TERM": "dumb"})
    with announced(RunningCloud.here(recorder.url, {"ApiUrl": recorder.url}), cloud_file):
        command = ["infer", "birds", str(picture)]
        yield lambda *more: runner.invoke(app, [*command, *map(str, more), "--cloud-file", str(cloud_file)])


def test_an_answer_is_a_line_and_a_table(infer: Infer, picture: Path) -> None:
    shown = infer()
    assert shown.exit_code == 0
    first, header, row = shown.stdout.splitlines()
    assert first == f"{picture}: 1 found in 60 ms by birds-1-1"
    assert header.split()[0] == "class"
    assert row.split()[:2] == ["wren", "0.910"]


def test_without_objects_there_is_no_table(infer: Infer, recorder: Recorder) -> None:
    recorder.answer = Response(json.dumps(BOXES | {"predictions": []}))
    assert infer().stdout.splitlines()[1:] == []


def test_as_json_the_answer_stays_as_it_is(infer: Infer, recorder: Recorder, picture: Path) -> None:
    recorder.answer = Response(json.dumps(MASK))
    assert json.loads(infer("--json").stdout) == {str(picture): MASK}


def test_options_become_parameters(infer: Infer, recorder: Recorder) -> None:
    infer("--confidence", 0.5, "--iou", 0.25, "--classes", "wren,heron", "--max-detections", 3, "--view", "instances")
    assert recorder.asked[0].parameters == {
        "confidence": "0.5",
        "iou": "0.25",
        "classes": "wren,heron",
        "max_detections": "3",
        "view": "instances",
    }


def test_a_drawn_picture_and_a_mask_are_written(infer: Infer, recorder: Recorder, tmp_path: Path) -> None:
    recorder.answer = Response(b"\x89PNG", mimetype="image/png")
    drawn, mask = tmp_path / "new/drawn.jpeg", tmp_path / "mask.PNG"
    shown = infer("--out", drawn, "--mask", mask, "--classes", "road")
    assert shown.stdout.splitlines() == [f"{drawn} written", f"{mask} written"]
    assert drawn.read_bytes() == mask.read_bytes() == b"\x89PNG"
    assert [(asked.accept, asked.parameters) for asked in recorder.asked] == [
        ("image/jpeg", {"classes": "road"}),
        ("image/png", {"classes": "road", "format": "png"}),
    ]


def test_a_place_that_cannot_be_written_is_named(infer: Infer, picture: Path) -> None:
    shown = infer("--out", picture / "drawn.png")
    assert shown.exit_code == 1
    assert "cannot be written: " in shown.stderr

import io
import json
from typing import Any

import pytest
from rich.console import Console

from laptop.commands.answers import read_answer
from laptop.commands.answers_shown import summary_of, table_of
from tests.commands import answer_bodies


def shown(body: dict[str, Any]) -> list[list[str]]:
    """The words of what is shown, line by line."""
    answer, file = read_answer(json.dumps(body).encode()), io.StringIO()
    console = Console(file=file, width=100)
    console.print(summary_of(answer))
    console.print(table_of(answer))
    return [line.split() for line in file.getvalue().splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (
            answer_bodies.BOXES,
            ["1 found", "class confidence x1 y1 x2 y2", "wren 0.910 10.0 10.0 20.0 40.0"],
        ),
        (
            answer_bodies.REGIONS,
            ["1 found", "class confidence x1 y1 x2 y2 pixels", "road 1.000 10.0 10.0 20.0 40.0 280"],
        ),
        (
            answer_bodies.MASK,
            ["2 classes", "class pixels share confidence", "road 280 0.1%", "BACKGROUND 280 0.1% 0.970"],
        ),
        (answer_bodies.CLASS, ["wren", "class confidence", "wren 0.900", "heron 0.100"]),
        (answer_bodies.NO_CLASS, ["nothing sure enough", "class confidence"]),
        (
            answer_bodies.CLASSES,
            ["wren", "class confidence there", "wren 0.900 yes", "heron 0.100 no"],
        ),
        (
            answer_bodies.CLASSES | {"predicted_classes": []},
            ["nothing sure enough", "class confidence there", "wren 0.900 no", "heron 0.100 no"],
        ),
    ],
)
def test_each_task_has_its_table(body: dict[str, Any], lines: list[str]) -> None:
    assert shown(body) == [line.split() for line in lines]

import io
import json
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from laptop.demo.report import Figures, TaskFigures, show, show_task, write

TASK = TaskFigures(
    task="semantic-segmentation",
    project="shape-masks",
    run="shape-masks-0123456789ab",
    pictures=160,
    epochs=30,
    upload_seconds=0.3,
    stage_seconds={"validate": 1.1, "train": 15.25},
    manifest_to_promoted_seconds=20.5,
    manifest_to_first_answer_seconds=20.7,
    held_out=40,
    right_answers=39,
    metric="mIoU",
    score=0.9251,
    by_class={"BACKGROUND": 0.987, "circle": 0.928},
    beside={"pixel accuracy": 0.988},
    median_answer_seconds=0.031,
    url="http://127.0.0.1:4570/v1/shape-masks/infer",
    picture="demo/semantic-segmentation.png",
    curl="curl -sS http://127.0.0.1:4570/v1/shape-masks/infer",
)
NEVER_RIGHT = msgspec.structs.replace(TASK, manifest_to_first_answer_seconds=None, curl=None)
FIGURES = Figures(0, 4.1, 300.0, 91.2, (TASK, msgspec.structs.replace(TASK, task="object-detection")), {"python": "3"})


def test_the_figures_of_a_task_are_words_and_numbers() -> None:
    file = io.StringIO()
    show_task(TASK, Console(file=file, width=120))
    assert [line.rstrip() for line in file.getvalue().splitlines()] == [
        "mIoU on held-out pictures       0.925 (40 pictures over HTTP)",
        "pixel accuracy                  0.988",
        "by class                        BACKGROUND 0.987, circle 0.928",
        "pictures answered rightly       39 of 40",
        "stages                          validate 1.1 s, train 15.2 s",
        "manifest to first right answer  20.7 s",
        "one answer                      31 ms (median)",
        "drawn answer                    demo/semantic-segmentation.png",
        "Asked and answered:",
        "curl -sS http://127.0.0.1:4570/v1/shape-masks/infer",
    ]


def test_what_was_never_right_or_never_asked_is_said_so() -> None:
    file = io.StringIO()
    show_task(NEVER_RIGHT, Console(file=file, width=120))
    assert "no picture was answered rightly" in file.getvalue()
    assert "Asked and answered" not in file.getvalue()


@pytest.mark.parametrize(("tasks", "how_many"), [(2, "2 tasks in 91 s"), (1, "one task in 91 s")])
def test_all_tasks_stand_in_a_line_each(tasks: int, how_many: str) -> None:
    file = io.StringIO()
    show(msgspec.structs.replace(FIGURES, tasks=FIGURES.tasks[:tasks]), Console(file=file, width=80))
    _, first, _, *rows = file.getvalue().splitlines()
    assert first == f"{how_many}; cloud ready after 4.1 s with 300 MB"
    assert [row.split()[:3] for row in rows] == [[task.task, "mIoU", "0.925"] for task in FIGURES.tasks[:tasks]]


def test_the_report_is_read_back_as_it_was(tmp_path: Path) -> None:
    write(FIGURES, tmp_path / "new/report.json")
    written = (tmp_path / "new/report.json").read_bytes()
    assert msgspec.json.decode(written, type=Figures) == FIGURES
    assert json.loads(written)["tasks"][1]["task"] == "object-detection"

"""The demo's figures, for people and for programs."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

MEASURED_WITH = ("labelloop", "moto", "boto3", "numpy", "pillow", "pycocotools")


class TaskFigures(msgspec.Struct, frozen=True):
    """What was measured of one task; all seconds are wall clock.

    `manifest_to_first_answer_seconds` runs from the manifest's put to the first right HTTP answer to a picture that was
    in neither the training nor the validation set; None where no such picture was answered rightly. `metric` names
    what `score` and `by_class` are, over all held-out pictures and of each class; `beside` are figures to read it by.
    """

    task: str
    project: str
    run: str
    pictures: int
    epochs: int
    upload_seconds: float
    stage_seconds: Mapping[str, float]
    manifest_to_promoted_seconds: float
    manifest_to_first_answer_seconds: float | None
    held_out: int
    right_answers: int
    metric: str
    score: float
    by_class: Mapping[str, float]
    beside: Mapping[str, float]
    median_answer_seconds: float
    url: str
    picture: str
    curl: str | None


class Figures(msgspec.Struct, frozen=True):
    """What was measured; report.json of the demo. `seconds` go from the cloud's start to the last answer."""

    seed: int
    cloud_start_seconds: float
    cloud_start_megabytes: float
    seconds: float
    tasks: tuple[TaskFigures, ...]
    versions: Mapping[str, str]


def versions() -> dict[str, str]:
    """Of Python and of the packages that the figures depend on."""
    return {"python": platform.python_version()} | {name: version(name) for name in MEASURED_WITH}


def show_task(figures: TaskFigures, console: Console) -> None:
    """The figures of one task that a person wants first, and the request that was made."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    rows = {
        f"{figures.metric} on held-out pictures": f"{figures.score:.3f} ({figures.held_out} pictures over HTTP)",
        **{name: f"{value:.3f}" for name, value in figures.beside.items()},
        "by class": ", ".join(f"{name} {value:.3f}" for name, value in figures.by_class.items()),
        "pictures answered rightly": f"{figures.right_answers} of {figures.held_out}",
        "stages": ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in figures.stage_seconds.items()),
        "manifest to first right answer": _first_answer(figures),
        "one answer": _one_answer(figures),
        "drawn answer": figures.picture,
    }
    for name, value in rows.items():
        table.add_row(name, value)
    console.print(table)
    if figures.curl is not None:
        console.print(f"Asked and answered:\n{figures.curl}", markup=False, soft_wrap=True)


def show(figures: Figures, console: Console) -> None:
    """All tasks in a line each."""
    took = f"{len(figures.tasks)} tasks" if len(figures.tasks) > 1 else "one task"
    ready = f"cloud ready after {figures.cloud_start_seconds:.1f} s with {figures.cloud_start_megabytes:.0f} MB"
    console.print(f"\n{took} in {figures.seconds:.0f} s; {ready}")
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("task", "score", "first right answer", "one answer"):
        table.add_column(name)
    for task in figures.tasks:
        table.add_row(task.task, f"{task.metric} {task.score:.3f}", _first_answer(task), _one_answer(task))
    console.print(table)


def write(figures: Figures, path: Path) -> None:
    """The figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")


def _first_answer(figures: TaskFigures) -> str:
    first = figures.manifest_to_first_answer_seconds
    return "no picture was answered rightly" if first is None else f"{first:.1f} s"


def _one_answer(figures: TaskFigures) -> str:
    return f"{figures.median_answer_seconds * 1000:.0f} ms (median)"

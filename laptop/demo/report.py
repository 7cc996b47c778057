"""The demo's figures, for people and for programs."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import msgspec
from rich.table import Table

MEASURED_WITH = ("labelloop", "moto", "boto3", "numpy", "pillow", "pycocotools")


class Figures(msgspec.Struct, frozen=True):
    """What was measured; all seconds are wall clock. report.json of the demo.

    `manifest_to_first_answer_seconds` runs from the manifest's put to the first right HTTP answer to a picture that was
    in neither the training nor the validation set; None where no such picture was answered rightly, object for object.
    """

    project: str
    run: str
    seed: int
    cloud_start_seconds: float
    cloud_start_megabytes: float
    upload_seconds: float
    stage_seconds: Mapping[str, float]
    manifest_to_promoted_seconds: float
    manifest_to_first_answer_seconds: float | None
    pictures: int
    epochs: int
    held_out: int
    right_answers: int
    map50: float
    average_precision: Mapping[str, float]
    median_answer_seconds: float
    url: str
    picture: str
    curl: str | None
    versions: Mapping[str, str]


def versions() -> dict[str, str]:
    """Of Python and of the packages that the figures depend on."""
    return {"python": platform.python_version()} | {name: version(name) for name in MEASURED_WITH}


def table_of(figures: Figures) -> Table:
    """The figures that a person wants first."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    first = figures.manifest_to_first_answer_seconds
    rows = {
        "cloud ready": f"{figures.cloud_start_seconds:.1f} s, {figures.cloud_start_megabytes:.0f} MB",
        "stages": ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in figures.stage_seconds.items()),
        "manifest to first right answer": "no picture was answered rightly" if first is None else f"{first:.1f} s",
        "mAP@0.5 on held-out pictures": f"{figures.map50:.3f} ({figures.held_out} pictures over HTTP)",
        "by class": ", ".join(f"{name} {value:.3f}" for name, value in figures.average_precision.items()),
        "pictures answered rightly": f"{figures.right_answers} of {figures.held_out}, object for object",
        "one answer": f"{figures.median_answer_seconds * 1000:.0f} ms (median)",
        "drawn answer": figures.picture,
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def write(figures: Figures, path: Path) -> None:
    """The figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")

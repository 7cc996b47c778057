"""The page itself: everything in one file, readable without a script and without a network."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from labelloop.algorithms.hyperparameters import Chosen
from labelloop.checks import Level
from labelloop.findings import CheckResult
from labelloop.preflight_report import PreflightReport
from labelloop.report import Report
from markupsafe import Markup

from laptop.commands import preflight_words as words
from laptop.commands.next_step import NextStep
from laptop.preflight_page.charts import charts, together
from laptop.preflight_page.class_table import class_rows, most_pictures, swatch
from laptop.preflight_page.evidence import Drawn
from laptop.preflight_page.pixel_shares import PixelShares
from laptop.preflight_page.statistics import Statistics

TEMPLATES = Path(__file__).parent / "templates"
SHOWN_PLACES, SHOWN_CLASSES = 5, 30
_STYLES = {Level.STOPS: "stops", Level.LEFT_OUT: "left-out", Level.NOTICE: "notice"}
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


class Known(NamedTuple):
    """What the page shows beside the report itself.

    Attributes:
        statistics: of the labels that are trained on.
        pixels: of masks.
        hyperparameters: of the training job, where the dataset gives any.
        drawn: pictures of findings, by the code of their check.
        next_step: what to do now.
    """

    statistics: Statistics
    pixels: PixelShares
    hyperparameters: Mapping[str, Chosen]
    drawn: Mapping[str, Sequence[Drawn]]
    next_step: NextStep


class _LevelView(NamedTuple):
    name: str
    heading: str
    style: str
    checks: list[CheckResult]


class _Fact(NamedTuple):
    name: str
    value: str


def page(report: PreflightReport, known: Known) -> str:
    """The page as HTML."""
    style = (TEMPLATES / "style.css").read_text()
    dataset = report.dataset
    return _ENVIRONMENT.get_template("page.html.jinja").render(
        style=Markup(style),  # noqa: S704 - ours
        style_hash=_hash(style),
        manifest=report.manifest,
        name=report.manifest.rpartition("/")[2],
        verdict=words.verdict(report),
        verdict_class="good" if report.gravest is None else _STYLES[report.gravest],
        levels=_levels(report),
        drawn=known.drawn,
        shown_places=SHOWN_PLACES,
        facts=_facts(dataset) if dataset else [],
        hyperparameters=known.hyperparameters,
        next_step=known.next_step,
        **(_of_dataset(dataset, known) if dataset else {"classes": []}),
    )


def _of_dataset(dataset: Report, known: Known) -> dict[str, Any]:
    names = words.object_names(dataset.task)
    return {
        "classes": class_rows(dataset, known.pixels.shares),
        "shown_classes": SHOWN_CLASSES,
        "most_pictures": most_pictures(dataset),
        "has_objects": names == "boxes",
        "object_names": names,
        "pixels": bool(known.pixels.shares),
        "pixels_note": known.pixels.note,
        "train_swatch": swatch(class_="train"),
        "validation_swatch": swatch(class_="validation"),
        "charts": charts(dataset, known.statistics, known.hyperparameters) if known.statistics.objects else [],
        "together": together(dataset, known.statistics),
    }


def _levels(report: PreflightReport) -> list[_LevelView]:
    views = (
        _LevelView(
            level.value, words.HEADINGS[level], _STYLES[level], [one for one in report.checks if one.level is level]
        )
        for level in Level
    )
    return [view for view in views if view.checks]


def _facts(dataset: Report) -> list[_Fact]:
    return [
        _Fact("task", str(dataset.task)),
        _Fact("lines", f"{dataset.lines:,}"),
        _Fact("left out", f"{words.lines_left_out(dataset):,}"),
        _Fact("train", f"{dataset.train_samples:,}"),
        _Fact("validate", f"{dataset.validation_samples:,}"),
        _Fact("classes", f"{len(dataset.classes):,}"),
        _Fact("label attribute", f"{dataset.label_attribute}, {dataset.label_attribute_rule}"),
    ]


def _hash(style: str) -> str:
    """As a content security policy names a style that may be used."""
    return f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}"

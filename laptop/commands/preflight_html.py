"""`labelloop preflight --html`: what the page shows beside the report, and the file."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from labelloop.algorithms.hyperparameters import Chosen
from labelloop.preflight import Preflight
from labelloop.preflight_report import PreflightReport
from labelloop.samples import Sample
from labelloop.store import Objects
from rich.progress import Progress

from laptop.commands.console import CommandError, trouble
from laptop.commands.next_step import NextStep
from laptop.preflight_page import pixel_shares
from laptop.preflight_page.charts import compared_classes
from laptop.preflight_page.evidence import Drawn, Evidence
from laptop.preflight_page.page import Known, page
from laptop.preflight_page.statistics import Statistics


def write_page(
    out: Path,
    report: PreflightReport,
    result: Preflight,
    hyperparameters: Mapping[str, Chosen],
    next_step: NextStep,
    files: Objects | None,
) -> None:
    """Write the page of a report.

    Args:
        out: where to.
        report: what it shows.
        result: what the report was made from.
        hyperparameters: of the training job, where there would be one.
        next_step: what it ends with.
        files: where pictures and masks are read; without, none are shown.

    Raises:
        CommandError: it cannot be written.
    """
    with _progress() as progress:
        statistics = _statistics(report, result)
        shares, drawn = pixel_shares.NONE, dict[str, list[Drawn]]()
        if files is not None and result.sources:
            masks = progress.add_task("counting pixels of masks", total=len(statistics.masks.items))
            shares = pixel_shares.pixel_shares(statistics.masks, files, lambda: progress.advance(masks))
            drawing = progress.add_task("drawing findings", total=len(report.checks))
            drawn = _evidence(report, result.sources[-1].file.path, files).draw(
                report, lambda: progress.advance(drawing)
            )
    try:
        out.write_text(page(report, Known(statistics, shares, hyperparameters, drawn, next_step)))
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}.") from error


def _statistics(report: PreflightReport, result: Preflight) -> Statistics:
    """Of all that is trained on; of nothing where the run stops."""
    if report.dataset is None:
        return Statistics()
    return Statistics.of(_labels(result), compared_classes(report.dataset))


def _labels(result: Preflight) -> Iterator[tuple[Any, Mapping[int, str]]]:
    """Each label with the names of its class ids."""
    for source, classes, left_out in zip(result.sources, result.classes, result.left_out, strict=True):
        names = {old: classes.names[new] for old, new in classes.new_ids.items()}
        for entry in source.read():
            if isinstance(entry, Sample) and entry.number not in left_out:
                yield entry.label, names


def _evidence(report: PreflightReport, manifest: Path, files: Objects) -> Evidence:
    dataset = report.dataset
    if dataset is None:
        return Evidence(manifest, files)
    return Evidence(manifest, files, dataset.label_attribute, {entry.name: entry.id for entry in dataset.classes})


def _progress() -> Progress:
    console = trouble()
    return Progress(console=console, transient=True, disable=not console.is_terminal)

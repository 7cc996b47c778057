"""What a run was made from, in a few lines: manifests, pictures, and what of them was left out."""

from collections.abc import Iterator

from labelloop.checks import all_checks, dataset, lines
from labelloop.findings_text import times
from labelloop.preflight_report import PreflightReport
from labelloop.report import Report

from laptop.commands.preflight_words import counted, lines_left_out

NOTABLE = (dataset.LABELS_CONFLICT, dataset.LABEL_REPLACED, lines.DUPLICATE_SOURCE_REF)  # of one picture in many places


def learnt_from(report: PreflightReport, run: str) -> list[str]:
    """Of how many manifests a run's dataset was made, which lines were left out, and which labels contradict others."""
    if report.dataset is None:
        return []
    told = [*_left_out(report.dataset), *_notable(report, report.dataset)]
    return [_pictures(report.dataset), *told, *([f"`labelloop runs {run}` lists them."] if told else [])]


def _pictures(of: Report) -> str:
    trained, manifests = (
        counted(of.train_samples, "picture", "pictures"), counted(len(of.sources), "manifest", "manifests")
    )  # fmt: skip
    nothing = "" if of.left_out else " No line was left out."
    return f"Learnt from {trained} of {manifests}, validated with {of.validation_samples:,}.{nothing}"


def _left_out(of: Report) -> Iterator[str]:
    if of.left_out:
        yield f"{counted(lines_left_out(of), 'line was', 'lines were')} left out:"
    for code, count in sorted(of.left_out.items(), key=lambda entry: -entry[1]):
        yield _told(code, count)


def _notable(report: PreflightReport, of: Report) -> Iterator[str]:
    codes = {check.code for check in NOTABLE} - set(of.left_out)
    notable = [result for result in report.checks if result.code in codes]
    if notable:
        yield "Worth knowing:"
    for result in notable:
        yield _told(result.code, result.count)


def _told(code: str, count: int) -> str:
    known = all_checks().get(code)
    return f"  {known.title}, {times(count)}  {code}" if known else f"  {code}, {times(count)}"

"""The survey of a manifest, by several processes where it is large and there are processors for them."""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from labelloop.findings import Findings
from labelloop.label_attribute import AttributesSeen, LabelAttribute
from labelloop.labels import Label
from labelloop.manifest_file import WHOLE, Span, spans
from labelloop.sample_reader import SampleReader
from labelloop.survey import Split, Survey

LARGE = 32_000_000  # bytes: below, starting a process takes longer than it saves


class Surveyed(NamedTuple):
    """What one pass over a manifest gives."""

    survey: Survey
    findings: Findings
    seen: AttributesSeen


class Plan(NamedTuple):
    """What is surveyed, and how."""

    path: Path
    attribute: LabelAttribute
    label_type: type[Label]
    categories: Sequence[str]
    split: Split


def survey_manifest(plan: Plan, processes: int) -> Surveyed:
    """Survey all lines: the first part here, each other in a process of its own. The result is the same for any number.

    Lambda has no shared memory for such processes; there it has to be one.
    """
    if processes == 1 or plan.path.stat().st_size < LARGE:
        return _survey(plan, WHOLE)
    first, *others = spans(plan.path, processes)
    with ProcessPoolExecutor(max(1, len(others)), multiprocessing.get_context("spawn")) as pool:
        waiting = [pool.submit(_survey, plan, span) for span in others]
        whole = _survey(plan, first)
        for part in waiting:
            _add(whole, part.result())
    return whole


def _survey(plan: Plan, span: Span) -> Surveyed:
    findings = Findings()
    reader = SampleReader(plan.path, plan.attribute, plan.label_type, findings, span=span)
    survey = Survey(plan.label_type, plan.categories, plan.split, findings)
    survey.add(reader)
    return Surveyed(survey, findings, reader.seen)


def _add(whole: Surveyed, part: Surveyed) -> None:
    whole.findings.update(part.findings)
    whole.survey.update(part.survey)
    whole.seen.update(part.seen)

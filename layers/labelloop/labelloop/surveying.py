"""The survey of a manifest, by several processes where it is large and there are processors for them."""

import contextlib
import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
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
    """Survey all lines: the first part here, each other in a process of its own. The number changes nothing else."""
    if processes == 1 or plan.path.stat().st_size < LARGE:
        return survey_part(plan, WHOLE)
    first, *others = spans(plan.path, processes)
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(_process(plan, span)) for span in others]
        whole = survey_part(plan, first)
        for process in started:
            part = _result(process)
            whole.findings.update(part.findings)
            whole.survey.update(part.survey)
            whole.seen.update(part.seen)
    return whole


def survey_part(plan: Plan, span: Span) -> Surveyed:
    """Survey some of the lines."""
    findings = Findings()
    reader = SampleReader(plan.path, plan.attribute, plan.label_type, findings, span=span)
    survey = Survey(plan.label_type, plan.categories, plan.split, findings)
    with _no_collection():
        survey.add(reader)
    return Surveyed(survey, findings, reader.seen)


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Reading makes many objects and no circles of them; to look for those takes a tenth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextlib.contextmanager
def _process(plan: Plan, span: Span) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that surveys a part; it is ended where its result is not waited for.

    multiprocessing would first import the whole program in it, whatever that is.
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "labelloop.surveying_process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        try:
            assert process.stdin is not None
            with process.stdin as pipe:
                pickle.dump((plan, span), pipe)
            yield process
        finally:
            process.kill()


def _result(process: "subprocess.Popen[bytes]") -> Surveyed:
    assert process.stdout is not None
    written = process.stdout.read()
    if process.wait():
        raise ChildProcessError(f"the process that read a part of the manifest ended with {process.returncode}")
    result: Surveyed = pickle.loads(written)  # noqa: S301 - written by our own process
    return result

"""What `labelloop preflight --json` prints; docs/preflight.md describes each field."""

from collections.abc import Mapping
from typing import Literal

import msgspec
from labelloop.algorithms.hyperparameters import Chosen
from labelloop.findings import CheckResult
from labelloop.preflight_report import PreflightReport
from labelloop.report import Report

from laptop.commands.preflight_pictures import Pictures
from laptop.commands.preflight_words import exit_code

FORMAT = 1  # greater once a field has another meaning
Verdict = Literal["trains", "trains without some lines", "stops"]
VERDICTS: Mapping[int, Verdict] = {0: "trains", 3: "trains without some lines", 4: "stops"}


class ForPrograms(msgspec.Struct, frozen=True):
    """The fields of a run's receipt, and what a program would ask besides."""

    format: int
    verdict: Verdict
    exit_code: int
    manifest: str
    pictures: Pictures
    checks: tuple[CheckResult, ...]
    dataset: Report | None
    training: Mapping[str, Chosen]


def for_programs(report: PreflightReport, pictures: Pictures, training: Mapping[str, Chosen]) -> ForPrograms:
    """A judgement as a document; `training` are the hyperparameters of the training job."""
    code = exit_code(report)
    return ForPrograms(
        FORMAT, VERDICTS[code], code, report.manifest, pictures, report.checks, report.dataset, training
    )  # fmt: skip

"""What preflight finds in small datasets, as short to write as the test's point allows."""

from typing import Any

import msgspec
from labelloop.checks import Check
from labelloop.findings import Findings
from labelloop.preflight_report import PreflightReport
from labelloop.report import ClassReport, Report
from labelloop.run import Pinned
from labelloop.tasks import Task

Found = tuple[Check, dict[str, Any]]


def dataset(**facts: Any) -> Report:
    """Of boxes of two classes, 80 pictures to train on and 20 to validate with; three lines are left out."""
    whole = Report(
        dataset="",
        sources=(Pinned("birds.manifest", ""),),
        task=Task.OBJECT_DETECTION,
        algorithm="object-detection",
        label_attribute="birds",
        label_attribute_rule="the only one",
        classes=(ClassReport(0, "heron", 1_270, 60, 15), ClassReport(1, "wren", 60, 20, 5)),
        lines=103,
        left_out={"BOX_EMPTY": 2, "NO_OBJECTS": 1},
        train_samples=80,
        validation_samples=20,
        max_objects=5,
        validation_share=0.2,
    )
    return msgspec.structs.replace(whole, **facts)


def report(*found: Found, manifest: str = "birds.manifest", of: Report | None = None) -> PreflightReport:
    """Some findings, each a check and what was found, and the dataset."""
    findings = Findings()
    for check, facts in found:
        words: dict[str, Any] = {"message": "it is wrong"}
        findings.add(check, **words | facts)
    return PreflightReport(manifest, findings.results(), of)

"""What preflight says of a manifest, as a document."""

import msgspec
import pytest
from labelloop.checks import Check, Level, boxes, classes, dataset
from labelloop.findings import Findings
from labelloop.preflight_report import PreflightReport

from tests.unit.factories import report


@pytest.mark.parametrize(
    ("checks", "gravest"),
    [
        ([], None),
        ([boxes.BOX_TINY], Level.NOTICE),
        ([boxes.BOX_TINY, boxes.BOX_EMPTY], Level.LEFT_OUT),
        ([boxes.BOX_EMPTY, dataset.TASK_DIFFERS, classes.CLASS_IMBALANCE], Level.STOPS),
    ],
)
def test_the_gravest_of_what_was_found(checks: list[Check], gravest: Level | None) -> None:
    findings = Findings()
    for check in checks:
        findings.add(check, "it is so")
    assert PreflightReport("m", findings.results()).gravest is gravest


def test_a_report_is_read_as_it_was_written() -> None:
    findings = Findings()
    findings.add(boxes.BOX_EMPTY, "it is 0x4 pixels", line=7, pointer=("shapes", "annotations", 0), value={"width": 0})
    whole = PreflightReport("s3://b/m", findings.results(), report(), "s3://b/training.json")
    assert msgspec.json.decode(msgspec.json.encode(whole), type=PreflightReport) == whole

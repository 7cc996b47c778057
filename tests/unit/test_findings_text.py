import pytest
from labelloop.checks import Check, Level
from labelloop.findings import CheckResult, Finding, Findings
from labelloop.findings_text import CHECKS, LINE_LENGTH, REASONS, all_lines, lines, place, places, proof, reasons
from labelloop.known_failures import recognise

CHECK = Check("BOX_EMPTY", Level.LEFT_OUT, "A box has no area", "Not documented.", "Draw it anew.")


def found(count: int) -> CheckResult:
    findings = Findings()
    for line in range(1, count + 1):
        findings.add(CHECK, "it is 0 wide", line=line, pointer=("bb", "annotations", 3, "width"), value=0)
    return findings.results()[0]


@pytest.mark.parametrize(
    ("finding", "shown"),
    [
        (Finding("the manifest is empty"), "the manifest is empty"),
        (Finding("no JSON", line=3), "line 3: no JSON"),
        (Finding("0 wide", 17, "/bb/annotations/3/width", "0"), "line 17, /bb/annotations/3/width 0: 0 wide"),
        (Finding("missing", 4, uri="s3://b/x.jpg"), "line 4, s3://b/x.jpg: missing"),
        (Finding("s3://b/x.jpg is missing", 4, uri="s3://b/x.jpg"), "line 4: s3://b/x.jpg is missing"),
        (
            Finding("missing", 4, "/source-ref", '"s3://b/x.jpg"', "s3://b/x.jpg"),
            'line 4, /source-ref "s3://b/x.jpg": missing',
        ),
        (Finding("another Region", uri="s3://b"), "s3://b: another Region"),
    ],
)
def test_a_place_says_line_pointer_value_and_object(finding: Finding, shown: str) -> None:
    assert place(finding) == shown


def test_a_place_is_bounded() -> None:
    assert len(place(Finding("a" * 1000))) == LINE_LENGTH
    assert place(Finding("a" * 1000)).endswith("a…")


@pytest.mark.parametrize(("count", "last"), [(1, "line 1"), (3, "line 3"), (4, "and 1 more"), (2000, "and 1,997 more")])
def test_the_first_places_are_named_and_the_rest_counted(count: int, last: str) -> None:
    shown = places(found(count))
    assert len(shown) == min(count, 4)
    assert shown[-1].startswith(last)


@pytest.mark.parametrize(("count", "times"), [(1, "once"), (4, "4 times"), (1234, "1,234 times")])
def test_a_check_is_told_with_its_title_places_and_way_out(count: int, times: str) -> None:
    first, *middle, sagemaker, way_out = lines(found(count), most=1)
    assert first == f"A box has no area, {times}, line left out  BOX_EMPTY"
    assert middle[0] == "  line 1, /bb/annotations/3/width 0: it is 0 wide"
    assert len(middle) == min(count, 2)
    assert (sagemaker, way_out) == ("  SageMaker: Not documented.", "  Way out: Draw it anew.")
    assert lines(found(count), most=1, with_sagemaker=False) == [first, *middle, way_out]


@pytest.mark.parametrize(("count", "more"), [(0, []), (CHECKS, []), (CHECKS + 5, ["and 5 checks more"])])
def test_of_many_checks_the_first_are_told(count: int, more: list[str]) -> None:
    results = [found(1)] * count
    assert all_lines(results, with_sagemaker=False) == lines(found(1), with_sagemaker=False) * min(count, CHECKS) + more


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("a loss is not finite", ["Preflight of the manifest found:", lines(found(2))[0]]),
        ("Got empty batch from pipe", ["Preflight found nothing in the manifest that is known to cause this."]),
        ("CapacityError", []),
        ("CapacityError: a loss is not finite", ["Preflight of the manifest found:", lines(found(2))[0]]),
    ],
)
def test_what_proves_a_failure_are_the_findings_of_its_checks(text: str, first: list[str]) -> None:
    assert proof(recognise(text), [found(2)])[:2] == first


def test_the_checks_that_leave_most_lines_out_come_first() -> None:
    findings = Findings()
    for number in range(REASONS + 2):
        findings.add(Check(f"CHECK_{number}", Level.LEFT_OUT, "…", "…", "…"), "it is", count=number)
    for level in (Level.STOPS, Level.NOTICE):
        findings.add(Check(level.name, level, "…", "…", "…"), "it is", count=1_000)
    assert [result.count for result in reasons(findings.results())] == [6, 5, 4, 3, 2]

"""Findings: collected by check, counted, kept within bounds."""

import json
import unicodedata
from typing import Any

import jsonpointer
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.checks import Check, Level
from labelloop.findings import (
    EXAMPLES,
    VALUE_LENGTH,
    CheckResult,
    Finding,
    Findings,
    counted,
    escaped,
    json_pointer,
    shortened,
)

WIDE = Check("BOX_WIDE", Level.NOTICE, "A box is wide", "Nothing.", "Nothing to do.")
TORN = Check("BOX_TORN", Level.LEFT_OUT, "A box is torn", "It skips the line.", "Mend it.", ("ERROR_TORN",))
GONE = Check("BOX_GONE", Level.STOPS, "No box is there", "It fails.", "Draw some.")
KEYS = st.text() | st.integers(0, 3)


def found(*additions: tuple[Check, int]) -> Findings:
    """What was found on these lines."""
    findings = Findings()
    for check, line in additions:
        findings.add(check, f"on line {line}", line=line)
    return findings


def test_nothing_found() -> None:
    findings = Findings()
    assert findings.results() == ()
    assert findings.count(WIDE) == 0
    assert not any(map(findings.has, Level))


def test_a_finding_says_what_is_wrong_where() -> None:
    findings = Findings()
    findings.add(TORN, "its width is 0", line=7, pointer=("boxes", "annotations", 1, "width"), value=0)
    findings.add(TORN, "its picture is not there", uri="s3://b/k")
    (result,) = findings.results()
    assert result == CheckResult(
        "BOX_TORN",
        Level.LEFT_OUT,
        "A box is torn",
        "It skips the line.",
        "Mend it.",
        2,
        (
            Finding("its width is 0", 7, "/boxes/annotations/1/width", "0", ""),
            Finding("its picture is not there", None, "", "", "s3://b/k"),
        ),
    )
    assert msgspec.json.decode(msgspec.json.encode(result), type=CheckResult) == result


def test_the_gravest_come_first_then_codes() -> None:
    findings = found((WIDE, 1), (TORN, 2), (GONE, 3), (WIDE, 4))
    assert [result.code for result in findings.results()] == ["BOX_GONE", "BOX_TORN", "BOX_WIDE"]
    also_wide = Check("BOX_BROAD", Level.NOTICE, "A box is broad", "Nothing.", "Nothing to do.")
    findings.add(also_wide, "")
    assert [result.code for result in findings.results()][2:] == ["BOX_BROAD", "BOX_WIDE"]


def test_levels_that_were_found() -> None:
    findings = found((TORN, 1))
    assert [findings.has(level) for level in Level] == [False, True, False]


def test_all_are_counted_and_the_first_are_kept() -> None:
    findings = found(*((TORN, line) for line in range(1, 1001)))
    assert findings.count(TORN) == 1000
    (result,) = findings.results()
    assert result.count == 1000
    assert [finding.line for finding in result.findings] == list(range(1, EXAMPLES + 1))


def test_a_finding_may_stand_for_many() -> None:
    findings = Findings()
    findings.add(TORN, "lines 1 to 300", count=300)
    findings.add(TORN, "line 301", line=301)
    assert findings.count(TORN) == 301


NUMBERED = st.lists(st.tuples(st.sampled_from([WIDE, TORN, GONE]), st.integers(1, 99)), max_size=60)


@given(first=NUMBERED, second=NUMBERED)
def test_others_findings_are_taken_over_as_if_they_had_been_added(
    first: list[tuple[Check, int]], second: list[tuple[Check, int]]
) -> None:
    findings, others = found(*first), found(*second)
    findings.update(others)
    assert findings.results() == found(*first, *second).results()
    assert others.results() == found(*second).results()


@pytest.mark.parametrize("under", [None, GONE])
def test_what_is_summed_up_is_told_at_its_first_place(under: Check | None) -> None:
    findings = found((WIDE, 1), *((TORN, line) for line in range(5, 95)))
    findings.sum_up(TORN, "90 of 100 boxes\x1b", under)
    assert {result.code: (result.count, result.findings) for result in findings.results()} == {
        "BOX_WIDE": (1, (Finding("on line 1", 1),)),
        (under or TORN).code: (90, (Finding("90 of 100 boxes\\u001b", 5),)),
    }


# ---- pointers and values ----


@pytest.mark.parametrize(
    ("parts", "pointer"),
    [
        ((), ""),
        (("boxes", "annotations", 0, "class_id"), "/boxes/annotations/0/class_id"),
        (("a/b", "m~n", "~1", ""), "/a~1b/m~0n/~01/"),
    ],
)
def test_pointers_are_written_as_rfc_6901_has_them(parts: tuple[str | int, ...], pointer: str) -> None:
    assert json_pointer(parts) == pointer


@given(keys=st.lists(KEYS, max_size=5), value=st.none() | st.integers() | st.text())
def test_a_pointer_leads_to_its_value(keys: list[str | int], value: Any) -> None:
    document = value
    for key in reversed(keys):
        document = {key: document} if isinstance(key, str) else [None] * key + [document]
    assert jsonpointer.resolve_pointer(document, json_pointer(tuple(keys))) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (msgspec.UNSET, ""),
        (None, "null"),
        (1.5, "1.5"),
        ("dög", '"dög"'),
        ({"a": [1, True]}, '{"a":[1,true]}'),
        (b'{"a": NaN', '{"a": NaN'),
        (msgspec.Raw(b'[1,  "2"]'), '[1,  "2"]'),
        (b"K\xf6ln", "K\ufffdln"),
        (b"\x1b[31m\x00\x07", r"\u001b[31m\u0000\u0007"),
        ("\x7f\x9b", r'"\u007f\u009b"'),
    ],
)
def test_values_are_told_as_json(value: Any, text: str) -> None:
    assert shortened(value) == text


@given(st.text())
def test_values_are_shortened(text: str) -> None:
    whole = escaped(json.dumps(text, ensure_ascii=False))
    told = shortened(msgspec.Raw(whole.encode(errors="replace")))
    assert len(told) <= VALUE_LENGTH
    assert told == whole if len(whole) <= VALUE_LENGTH else whole.startswith(told.removesuffix("…"))
    assert told.endswith("…") or len(whole) <= VALUE_LENGTH


@given(text=st.text() | st.text("\x00\t\n\r\x1b\x7f\x80\x9b\u2028\u202e\u2066"))
def test_nothing_that_is_told_carries_control_characters(text: str) -> None:
    findings = Findings()
    findings.add(TORN, text, pointer=(text,), value=text.encode(errors="replace"), uri=text)
    (finding,) = findings.results()[0].findings
    for told in (finding.message, finding.pointer, finding.value, finding.uri):
        assert [each for each in told if unicodedata.category(each) in ("Cc", "Zl", "Zp")] == []


@given(text=st.text())
def test_what_is_escaped_can_be_read_again(text: str) -> None:
    """It is still the same JSON."""
    assert json.loads(escaped(json.dumps(text, ensure_ascii=False))) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 boxes"), (1, "1 box"), (2, "2 boxes"), (1200, "1,200 boxes")])
def test_numbers_of_things(count: int, text: str) -> None:
    assert counted(count, "box", "boxes") == text

"""The samples of a manifest, whatever its file looks like, quickly wherever that is possible."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from labelloop.findings import Findings
from labelloop.label_attribute import LabelAttribute
from labelloop.labels.boxes import BoxLabel
from labelloop.manifest_file import spans
from labelloop.sample_reader import KEYS_LEARNT, LONG_LINE, SampleReader
from labelloop.samples import LeftOut, Sample
from labelloop.tasks import Task

from tests.unit.factories import Json, adjusted_pair, box, failed_line, label_pair, line, manifest_text, picture

SHAPES = LabelAttribute("shapes", Task.OBJECT_DETECTION, "the only one")
BLOCK = 1 << 16  # bytes that are read at a time
ONE, TWO, THREE = (json.dumps(line(name, 0, 5)).encode() for name in (1, 2, 3))
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Reading:
    """A manifest that was read to its end."""

    def __init__(self, folder: Path, body: bytes, attribute: LabelAttribute = SHAPES, **options: Any) -> None:
        (folder / "m").write_bytes(body)
        findings = Findings()
        self.reader = SampleReader(folder / "m", attribute, BoxLabel, findings, **options)
        self.entries = list(self.reader)
        self.found = {result.code: [finding.line for finding in result.findings] for result in findings.results()}

    @property
    def samples(self) -> list[Sample]:
        return [entry for entry in self.entries if isinstance(entry, Sample)]

    @property
    def pictures(self) -> list[tuple[int, str]]:
        """Number and picture of the lines to train on."""
        return [(sample.number, sample.source_ref) for sample in self.samples]

    @property
    def left_out(self) -> dict[int, str]:
        return {entry.number: entry.check.code for entry in self.entries if isinstance(entry, LeftOut)}

    @property
    def quick(self) -> list[int]:
        """Lines that were not looked at closely."""
        return [sample.number for sample in self.samples if type(sample.label) is BoxLabel.quick_label]


# ---- forms of files ----

GOOD: dict[str, tuple[bytes, list[int], dict[str, list[int | None]]]] = {
    "usual": (ONE + b"\n" + TWO + b"\n", [1, 2], {}),
    "no final newline": (ONE + b"\n" + TWO, [1, 2], {"NO_FINAL_NEWLINE": [None]}),
    "carriage returns": (ONE + b"\r\n" + TWO + b"\r\n", [1, 2], {"CARRIAGE_RETURNS": [1, 2]}),
    "a byte order mark": (BYTE_ORDER_MARK + ONE + b"\n" + TWO + b"\n", [1, 2], {"BYTE_ORDER_MARK": [1]}),
    "blank lines": (
        b"\n" + ONE + b"\n \t\r\n\n" + TWO + b"\n\n",
        [2, 5],
        {"BLANK_LINE": [1, 3, 4, 6], "CARRIAGE_RETURNS": [3]},
    ),
    "white space around": (b" " + ONE + b"\t\n " + TWO + b" \n", [1, 2], {}),
    "one line": (ONE + b"\n", [1], {}),
    "nothing": (b"", [], {}),
}


@pytest.mark.parametrize(("body", "numbers", "found"), GOOD.values(), ids=GOOD)
def test_forms_of_files_that_make_no_difference(
    tmp_path: Path, body: bytes, numbers: list[int], found: dict[str, list[int | None]]
) -> None:
    reading = Reading(tmp_path, body)
    assert reading.pictures == list(zip(numbers, map(picture, (1, 2)), strict=False))
    assert reading.found == found


BROKEN: dict[str, tuple[bytes, list[int], list[int]]] = {
    "no JSON": (ONE + b"\n{\n" + THREE + b"\n", [1, 3], [2]),
    "two objects on a line": (ONE + b"\n" + TWO + TWO + b"\n" + THREE + b"\n", [1, 3], [2]),
    "two objects with a blank between": (ONE + b"\n" + TWO + b" " + TWO + b"\n" + THREE + b"\n", [1, 3], [2]),
    "an object on two lines": (ONE + b"\n" + TWO.replace(b", ", b",\n", 1) + b"\n" + THREE + b"\n", [1, 4], [2, 3]),
    "an object on two lines, two on one": (
        ONE.replace(b", ", b",\n", 1) + b"\n" + TWO + THREE + b"\n" + ONE + b"\n",
        [4],
        [1, 2, 3],
    ),
    "braces and a line end in a text": (ONE.replace(b"/1.jpg", b"}\n{") + b"\n" + TWO + THREE + b"\n", [], [1, 2, 3]),
    "a list": (ONE + b"\n[" + TWO + b"]\n", [1], [2]),
    "no UTF-8 where nobody looks": (ONE + b"\n" + TWO.replace(b"labeling-job/", b"\xff") + b"\n", [1], [2]),
    "a byte order mark amid": (ONE + b"\n" + BYTE_ORDER_MARK + TWO + b"\n", [1], [2]),
    "a carriage return amid": (ONE + b"\n" + TWO + b"\r" + TWO + b"\n" + THREE + b"\n", [1, 3], [2]),
    "zeros at the end": (ONE + b"\n" + b"\0" * 512, [1], [2]),
}


@pytest.mark.parametrize(("body", "good", "bad"), BROKEN.values(), ids=BROKEN)
def test_lines_that_are_no_object_are_left_out_by_number(
    tmp_path: Path, body: bytes, good: list[int], bad: list[int]
) -> None:
    reading = Reading(tmp_path, body)
    assert [sample.number for sample in reading.samples] == good
    assert reading.left_out == dict.fromkeys(bad, "INVALID_JSON_LINE")
    assert reading.found["INVALID_JSON_LINE"] == bad


@pytest.mark.parametrize("count", [BLOCK // 300, 1000])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_bad_line_costs_no_other(tmp_path: Path, count: int, end: bytes) -> None:
    """Of all the lines that are read at a time."""
    texts = [json.dumps(line(name, 0)).encode() for name in range(count)]
    texts[count // 2] = b"{" * 300
    reading = Reading(tmp_path, end.join(texts) + end)
    assert list(reading.left_out) == [count // 2 + 1]
    assert [number for number, _ in reading.pictures] == [
        number for number in range(1, count + 1) if number != count // 2 + 1
    ]


@pytest.mark.parametrize(
    ("length", "found", "is_left_out"),
    [(LONG_LINE, [], False), (LONG_LINE + 1, ["LINE_LONG"], False), (400_001, ["LINE_TOO_LONG"], True)],
)
@pytest.mark.parametrize("letter", ["x", "ü"])
def test_long_lines(tmp_path: Path, letter: str, length: int, found: list[str], is_left_out: bool) -> None:
    """The limit of Ground Truth is one of characters, that of what is read one of bytes."""
    short = json.dumps(line(2, 0, other="@"), ensure_ascii=False)
    text = short.replace("@", letter * (length - len(short) + 1))
    reading = Reading(tmp_path, ONE + b"\n" + text.encode() + b"\n" + THREE + b"\n")
    assert list(reading.left_out) == [2] * is_left_out
    assert reading.found == {code: [2] for code in found}


# ---- lines ----


def test_each_line_is_judged_by_itself(tmp_path: Path) -> None:
    lines = [
        line(1, 0),
        failed_line(2),
        line(3, box(0, width=0)),
        line(4),
        line(5, 0, source_ref="s3://b/"),
        line(6, 0),
    ]
    reading = Reading(tmp_path, manifest_text(lines))
    assert reading.pictures == [(1, picture(1)), (6, picture(6))]
    assert reading.left_out == {2: "LABELLING_FAILED", 3: "BOX_EMPTY", 4: "NO_OBJECTS", 5: "SOURCE_REF_INVALID"}
    assert reading.found == {code: [number] for number, code in reading.left_out.items()}


@pytest.mark.parametrize("uri", ["", "b/k", "s3://b", "s3://b/", "https://b/k", "s3:///k"])
@pytest.mark.parametrize("before", ["s3://b/k", "s3://other/k"])
def test_a_source_ref_is_looked_at_wherever_the_one_before_was(tmp_path: Path, uri: str, before: str) -> None:
    lines = [line(1, 0, source_ref=each) for each in (before, uri, before)]
    assert list(Reading(tmp_path, manifest_text(lines)).left_out) == [2]


@pytest.mark.parametrize("keep_texts", [False, True])
def test_samples_have_their_texts_where_they_are_wanted(tmp_path: Path, keep_texts: bool) -> None:
    remarkable = json.dumps(line(2, box(0, left=-1))).encode()
    reading = Reading(tmp_path, ONE + b"\n" + remarkable + b"\r\n" + THREE + b"\n", keep_texts=keep_texts)
    assert [sample.text.rstrip() for sample in reading.samples] == (
        [ONE, remarkable, THREE] if keep_texts else [b""] * 3
    )


def test_a_sample_is_the_same_whichever_lines_are_beside_it(tmp_path: Path) -> None:
    (alone,) = Reading(tmp_path, ONE + b"\n").samples
    for others in (b"{\n", b"\n", TWO + b"\r\n", json.dumps(line(2, box(0, left=-1)) | {"x": 1}).encode() + b"\n"):
        assert Reading(tmp_path, ONE + b"\n" + others).samples[0] == alone


# ---- the quick way ----


@pytest.mark.parametrize(
    ("lines", "quick"),
    [
        ([line(1, 0), line(2, 0)], [1, 2]),
        ([line(1, 0), line(2, box(0, left=-1)), line(3, 0)], [1, 3]),
        ([line(1, 0, rating=5), line(2, 0, rating=4), line(3, 0)], [2, 3]),
        ([line(1, 0) | label_pair("other", None), line(2, 0) | label_pair("other", None)], [2]),
        ([line(1, 0, metadata={"type": None}), line(2, 0)], [2]),
        ([line(number, 0) | {f"key{number}": 0} for number in range(100)], []),
        ([line(1, 0) | {'a "key"': 0}, line(2, 0) | {'a "key"': 0}], []),
        ([line(1, 0) | {"": 0}, line(2, 0) | {"": 0}], [2]),
    ],
    ids=["usual", "a remark", "other keys", "other labels", "no type", "ever other keys", "odd keys", "no key"],
)
def test_what_is_looked_at_closely(tmp_path: Path, lines: Sequence[Json], quick: list[int]) -> None:
    reading = Reading(tmp_path, manifest_text(lines))
    assert reading.quick == quick
    assert len(reading.samples) == len(lines)


def test_so_many_keys_are_learnt(tmp_path: Path) -> None:
    keys = [line(number, 0) | {f"key{number}": 0} for number in range(KEYS_LEARNT + 9)]
    reading = Reading(tmp_path, manifest_text([*keys, *keys]))
    assert reading.quick == [len(keys) + number for number in range(1, KEYS_LEARNT + 1)]


@pytest.mark.parametrize("name", ["my labels", 'my "labels"', "größe", "a\\b", "é.1_2"])
def test_a_label_attribute_may_have_any_name(tmp_path: Path, name: str) -> None:
    attribute = LabelAttribute(name, Task.OBJECT_DETECTION, "the only one")
    reading = Reading(tmp_path, manifest_text([line(1, 0, attribute=name), line(2, 0, attribute=name)]), attribute)
    assert [sample.attribute for sample in reading.samples] == [name, name]


def test_adjusted_and_verified_labels_are_all_looked_at(tmp_path: Path) -> None:
    body = manifest_text([line(1, 0), line(2, 0)])
    for more in ({"originals": ("old",)}, {"verdicts": ("check",)}):
        reading = Reading(tmp_path, body, LabelAttribute("shapes", Task.OBJECT_DETECTION, "", **more))
        assert (reading.quick, len(reading.samples)) == ([], 2)


def test_attributes_that_come_late_are_heard(tmp_path: Path) -> None:
    lines = [*(line(number, 0) for number in range(500)), line(500, 0) | adjusted_pair("new")]
    assert Reading(tmp_path, manifest_text(lines)).reader.seen.choose(None).name == "new"


def test_a_part_of_a_file_is_read_with_its_numbers(tmp_path: Path) -> None:
    body = manifest_text(line(number, 0) for number in range(1, 301))
    (tmp_path / "m").write_bytes(body)
    parts = [Reading(tmp_path, body, span=span) for span in spans(tmp_path / "m", 3)]
    assert [entry for part in parts for entry in part.pictures] == [
        (number, picture(number)) for number in range(1, 301)
    ]
    assert [part.found for part in parts] == [{}, {}, {}]

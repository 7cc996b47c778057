"""Manifest lines as Ground Truth writes them, and as others break them."""

import json
import math
from typing import Any

import msgspec
import pytest
from labelloop.checks import labels, lines
from labelloop.errors import ManifestRefused
from labelloop.manifest import Line, is_s3_uri, typed

from tests.unit.factories import Json


def _line(values: Json | str) -> Line:
    return Line.from_json(7, (values if isinstance(values, str) else json.dumps(values)).encode())


class Entry(msgspec.Struct, rename="kebab"):
    b_c: int


class Form(msgspec.Struct):
    a: list[Entry]
    d: dict[str, int] = {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b'{"a": 1},', "a comma follows the object"),
        (b'{"a": 1},,', "JSON is malformed: trailing characters (byte 9)"),
        (b'{"a": 1,},', "JSON is malformed: trailing comma in object (byte 8)"),
        (b"", "Input data was truncated"),
        (b"{", "Input data was truncated"),
        (b'{"a": 1,}', "JSON is malformed: trailing comma in object (byte 8)"),
        (b'{"a": 1} {"a": 2}', "JSON is malformed: trailing characters (byte 10)"),
        (b"[]", "Expected `object`, got `array`"),
        (b"source-ref,label", "JSON is malformed: invalid character (byte 0)"),
        (b'{"a": NaN}', "JSON is malformed: invalid character (byte 6)"),
        (b'{"source-ref": "\xff"}', "'utf-8' codec can't decode byte 0xff in position 16: invalid start byte"),
        (b'{"\xff": 1}', "'utf-8' codec can't decode byte 0xff in position 2: invalid start byte"),
    ],
)
def test_a_line_that_is_no_json_object_is_refused_and_shown(text: bytes, complaint: str) -> None:
    with pytest.raises(ManifestRefused) as refused:
        Line.from_json(7, text)
    found = refused.value
    assert (found.check, found.what, found.value, found.line) == (lines.INVALID_JSON_LINE, complaint, text, 7)


def test_of_a_long_line_the_beginning_is_shown() -> None:
    with pytest.raises(ManifestRefused) as refused:
        Line.from_json(7, b"x" * 1000)
    assert refused.value.value == b"x" * 200


def test_lists_in_lists_without_end_are_no_line() -> None:
    with pytest.raises(ManifestRefused, match="recursion"):
        _line('{"a": ' + "[" * 100_000)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("s3://b/k", True),
        ("s3://b/a key with ü, spaces and /", True),
        ("s3://b/", False),
        ("s3://b", False),
        ("s3:///k", False),
        ("s3//b/k", False),
        ("https://b/k", False),
        (" s3://b/k", False),
        ("", False),
    ],
)
def test_an_s3_uri_has_a_bucket_and_a_key(text: str, is_one: bool) -> None:
    assert is_s3_uri(text) is is_one


@pytest.mark.parametrize(
    ("text", "source_ref"),
    [
        ('{"source-ref": "s3://b/k"}', "s3://b/k"),
        ('{"source-ref": "s3:\\/\\/b\\/k"}', "s3://b/k"),
        ('{"source-ref": "https://b/k"}', None),
        ('{"source-ref": null}', None),
        ('{"source-ref": ["s3://b/k"]}', None),
        ('{"source": "inline"}', None),
    ],
)
def test_a_picture_is_an_s3_uri(text: str, source_ref: str | None) -> None:
    assert _line(text).source_ref == source_ref


DEEP, LARGE = "[" * 20_000 + "]" * 20_000, "1" * 5000


@pytest.mark.parametrize("text", ["{}", '{"a": null}', f'{{"a": {LARGE}}}'], ids=["not there", "null", "large"])
def test_what_cannot_be_decoded_is_as_good_as_not_there(text: str) -> None:
    assert _line(text).plain("a") is None


def test_an_s3_uri_may_stand_under_any_key() -> None:
    both = _line({"streets-ref": "s3://b/mask.png", "bb": 0})
    assert [both.s3_uri(key) for key in ("streets-ref", "bb", "none")] == ["s3://b/mask.png", None, None]


@pytest.mark.parametrize(("text", "value"), [(b"3", 3), (b'"3"', 3), (b"3.0", 3)])
def test_numbers_may_be_written_as_strings(text: bytes, value: int) -> None:
    """Ground Truth's documents show a class once as 0 and once as "0"."""
    assert typed(text, int, ("bb",), labels.LABEL_MALFORMED) == value


@pytest.mark.parametrize(
    ("text", "pointer", "offending"),
    [
        (b'"text"', ("bb",), "text"),
        (b'{"a": [{"b": 1}]}', ("bb", "a", 0), {"b": 1}),
        (b'{"a": [{"b-c": 1}, {"b-c": {"0": null}}]}', ("bb", "a", 1, "b-c"), {"0": None}),
        (b'{"a": [], "d": {"0": 1, "1": "x"}}', ("bb", "d"), {"0": 1, "1": "x"}),
        (b'{"a": 1e999}', ("bb", "a"), math.inf),
        (b'{"a": [{"b-c": "x"}], "a": 5}', ("bb", "a", 0, "b-c"), 5),
        (b'{"a": [', ("bb",), b'{"a": ['),
        (b"[" * 100_000, ("bb",), b"[" * 100_000),
    ],
    ids=[
        "another type",
        "a member missing",
        "in a list",
        "in a map",
        "an endless number",
        "a key twice",
        "no JSON",
        "no end",
    ],
)
def test_a_value_of_another_form_is_refused_with_its_place(
    text: bytes, pointer: tuple[str, ...], offending: Any
) -> None:
    with pytest.raises(ManifestRefused) as refused:
        typed(text, Form, ("bb",), labels.LABEL_MALFORMED)
    found = refused.value
    assert (found.check, found.pointer, found.value) == (labels.LABEL_MALFORMED, pointer, offending)

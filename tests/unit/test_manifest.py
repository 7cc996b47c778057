"""Manifest lines as Ground Truth writes them, and as others break them."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.errors import (
    InvalidLabel,
    UnreadableManifest,
)
from labelloop.manifest import LINE_LIMIT, Line, MaskClass, Metadata, read_lines

from tests.unit.factories import Json, failed_line, line, manifest_text


def _line(values: Json | str) -> Line:
    return Line.from_json(7, (values if isinstance(values, str) else json.dumps(values)).encode())


def _with_metadata(name: str, kind: str | None, **others: Any) -> Json:
    return {name: 0, f"{name}-metadata": ({} if kind is None else {"type": f"groundtruth/{kind}"}) | others}


# ---- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        (b"", []),
        (b'{"a":1}', [1]),
        (b'{"a":1}\n', [1]),
        (b'{"a":1}\n{"a":2}\n', [1, 2]),
        (b'{"a":1}\r\n{"a":2}\r\n', [1, 2]),
        (b'\xef\xbb\xbf{"a":1}\n', [1]),
        (b'\xef\xbb\xbf\n{"a":1}\n', [2]),
        (b'\n  \n{"a":1}\n\t\r\n\n{"a":2}\n\n', [3, 6]),
        (' {"ü":"\u2028"} \n'.encode(), [1]),
    ],
    ids=["nothing", "no end", "one", "two", "crlf", "bom", "bom alone", "blanks", "unicode"],
)
def test_lines_keep_their_numbers(tmp_path: Path, content: bytes, numbers: list[int]) -> None:
    (tmp_path / "m").write_bytes(content)
    assert [found.number for found in read_lines(tmp_path / "m")] == numbers


@given(names=st.lists(st.text(min_size=1), max_size=4), end=st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_lines_come_back_as_written(tmp_path_factory: pytest.TempPathFactory, names: list[str], end: str) -> None:
    path = tmp_path_factory.mktemp("manifest") / "m"
    path.write_bytes(manifest_text(({"source-ref": f"s3://b/{name}"} for name in names), end=end))
    assert [found.source_ref for found in read_lines(path)] == [f"s3://b/{name}" for name in names]


@pytest.mark.parametrize(("length", "fits"), [(LINE_LIMIT, True), (LINE_LIMIT + 1, False)])
def test_a_line_has_a_limit(tmp_path: Path, length: int, fits: bool) -> None:
    (tmp_path / "m").write_bytes(b"{}\n" + b'{"a":"' + b"x" * (length - 9) + b'"}\n')
    if fits:
        assert len(list(read_lines(tmp_path / "m"))) == 2
    else:
        with pytest.raises(UnreadableManifest, match=r"^manifest line 2 is longer than 400000 bytes\.$"):
            list(read_lines(tmp_path / "m"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"{", "Input data was truncated; it begins '{'."),
        (b'{"a": 1,}', "JSON is malformed: trailing comma"),
        (b'{"a": 1} {"a": 2}', "JSON is malformed: trailing characters"),
        (b"[]", "Expected `object`, got `array`; it begins '[]'."),
        (b"source-ref,label", "JSON is malformed"),
        (b'{"a": NaN}', "JSON is malformed"),
        (b'{"source-ref": "\xff"}', "'utf-8' codec can't decode byte 0xff in position 16: invalid start byte"),
        (
            b'{"\xff": 1}',
            "'utf-8' codec can't decode byte 0xff in position 2: invalid start byte; it begins '{\"\ufffd",
        ),
        (b"x" * 100, "it begins '" + "x" * 60 + "'."),
    ],
)
def test_a_line_that_is_no_json_object_is_named_and_shown(text: bytes, complaint: str) -> None:
    with pytest.raises(UnreadableManifest, match=f"^manifest line 7 is not a JSON object: .*{re.escape(complaint)}"):
        Line.from_json(7, text)


# ---- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "source_ref"),
    [
        ('{"source-ref": "s3://b/k"}', "s3://b/k"),
        ('{"source-ref": "s3:\\/\\/b\\/k"}', "s3://b/k"),
        ('{"source-ref": "https://b/k"}', None),
        ('{"source-ref": ""}', None),
        ('{"source-ref": null}', None),
        ('{"source-ref": ["s3://b/k"]}', None),
        ('{"source": "inline"}', None),
    ],
)
def test_a_picture_is_an_s3_uri(text: str, source_ref: str | None) -> None:
    assert _line(text).source_ref == source_ref


def test_an_s3_uri_may_stand_under_any_key() -> None:
    both = _line({"source-ref": "s3://b/k", "streets-ref": "s3://b/mask.png", "bb": 0})
    assert [both.s3_uri(key) for key in ("source-ref", "streets-ref", "bb", "none")] == [
        "s3://b/k",
        "s3://b/mask.png",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("values", "metadata"),
    [
        ({"bb": 0}, None),
        ({"bb-metadata": {}}, Metadata()),
        (
            {"bb-metadata": {"type": "groundtruth/object-detection", "class-map": {"0": "dog"}, "confidence": 0}},
            Metadata("groundtruth/object-detection", {"0": "dog"}),
        ),
        ({"bb-metadata": {"failure-reason": "ClientError"}}, Metadata(failure_reason="ClientError")),
    ],
)
def test_metadata_of_an_attribute(values: Json, metadata: Metadata | None) -> None:
    assert _line(values).metadata("bb") == metadata


@pytest.mark.parametrize(
    ("metadata", "complaint"),
    [
        ("text", "Expected `object`, got `str`."),
        (None, "Expected `object`, got `null`."),
        ({"type": 1}, "Expected `str`, got `int` - at `$.type`."),
        ({"class-map": ["dog"]}, "Expected `object`, got `array` - at `$.class-map`."),
        ({"class-map": {"0": 1}}, "Expected `str`, got `int` - at `$.class-map[...]`."),
    ],
)
def test_metadata_of_another_form_is_named_with_its_place(metadata: Any, complaint: str) -> None:
    with pytest.raises(UnreadableManifest, match=f"^manifest line 7, 'bb-metadata': {re.escape(complaint)}$"):
        _line({"bb-metadata": metadata}).metadata("bb")


def test_class_names_have_numbers_for_ids() -> None:
    metadata = Metadata(
        class_map={"0": "dog", "5": "bone"}, internal_color_map={"0": MaskClass("BACKGROUND"), "12": MaskClass("cat")}
    )
    assert metadata.class_names(7) == {0: "dog", 5: "bone"}
    assert metadata.mask_class_names(7) == {0: "BACKGROUND", 12: "cat"}


@pytest.mark.parametrize("key", ["dog", "", "-1", "+1", "1.0", " 1", "1_0", "\u0661", "1" * 10])
def test_a_class_map_with_other_ids_is_named(key: str) -> None:
    with pytest.raises(InvalidLabel, match=r"^manifest line 7: the class map .* has keys that are no ids\.$"):
        Metadata(class_map={"0": "cat", key: "dog"}).class_names(7)
    with pytest.raises(InvalidLabel, match=r"^manifest line 7: the colour map .* has keys that are no ids\.$"):
        Metadata(internal_color_map={key: MaskClass("dog")}).mask_class_names(7)


@pytest.mark.parametrize(("text", "value"), [("3", 3), ('"3"', 3), ("3.0", 3)])
def test_numbers_may_be_written_as_strings(text: str, value: int) -> None:
    """Ground Truth's documents show a class once as 0 and once as "0"."""
    assert _line("{}").decoded(msgspec.Raw(text.encode()), int, "bb") == value


# ---- metadata of masks -----------------------------------------------------------------------------------------------

URI = "s3://b/mask.png"
OF_MASKS = {"type": "groundtruth/semantic-segmentation"}
OF_BOXES = {"type": "groundtruth/object-detection"}
OF_VERIFICATION = {"type": "groundtruth/label-verification"}
UNTYPED_FAILURE = {"failure-reason": "ClientError"}


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"streets-ref": URI, "streets-ref-metadata": OF_MASKS}, "streets-ref-metadata"),
        ({"streets-ref": URI, "streets-metadata": OF_MASKS}, "streets-metadata"),
        ({"streets-metadata": OF_MASKS | UNTYPED_FAILURE}, "streets-metadata"),
        ({"streets-metadata": UNTYPED_FAILURE}, "streets-metadata"),
        ({"streets-ref": URI, "streets-metadata": {"type": None}}, "streets-metadata"),
        ({"streets-ref": URI, "streets-ref-metadata": OF_MASKS, "streets-metadata": OF_MASKS}, "streets-ref-metadata"),
        ({"streets-ref": URI, "streets": 1, "streets-metadata": OF_MASKS}, None),
        ({"streets-ref": URI, "streets": 1, "streets-metadata": OF_BOXES}, None),
        ({"streets-ref": URI, "streets-metadata": OF_BOXES | UNTYPED_FAILURE}, None),
        ({"streets-ref": URI, "streets-metadata": OF_VERIFICATION}, None),
        ({"streets-ref": URI, "streets-metadata": "of someone else"}, None),
        ({"streets-ref": URI}, None),
    ],
    ids=[
        "regular",
        "short",
        "short, failed",
        "short, failed without a type",
        "short without a type",
        "both",
        "a label's, of masks",
        "a label's, of boxes",
        "failed boxes'",
        "failed verification's",
        "no metadata",
        "none",
    ],
)
def test_where_the_metadata_of_a_mask_stand(values: Json, key: str | None) -> None:
    """AWS's page on segmentation shows `streets-metadata` for `streets-ref`, all others `streets-ref-metadata`."""
    line = _line(values)
    assert line.metadata_key("streets-ref") == (key or "streets-ref-metadata")
    if key is None:
        assert line.metadata("streets-ref") is None


@pytest.mark.parametrize("attribute", ["bb", "streets"])
def test_other_labels_have_one_key_for_their_metadata(attribute: str) -> None:
    both = _line({"streets-metadata": OF_MASKS, "streets-ref-metadata": OF_MASKS, "bb-metadata": OF_BOXES})
    assert both.metadata_key(attribute) == f"{attribute}-metadata"


def test_label_attributes_of_a_line() -> None:
    boxes, verified = line(1, 0, attribute="bb"), _with_metadata("verify-bb", "label-verification")
    found = Counter(_line(boxes | verified | failed_line(attribute="masks-ref")).label_attributes())
    assert found == {
        ("bb", "groundtruth/object-detection"): 1,
        ("verify-bb", "groundtruth/label-verification"): 1,
        ("masks-ref", ""): 1,
    }

import json
from pathlib import Path
from typing import Any

import pytest
from labelloop.findings import Finding
from labelloop.store import S3Uri

from laptop.preflight_page.marked_picture import Frame
from laptop.preflight_page.raw_labels import RawLine, attribute_of, box_of, other_line, read_raw
from tests.unit.factories import Json, box, line, manifest_text, mask_line, picture

SIZE = (500, 400)


def frames(entry: Json, size: tuple[int, int] = SIZE, **class_ids: int) -> dict[int, Frame]:
    return RawLine(entry).frames("shapes", size, class_ids)


def with_box(**changes: Any) -> Json:
    return line(1, box(0) | changes)


def test_lines_are_read_that_are_json_objects(tmp_path: Path) -> None:
    manifest = tmp_path / "some.manifest"
    manifest.write_bytes(b"\xef\xbb\xbf" + manifest_text([line(1), "", "no JSON", "[]", line(5), line(6)]))
    found = read_raw(manifest, {1, 2, 3, 4, 5, 99})
    assert {number: str(raw.picture) for number, raw in found.items()} == {1: picture(1), 5: picture(5)}


def test_a_line_too_long_or_too_deep_is_passed_over(tmp_path: Path) -> None:
    manifest = tmp_path / "some.manifest"
    manifest.write_bytes(manifest_text([json.dumps({"x": "y" * 400_000}), '{"a":' * 100_000, line(3)]))
    assert list(read_raw(manifest, {1, 2, 3})) == [3]


@pytest.mark.parametrize("value", [None, 7, "https://b/k", "s3://bucket", ["s3://b/k"]])
def test_what_names_no_object_is_none(value: Any) -> None:
    assert RawLine({"source-ref": value}).picture is None


def test_masks_are_under_names_that_end_in_ref() -> None:
    entry = RawLine(mask_line(3, 0, 1))
    assert str(entry.mask("streets-ref")).endswith("/3_2020-04-21T13:48:00.091190.png")
    assert entry.mask("source-ref") is None
    assert RawLine({"mask": "s3://b/k"}).mask("mask") is None
    assert entry.uri("source-ref") == S3Uri.from_text(picture(3))


def test_frames_have_places_names_and_the_datasets_ids() -> None:
    entry = line(1, box(0, 10, 20, 30, 40), box(7), class_map={"0": "circle", "7": "square"})
    found = frames(entry, square=1)
    assert found[0] == Frame((10, 20, 40, 60), "circle", 0)
    assert (found[1].name, found[1].class_id) == ("square", 1)


@pytest.mark.parametrize(
    ("changes", "corners"),
    [
        ({"width": 0}, (10, 20, 10, 60)),
        ({"width": -10}, (0, 20, 10, 60)),
        ({"left": -300.5}, (-300.5, 20, -270.5, 60)),
        ({"left": "10", "height": "40"}, (10, 20, 40, 60)),
    ],
)
def test_frames_that_are_wrong_are_drawn_as_they_are(changes: Json, corners: tuple[float, ...]) -> None:
    assert frames(with_box(**changes))[0].corners == corners


@pytest.mark.parametrize("wrong", [None, "wide", [], 1e300, "nan"])
def test_frames_that_have_no_place_are_passed_over(wrong: Any) -> None:
    assert list(frames(line(1, box(0) | {"width": wrong}, box(1)))) == [1]


def test_a_class_of_no_name_is_called_by_its_id() -> None:
    assert frames(line(1, box(3), class_map={}))[0] == Frame((10, 20, 40, 60), "class 3", 3)
    assert frames(line(1, box("x"), class_map={}))[0].class_id == 0


@pytest.mark.parametrize(
    "label", [None, 7, "s3://b/k", [], {"annotations": None}, {"annotations": {}}, {"annotations": [1, None]}]
)
def test_labels_without_boxes_have_no_frames(label: Any) -> None:
    assert frames({"shapes": label}) == {}


def test_frames_are_scaled_as_training_scales_them() -> None:
    assert frames(with_box(), (1000, 200))[0].corners == (20, 10, 80, 30)


@pytest.mark.parametrize("size", [[], [{"width": 0, "height": 400}], [{"width": "500", "height": 400}], None])
def test_a_size_that_is_none_scales_nothing(size: Any) -> None:
    entry = with_box()
    entry["shapes"]["image_size"] = size
    assert frames(entry, (1000, 200))[0].corners == (10, 20, 40, 60)


@pytest.mark.parametrize(
    ("pointer", "attribute", "index"),
    [
        ("/shapes/annotations/3/width", "shapes", 3),
        ("/shapes/annotations/3", "shapes", 3),
        ("/shapes/annotations", "shapes", None),
        ("/shapes-metadata/class-map", "shapes", None),
        ("/a~1b~0c/annotations/0", "a/b~c", 0),
        ("/source-ref", "default", None),
        ("", "default", None),
    ],
)
def test_a_pointer_tells_the_attribute_and_the_box(pointer: str, attribute: str, index: int | None) -> None:
    finding = Finding("", pointer=pointer)
    assert (attribute_of(finding, "default"), box_of(finding)) == (attribute, index)


@pytest.mark.parametrize(
    ("message", "line"),
    [("It looks like s3://b/37.jpg on line 27: very.", 27), ("line 12 has a newer label", None), ("on line x", None)],
)
def test_a_message_tells_the_line_of_another_picture(message: str, line: int | None) -> None:
    assert other_line(Finding(message)) == line

"""Bounding-box labels: read quickly, looked at closely, frozen."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.checks import Check, boxes, labels
from labelloop.errors import ManifestRefused
from labelloop.labels import Classes
from labelloop.labels.boxes import MOST_BOXES, Box, BoxLabel, ImageSize
from labelloop.manifest import Pointer

from tests.unit.factories import Json, box, line, read_line

WIDTH, HEIGHT = 500, 400  # of the picture of every line here
FIRST = ("shapes", "annotations", 0)


def closely(values: Json) -> tuple[BoxLabel, list[tuple[Check, Pointer]]]:
    """The label, and what is noted of it."""
    noted: list[tuple[Check, Pointer]] = []

    def note(check: Check, message: str, pointer: Pointer = (), value: Any = msgspec.UNSET) -> None:
        noted.append((check, pointer))

    read = read_line(values)
    metadata = read.metadata("shapes")
    assert metadata is not None
    return BoxLabel.from_line(read, "shapes", metadata, note), noted


def quickly(values: Json) -> tuple[BoxLabel, Json] | None:
    """The label and its class names; None where a closer look is needed."""
    label = msgspec.json.decode(json.dumps(values["shapes"]), type=BoxLabel.quick_label, strict=False)
    metadata: Any = msgspec.json.decode(json.dumps(values["shapes-metadata"]), type=BoxLabel.quick_metadata)
    read = BoxLabel.quick(label, metadata)
    return None if read is None else (read[0], json.loads(read[1]))


def with_label(**parts: Any) -> Json:
    """A line whose label has other parts; None takes one out."""
    values = line(1, box(0))
    whole = values["shapes"] | parts
    return values | {"shapes": {key: part for key, part in whole.items() if part is not None}}


# ---- looked at closely ----


def test_a_label_is_read_as_ground_truth_writes_it() -> None:
    label, noted = closely(line(1, box(5, 111, 134, 61, 128), box("0")))
    assert label == BoxLabel((ImageSize(500, 400),), (Box(5, 111, 134, 61, 128), Box(0, 10, 20, 30, 40)))
    assert (list(label.class_ids), label.picture_size, noted) == ([5, 0], (500, 400), [])


SIZE, MALFORMED = boxes.IMAGE_SIZE_INVALID, labels.LABEL_MALFORMED
SHAPE: dict[str, tuple[Json, Check, Pointer]] = {
    "no object": (line(1) | {"shapes": []}, MALFORMED, ("shapes",)),
    "no size": (with_label(image_size=None), SIZE, ("shapes", "image_size")),
    "an empty size": (with_label(image_size=[]), SIZE, ("shapes", "image_size")),
    "two sizes": (with_label(image_size=[{"width": 5, "height": 4}] * 2), SIZE, ("shapes", "image_size")),
    "a size that is no list": (with_label(image_size={"width": 5, "height": 4}), SIZE, ("shapes", "image_size")),
    "no height": (with_label(image_size=[{"width": 500}]), SIZE, ("shapes", "image_size", 0)),
    "no width to speak of": (
        with_label(image_size=[{"width": 0, "height": 4}]),
        SIZE,
        ("shapes", "image_size", 0, "width"),
    ),
    "no boxes": (with_label(annotations=None), MALFORMED, ("shapes", "annotations")),
    "a class by name": (line(1, box(0) | {"class_id": "dog"}), MALFORMED, (*FIRST, "class_id")),
    "half a class": (line(1, box(0) | {"class_id": 1.5}), MALFORMED, (*FIRST, "class_id")),
    "a class below 0": (line(1, box(-1)), MALFORMED, (*FIRST, "class_id")),
    "no place": (line(1, box(0) | {"left": None}), MALFORMED, (*FIRST, "left")),
    "a place without end": (line(1, box(0) | {"left": "nan"}), MALFORMED, (*FIRST, "left")),
    "a place far away": (line(1, box(0, top=1e9)), MALFORMED, (*FIRST, "top")),
    "the second box": (line(1, box(0), {"class_id": 1}), MALFORMED, ("shapes", "annotations", 1)),
}


@pytest.mark.parametrize(("values", "check", "pointer"), SHAPE.values(), ids=SHAPE)
def test_a_label_of_another_form_is_refused_with_its_place(values: Json, check: Check, pointer: Pointer) -> None:
    with pytest.raises(ManifestRefused) as refused:
        closely(values)
    assert (refused.value.check, refused.value.pointer) == (check, pointer)


@pytest.mark.parametrize(
    ("found", "check", "message"),
    [
        (box(0, width=0), boxes.BOX_EMPTY, "it is 0x40 pixels"),
        (box(0, height=-0.5), boxes.BOX_EMPTY, "it is 30x-0.5 pixels"),
        (box(0, width=-12.3456, height=7.0), boxes.BOX_EMPTY, "it is -12.35x7 pixels"),
        (box(0, 500, 20, 30, 40), boxes.BOX_OUTSIDE_PICTURE, "0% of it lies inside the picture of 500x400 pixels"),
        (box(0, -21, 20, 40, 40), boxes.BOX_OUTSIDE_PICTURE, "48% of it lies inside the picture of 500x400 pixels"),
        (box(0, 480, 380, 40, 40), boxes.BOX_OUTSIDE_PICTURE, "25% of it lies inside the picture of 500x400 pixels"),
    ],
)
def test_a_box_that_cannot_be_meant_is_refused(found: Json, check: Check, message: str) -> None:
    with pytest.raises(ManifestRefused) as refused:
        closely(line(1, box(0), found))
    assert (refused.value.check, refused.value.what) == (check, message)
    assert refused.value.pointer == ("shapes", "annotations", 1)


CORNERS = "it would fit if width and height were right and bottom"


@pytest.mark.parametrize(
    ("found", "fits"),
    [
        (box(0, 400, 300, 500, 400), True),
        (box(0, 400, 300, 501, 400), False),
        (box(0, 400, 300, 500, 401), False),
        (box(0, 400, 300, 400, 400), False),
        (box(0, 400, 300, 500, 300), False),
        (box(0, 400, -300, 500, 400), False),
    ],
)
def test_corners_in_the_place_of_width_and_height_are_recognized(found: Json, fits: bool) -> None:
    with pytest.raises(ManifestRefused) as refused:
        closely(line(1, found))
    assert (CORNERS in refused.value.what) == fits


@pytest.mark.parametrize(
    ("found", "keys"),
    [
        ({"class_id": 0, "xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4}, "class_id, xmax, xmin, ymax, ymin"),
        ({}, "nothing"),
        ({f"key{number}": 0 for number in range(10, 30)}, "key10, key11, key12, key13, key14, key15, key16, key17"),
    ],
)
def test_a_box_of_other_keys_is_told_them(found: Json, keys: str) -> None:
    with pytest.raises(ManifestRefused) as refused:
        closely(line(1, found | {"class_id": 0}) | {"shapes": with_label(annotations=[found])["shapes"]})
    assert refused.value.what == f"a box is {{class_id, left, top, width, height}} in pixels; this one has {keys}"


NOTED: dict[str, tuple[Json, list[tuple[Check, Pointer]]]] = {
    "a grey picture": (
        with_label(image_size=[{"width": 500, "height": 400, "depth": 1}]),
        [(boxes.IMAGE_DEPTH, ("shapes", "image_size", 0, "depth"))],
    ),
    "over the left edge": (line(1, box(0, left=-15)), [(boxes.BOX_CROSSES_EDGE, FIRST)]),
    "over the lower edge": (line(1, box(0, top=380)), [(boxes.BOX_CROSSES_EDGE, FIRST)]),
    "a pixel wide": (line(1, box(0, width=1)), [(boxes.BOX_TINY, FIRST)]),
    "between pixels": (line(1, box(0, left=0.5)), [(boxes.BOX_NOT_INTEGER, FIRST)]),
    "shares of the picture": (
        line(1, box(0, 0.1, 0.2, 0.3, 0.4)),
        [(boxes.BOX_LIKE_SHARES, FIRST)],
    ),
    "the pixel in the corner": (line(1, box(0, 0, 0, 1, 1)), [(boxes.BOX_LIKE_SHARES, FIRST)]),
    "the pixel beside it": (line(1, box(0, 2, 0, 1, 1)), [(boxes.BOX_TINY, FIRST)]),
    "twice": (line(1, box(0), box(1), box(0)), [(boxes.BOX_REPEATED, ("shapes", "annotations", 2))]),
    "many": (
        line(1, *(box(0, left=left) for left in range(MOST_BOXES + 1))),
        [(boxes.MANY_BOXES, ("shapes", "annotations"))],
    ),
    "no confidences": (
        line(1, 0, metadata={"objects": None}),
        [(labels.CONFIDENCE_MISSING, ("shapes-metadata", "objects"))],
    ),
    "one confidence for two": (
        line(1, 0, 1, metadata={"objects": [{"confidence": 0}]}),
        [(labels.CONFIDENCE_MISSING, ("shapes-metadata", "objects"))],
    ),
    "at the edges": (line(1, box(0, 0, 0, WIDTH, HEIGHT)), []),
    "two pixels": (line(1, box(0, width=2, height=2)), []),
    "as many as are usual": (line(1, *(box(0, left=left) for left in range(MOST_BOXES))), []),
    "a class twice": (line(1, box(0), box(0, left=11)), []),
    "nothing": (line(1), []),
}


@pytest.mark.parametrize(("values", "expected"), NOTED.values(), ids=NOTED)
def test_what_is_worth_knowing_of_a_label(values: Json, expected: list[tuple[Check, Pointer]]) -> None:
    assert closely(values)[1] == expected


# ---- read quickly ----


@pytest.mark.parametrize(("values", "noted"), NOTED.values(), ids=NOTED)
def test_a_label_of_which_there_is_nothing_to_remark_is_read_quickly(
    values: Json, noted: list[tuple[Check, Pointer]]
) -> None:
    try:
        found = quickly(values)
    except msgspec.ValidationError:
        found = None
    assert (found is not None) == (not noted and values["shapes"]["annotations"] != [])
    if found is not None:
        assert msgspec.json.encode(found[0]) == msgspec.json.encode(closely(values)[0])
        assert found[1] == values["shapes-metadata"]["class-map"]


@pytest.mark.parametrize("class_map", [{"dog": "dog"}, {"-1": "dog"}, {"0": 1}, ["dog"], "dog"])
def test_of_other_class_maps_a_closer_look_is_needed(class_map: Any) -> None:
    assert quickly(line(1, 0, metadata={"class-map": class_map})) is None


# ---- frozen ----


def test_a_dataset_has_the_new_ids_and_boxes_cut_at_the_edge() -> None:
    label, _ = closely(line(1, box(5, left=-10), box(8, 480, 370, 30, 40), box(5, left=0.1, width=0.3)))
    frozen, metadata = label.frozen({"type": "t", "class-map": {}}, Classes({5: 0, 8: 2}, ["cat", "cow", "dog"]))
    assert frozen == BoxLabel(
        (ImageSize(500, 400),), (Box(0, 0, 20, 20, 40), Box(2, 480, 370, 20, 30), Box(0, 0.1, 20, 0.3, 40))
    )
    assert metadata == {"type": "t", "class-map": {"0": "cat", "2": "dog"}}


NUMBERS = st.integers(-600, 600) | st.floats(-600, 600)


@given(left=NUMBERS, top=NUMBERS, width=st.integers(1, 600), height=st.floats(0.5, 600))
def test_what_is_cut_lies_inside_and_is_all_that_did(left: float, top: float, width: int, height: float) -> None:
    cut = Box(0, left, top, width, height).clipped(ImageSize(WIDTH, HEIGHT))
    for place, size, before, extent, limit in (
        (cut.left, cut.width, left, width, WIDTH),
        (cut.top, cut.height, top, height, HEIGHT),
    ):
        if size > 0:
            assert place == max(before, 0)
            assert place + size == pytest.approx(min(before + extent, limit))
        else:
            assert before >= limit or before + extent <= 0


def test_the_place_of_a_class_is_its_first_box() -> None:
    label, _ = closely(line(1, box(5), box(8), box(8, left=11)))
    assert [label.place_of(class_id) for class_id in (5, 8)] == [
        ("annotations", 0, "class_id"),
        ("annotations", 1, "class_id"),
    ]
    assert label.name_place(8) == ("class-map", "8")

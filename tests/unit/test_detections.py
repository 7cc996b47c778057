import json
from typing import Any

import numpy as np
import pytest
import supervision
from hypothesis import example, given
from hypothesis import strategies as st
from labelloop.detections import Detection, Detections
from labelloop.errors import MalformedPrediction
from labelloop.palette import class_colour
from labelloop.prediction import Options, PictureSize
from PIL import Image
from pycocotools import mask as coco

from tests.unit.picture_files import GREY

CLASSES = ("circle", "square", "triangle")
NAN, INFINITY = float("nan"), float("inf")


def found(score: float, x: float = 0.1, class_id: int = 0, y: float = 0.1, size: float = 0.2) -> Detection:
    return Detection(class_id, score, x, y, x + size, y + size)


def parsed(*rows: Any) -> tuple[Detection, ...]:
    return Detections.from_built_in(json.dumps({"prediction": rows}).encode()).boxes


SIZE = PictureSize(640, 480)


def options(confidence: float = 0, iou: float = 1, most: int = 100, classes: frozenset[int] | None = None) -> Options:
    return Options(confidence, iou, most, classes)


@pytest.mark.parametrize(
    ("rows", "boxes"),
    [
        ([], []),
        ([[4.0, 0.86, 0.1, 0.2, 0.3, 0.4]], [(4, 0.86, 0.1, 0.2, 0.3, 0.4)]),
        ([[1, 1, 0, 0, 1, 1]], [(1, 1, 0, 0, 1, 1)]),
        # outside of the picture
        ([[0, 0.9, -0.2, 0.5, 1.3, 1.01]], [(0, 0.9, 0, 0.5, 1, 1)]),
        # suppressed
        ([[-1.0, 0.9, 0, 0, 1, 1], [0, 0.1, 0, 0, 1, 1]], [(0, 0.1, 0, 0, 1, 1)]),
        # unsorted; equals keep their order
        (
            [[0, 0.2, 0, 0, 1, 1], [1, 0.7, 0, 0, 1, 1], [2, 0.2, 0, 0, 1, 1]],
            [(1, 0.7, 0, 0, 1, 1), (0, 0.2, 0, 0, 1, 1), (2, 0.2, 0, 0, 1, 1)],
        ),
    ],
)
def test_rows_become_boxes_with_the_surest_first(rows: list[Any], boxes: list[tuple[float, ...]]) -> None:
    assert parsed(*rows) == tuple(Detection(*box) for box in boxes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"<html>502 Bad Gateway</html>",
        b'{"prediction": null}',
        b'{"prediction": [[0, 0.9, 0.1, 0.1, 0.2]]}',
        b'{"prediction": [[0, 0.9, 0.1, 0.1, 0.2, 0.2, 0.3]]}',
        b'{"prediction": [[0, "0.9", 0.1, 0.1, 0.2, 0.2]]}',
        b'{"prediction": [[0, NaN, 0.1, 0.1, 0.2, 0.2]]}',
        b'{"prediction": [[0, 0.9, 0.1, 0.1, 0.2, 1e999]]}',
        b'{"prediction": [',
        b'{"predictions": []}',
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_another_form_of_answer_is_refused_with_its_beginning(body: bytes) -> None:
    with pytest.raises(MalformedPrediction, match=r"the endpoint did not answer with detections: .*; it begins '"):
        Detections.from_built_in(body)


def test_only_the_beginning_of_a_long_answer_is_shown() -> None:
    with pytest.raises(MalformedPrediction) as caught:
        Detections.from_built_in(b"x" * 10_000)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("box", "right"),
    [
        (Detection(2, 1.0, 0, 0, 1, 1), True),
        (Detection(0, 0.0, 0.5, 0.5, 0.5, 0.5), True),
        (Detection(3, 0.5, 0, 0, 1, 1), False),
        (Detection(0, 1.5, 0, 0, 1, 1), False),
        (Detection(0, -0.5, 0, 0, 1, 1), False),
        (Detection(0, 0.5, 0.6, 0, 0.5, 1), False),
        (Detection(0, 0.5, 0, 0.6, 1, 0.5), False),
        (Detection(0, NAN, 0, 0, 1, 1), False),
        (Detection(0, 0.5, 0, 0, 1, INFINITY), False),
    ],
)
def test_a_check_knows_boxes_that_no_such_model_answers(box: Detection, right: bool) -> None:
    detections = Detections((found(0.9), box))
    if right:
        detections.check(len(CLASSES), SIZE)
    else:
        with pytest.raises(MalformedPrediction, match="a model with 3 classes answered "):
            detections.check(len(CLASSES), SIZE)


@pytest.mark.parametrize(
    ("boxes", "wish", "kept"),
    [
        ([], options(), []),
        ([found(0.9), found(0.5, 0.6)], options(confidence=0.5), [0, 1]),
        ([found(0.9), found(0.5, 0.6)], options(confidence=0.51), [0]),
        ([found(0.9), found(0.5, 0.6)], options(most=1), [0]),
        # overlaps of one third: only those of the same class, only beyond what is allowed
        ([found(0.9), found(0.8, 0.2)], options(iou=0.34), [0, 1]),
        ([found(0.9), found(0.8, 0.2)], options(iou=0.33), [0]),
        ([found(0.9), found(0.8, 0.2, class_id=1)], options(iou=0), [0, 1]),
        # a suppressed box suppresses none
        ([found(0.9), found(0.8, 0.2), found(0.7, 0.3)], options(iou=0.2), [0, 2]),
        # touching is no overlap
        ([found(0.9, 0.25, size=0.25), found(0.8, 0.5, size=0.25)], options(iou=0), [0, 1]),
        # classes that are not wanted neither count nor suppress
        ([found(0.9), found(0.8, class_id=1)], options(most=1, classes=frozenset({1})), [1]),
        ([found(0.9), found(0.8, class_id=1)], options(classes=frozenset()), []),
    ],
)
def test_a_client_gets_the_boxes_it_asked_for(boxes: list[Detection], wish: Options, kept: list[int]) -> None:
    assert Detections(tuple(boxes)).selected(wish).boxes == tuple(boxes[index] for index in kept)


GRID = st.integers(0, 64)


@st.composite
def boxes(draw: st.DrawFn) -> Detection:
    """Corners on a grid of 64ths, which are exact in binary; area above nothing."""
    (x1, x2), (y1, y2) = (sorted(draw(st.lists(GRID, min_size=2, max_size=2, unique=True))) for _ in "xy")
    return Detection(0, 1.0, x1 / 64, y1 / 64, x2 / 64, y2 / 64)


@given(boxes(), boxes())
@example(found(1, 0.25, y=0.25, size=0.5), found(1, 0.25, y=0.25, size=0.5))
@example(found(1, 0, size=0.25), found(1, 0.25, size=0.25))
def test_overlap_is_what_cocos_own_tools_say(one: Detection, other: Detection) -> None:
    def as_coco(box: Detection) -> list[float]:
        return [box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1]

    expected = coco.iou(np.array([as_coco(one)]), np.array([as_coco(other)]), [0])[0, 0]
    assert one.overlap(other) == other.overlap(one) == pytest.approx(expected, abs=1e-12)


def test_boxes_without_area_overlap_nothing() -> None:
    point = Detection(0, 1, 0.5, 0.5, 0.5, 0.5)
    assert point.overlap(point) == 0
    assert point.overlap(found(1, 0.4)) == 0


def test_json_says_a_box_as_roboflow_does_and_its_corners_too() -> None:
    detections = Detections((Detection(1, 0.912345, 0.421875, 0.3, 0.578125, 0.4),))
    assert detections.to_json(PictureSize(640, 480), CLASSES, "01J")["predictions"] == [
        {
            "x": 320.0,
            "y": 168.0,
            "width": 100.0,
            "height": 48.0,
            "x1": 270.0,
            "y1": 144.0,
            "x2": 370.0,
            "y2": 192.0,
            "confidence": 0.9123,
            "class": "square",
            "class_id": 1,
            "detection_id": "01J-0",
        }
    ]


@given(st.lists(boxes(), max_size=5), st.integers(1, 4000), st.integers(1, 4000))
def test_supervision_reads_the_same_boxes(found_boxes: list[Detection], width: int, height: int) -> None:
    detections = Detections(tuple(found_boxes))
    answer = {
        "image": {"width": width, "height": height},
        **detections.to_json(PictureSize(width, height), CLASSES, "id"),
    }
    read = supervision.Detections.from_inference(answer)
    shares = np.array([box[2:] for box in found_boxes]).reshape(-1, 4)
    np.testing.assert_allclose(read.xyxy, shares * [width, height, width, height], atol=0.02)
    assert list(read.class_id if read.class_id is not None else []) == [box.class_id for box in found_boxes]
    assert list(read.confidence if read.confidence is not None else []) == [box.score for box in found_boxes]


def test_what_was_not_selected_is_counted() -> None:
    three = Detections((found(0.9), found(0.8), found(0.1, 0.7)))
    assert three.selected(options(0.5)).to_json(SIZE, CLASSES, "01J")["counts"] == {"returned": 2, "left_out": 1}


def test_boxes_are_drawn_where_they_lie_and_the_picture_stays_as_it_is() -> None:
    picture = Image.new("RGB", (400, 400), GREY)
    drawn = Detections((Detection(1, 0.9, 0.25, 0.25, 0.75, 0.75),)).draw(picture, CLASSES)
    assert drawn.getpixel((101, 200)) == drawn.getpixel((299, 200)) == class_colour(1)
    assert drawn.getpixel((200, 200)) == GREY
    assert picture.getcolors() == [(400 * 400, GREY)]


def test_the_number_of_boxes_is_the_length() -> None:
    assert len(Detections((found(0.9), found(0.8)))) == 2

"""Bounding-box labels."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.labels.boxes import Box, BoxLabel, ImageSize

BOXES = st.lists(st.integers(0, 9).map(lambda class_id: Box(class_id, 1, 2, 3.5, 4)), max_size=5)


def _label(*boxes: Box) -> BoxLabel:
    return BoxLabel((ImageSize(500, 400),), boxes)


def test_a_label_is_read_as_ground_truth_writes_it() -> None:
    text = (
        b'{"annotations": [{"left": 111, "class_id": 0, "top": 134, "width": 61.5, "height": 128}],'
        b' "image_size": [{"width": 500, "height": 400, "depth": 3}]}'
    )
    assert msgspec.json.decode(text, type=BoxLabel) == _label(Box(0, 111, 134, 61.5, 128))


@given(BOXES)
def test_renumbering_changes_the_class_ids_alone(boxes: list[Box]) -> None:
    label = _label(*boxes)
    there = label.renumbered({class_id: class_id + 10 for class_id in range(10)})
    assert there.class_ids == tuple(class_id + 10 for class_id in label.class_ids)
    assert there.renumbered({class_id + 10: class_id for class_id in range(10)}) == label


NEGATIVE = "class_id, width and height of a box cannot be negative"
ENDLESS = "the sizes of a box must be finite"


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ((0, 0, 0, -1, 1), NEGATIVE),
        ((0, 0, 0, 1, -0.5), NEGATIVE),
        ((-1, 0, 0, 1, 1), NEGATIVE),
        ((0, float("nan"), 0, 1, 1), ENDLESS),
        ((0, 0, 0, float("inf"), 1), ENDLESS),
    ],
)
def test_a_box_has_a_class_and_an_extent(box: tuple[int, float, float, float, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Box(*box)

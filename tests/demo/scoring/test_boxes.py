from pathlib import Path

import pytest
from labelloop.labels.boxes import Box, BoxLabel, ImageSize

from laptop.commands.answers import Detection
from laptop.demo.scoring.boxes import (
    METRIC,
    DetectedBox,
    LabelledBox,
    detected_box,
    is_right,
    overlap,
    score,
    truth,
)

CAT = LabelledBox("cat", 10, 10, 20, 20)
DOG = LabelledBox("dog", 60, 60, 30, 10)


def found(box: LabelledBox, confidence: float = 0.9, *, right: float = 0) -> DetectedBox:
    return DetectedBox(box.class_name, box.left + right, box.top, box.width, box.height, confidence)


def test_perfect_answers_score_one() -> None:
    truths = [[CAT, DOG], [DOG]]
    perfect = score(truths, [[found(DOG), found(CAT)], [found(DOG)]])
    assert perfect.value == pytest.approx(1)
    assert perfect.by_class == {"cat": pytest.approx(1), "dog": pytest.approx(1)}


def test_no_answers_score_nothing() -> None:
    assert score([[CAT, DOG]], [[]]) == (METRIC, 0, {"cat": 0, "dog": 0}, {})


def test_an_object_not_found_leaves_the_curve_short() -> None:
    # One of two cats found: precision 1 at the 51 of COCO's 101 recalls up to one half, 0 above.
    assert score([[CAT], [CAT]], [[found(CAT)], []]).value == pytest.approx(51 / 101)


def test_a_surer_false_alarm_halves_precision() -> None:
    answer = [found(CAT, 0.5), found(LabelledBox("cat", 90, 90, 20, 20), 0.9)]
    assert score([[CAT]], [answer]).value == pytest.approx(0.5)


def test_a_less_sure_false_alarm_costs_nothing() -> None:
    answer = [found(CAT, 0.9), found(LabelledBox("cat", 90, 90, 20, 20), 0.5)]
    assert score([[CAT]], [answer]).value == pytest.approx(1)


def test_the_mean_is_over_classes() -> None:
    assert score([[CAT, DOG]], [[found(CAT)]]).value == pytest.approx(0.5)


def test_a_class_that_no_label_has_counts_for_none() -> None:
    assert score([[CAT]], [[found(CAT), found(DOG)]]).value == pytest.approx(1)


@pytest.mark.parametrize(("right", "scored"), [(6, 1), (7, 0)])  # 14/26 and 13/27 of the union
def test_boxes_count_from_an_overlap_of_one_half(right: float, scored: float) -> None:
    assert score([[CAT]], [[found(CAT, right=right)]]).value == pytest.approx(scored)


def test_answers_and_pictures_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="1 answers to 2 pictures"):
        score([[CAT], [DOG]], [[]])


def test_without_objects_there_is_nothing_to_score() -> None:
    with pytest.raises(ValueError, match="0 classes"):
        score([[]], [[]])


def test_a_label_tells_its_classes_by_name() -> None:
    label = BoxLabel((ImageSize(99, 99),), (Box(7, 10, 10, 20, 20), Box(2, 60, 60, 30, 10)))
    assert truth(label, {2: "dog", 7: "cat"}, Path()) == (CAT, DOG)


def test_a_detection_is_told_by_its_corners() -> None:
    assert detected_box(Detection("cat", 0.9, 10, 10, 30, 30)) == found(CAT)


def test_overlap_is_intersection_over_union() -> None:
    assert overlap(CAT, found(CAT, right=10)) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ([found(DOG), found(CAT)], True),
        ([found(CAT, right=4), found(DOG)], True),
        ([found(CAT)], False),
        ([found(CAT), found(DOG), found(DOG)], False),
        ([found(CAT), found(CAT)], False),
        ([found(CAT, right=8), found(DOG)], False),
        ([DetectedBox("dog", *CAT[1:], 0.9), found(DOG)], False),
    ],
)
def test_a_right_answer_finds_each_object_once_and_nothing_else(answer: list[DetectedBox], right: bool) -> None:
    assert is_right([CAT, DOG], answer) is right

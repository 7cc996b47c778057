import numpy as np
import pytest
from mxnet_vision.models.object_detection.average_precision import (
    Floats,
    intersection_over_union,
    mean_average_precision,
)

LEFT, RIGHT, NOWHERE = (0.0, 0.0, 0.4, 0.4), (0.5, 0.5, 0.9, 0.9), (0.0, 0.9, 0.1, 1.0)
Found = list[tuple[int, float, tuple[float, float, float, float]]]


def rows(found: Found) -> Floats:
    return np.array([(class_id, score, *corners) for class_id, score, corners in found], np.float32).reshape(-1, 6)


TRUTH = np.array([(0, *LEFT), (0, *RIGHT)], np.float32)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([(0, 0.9, LEFT), (0, 0.8, RIGHT)], 1.0),
        ([(0, 0.9, LEFT)], 0.5),
        ([(0, 0.9, LEFT), (0, 0.8, NOWHERE), (0, 0.7, RIGHT)], 0.5 + 0.5 * 2 / 3),
        ([(0, 0.7, LEFT), (0, 0.8, NOWHERE), (0, 0.9, RIGHT)], 0.5 + 0.5 * 2 / 3),
        ([(0, 0.9, LEFT), (0, 0.8, LEFT), (0, 0.7, RIGHT)], 0.5 + 0.5 * 2 / 3),
        ([(1, 0.9, LEFT), (1, 0.8, RIGHT)], 0.0),
        ([(0, 0.9, NOWHERE)], 0.0),
        ([], 0.0),
    ],
    ids=["all", "half", "one wrong", "unsorted", "found twice", "wrong class", "wrong place", "none"],
)
def test_average_precision_of_one_class(found: Found, expected: float) -> None:
    assert mean_average_precision([rows(found)], [TRUTH], 0.5) == pytest.approx(expected)


def test_the_mean_is_over_classes_that_have_boxes_and_ranks_over_all_pictures() -> None:
    other = np.array([(2, *LEFT)], np.float32)
    detections = [rows([(0, 0.9, LEFT), (0, 0.2, RIGHT)]), rows([(2, 0.3, LEFT), (0, 0.8, LEFT), (7, 0.9, LEFT)])]
    expected = (0.5 + 0.5 * 2 / 3 + 1.0) / 2
    assert mean_average_precision(detections, [TRUTH, other], 0.5) == pytest.approx(expected)


def test_the_overlap_decides_what_is_right() -> None:
    near = rows([(0, 0.9, (0.0, 0.0, 0.4, 0.3)), (0, 0.8, RIGHT)])
    assert mean_average_precision([near], [TRUTH], 0.7) == pytest.approx(1.0)
    assert mean_average_precision([near], [TRUTH], 0.8) == pytest.approx(0.25)


@pytest.mark.parametrize("truths", [[], [np.zeros((0, 5), np.float32)]])
def test_without_any_box_the_score_is_zero(truths: list[Floats]) -> None:
    assert mean_average_precision([rows([(0, 0.9, LEFT)])] * len(truths), truths, 0.5) == 0.0


def test_shares_of_common_area() -> None:
    boxes = np.array([LEFT, RIGHT, (0.2, 0.0, 0.6, 0.4)], np.float32)
    np.testing.assert_allclose(intersection_over_union(boxes[:1], boxes), [[1, 0, 1 / 3]], atol=1e-6)

import numpy as np
from mxnet_vision.models.object_detection.anchors import counted, match

ANCHORS = np.array([(0, 0, 0.4, 0.4), (0.1, 0, 0.5, 0.4), (0.5, 0.5, 0.9, 0.9), (0.6, 0.6, 0.7, 0.7)], np.float32)


def test_a_box_takes_every_anchor_that_shares_half_its_area() -> None:
    targets = match(ANCHORS, np.array([(2, 0, 0, 0.4, 0.4)], np.float32))
    np.testing.assert_array_equal(targets.classes, [3, 3, 0, 0])
    np.testing.assert_allclose(targets.offsets[1], [-0.1 / 0.4 / 0.1, 0, 0, 0], atol=1e-5)


def test_a_box_like_no_anchor_still_takes_its_best() -> None:
    targets = match(ANCHORS, np.array([(0, 0.62, 0.62, 0.64, 0.64)], np.float32))
    np.testing.assert_array_equal(targets.classes, [0, 0, 0, 1])
    np.testing.assert_allclose(targets.offsets[3], [-2, -2, *[np.log(0.2) / 0.2] * 2], rtol=1e-4)


def test_a_picture_without_boxes_is_background() -> None:
    targets = match(ANCHORS, np.zeros((0, 5), np.float32))
    assert not targets.classes.any()
    assert not targets.offsets.any()


def test_only_the_worst_negatives_count_three_for_each_object() -> None:
    classes = np.array([[2, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0]], np.float32)
    losses = np.array([[9, 5, 1, 4, 3, 2], [1, 2, 3, 4, 5, 6], [0, 0, 1, 2, 3, 4]], np.float32)
    np.testing.assert_array_equal(
        counted(losses, classes), [[1, 1, 0, 1, 1, 0], [0, 0, 0, 1, 1, 1], [1, 1, 1, 1, 1, 1]]
    )

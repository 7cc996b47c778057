import numpy as np
import pytest
from mxnet_vision.augmentation import random_window, recoloured
from mxnet_vision.errors import ClientError
from mxnet_vision.models.object_detection.boxes import augmented, read_boxes, through_window
from PIL import Image

BOX = {"class_id": 1, "left": 10, "top": 20, "width": 30, "height": 40}
FRAME = {"image_size": [{"width": 100, "height": 200, "depth": 3}]}


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (FRAME | {"annotations": [BOX]}, [[1, 0.1, 0.1, 0.4, 0.3]]),
        (FRAME | {"annotations": [BOX | {"class_id": "1"}]}, [[1, 0.1, 0.1, 0.4, 0.3]]),
        (FRAME | {"annotations": [BOX | {"left": -20, "width": 1000}]}, [[1, 0, 0.1, 1, 0.3]]),
        (FRAME | {"annotations": []}, []),
        ({"annotations": [BOX]}, [[1, 0.2, 0.5, 0.8, 1.0]]),
    ],
    ids=["plain", "class as text", "beyond the picture", "negative", "size of the picture itself"],
)
def test_labels_become_fractions(label: object, expected: list[list[float]]) -> None:
    np.testing.assert_allclose(read_boxes(label, (50, 40), "here"), np.reshape(expected, (-1, 5)), rtol=1e-6)


@pytest.mark.parametrize(
    "label",
    [
        None,
        7,
        [BOX],
        {},
        {"annotations": [7]},
        {"annotations": [{"class_id": 1}]},
        {"annotations": [BOX | {"left": "here"}]},
        {"annotations": [BOX | {"width": float("inf")}]},
        {"annotations": [BOX | {"class_id": -1}]},
        {"annotations": [BOX | {"class_id": 0.5}]},
        {"annotations": [BOX], "image_size": [{"width": 0, "height": 10}]},
        {"annotations": [BOX], "image_size": "wide"},
    ],
)
def test_a_label_that_is_no_box_annotation_is_refused_by_record(label: object) -> None:
    with pytest.raises(ClientError, match="Record 7"):
        read_boxes(label, (50, 40), "Record 7")


def test_a_crop_moves_boxes_and_drops_those_mostly_outside() -> None:
    boxes = np.array([[0, 0.5, 0.5, 0.75, 1.0], [1, 0.0, 0.0, 0.6, 0.6], [2, 0.2, 0.5, 1.0, 1.0]], np.float32)
    seen = through_window(boxes, (0.5, 0.5, 1.0, 1.0))
    np.testing.assert_allclose(seen, [[0, 0.0, 0.0, 0.5, 1.0], [2, 0.0, 0.0, 1.0, 1.0]])


def test_augmentation_keeps_the_box_around_its_object() -> None:
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[24:36, 30:50] = 255
    box = np.array([[3, 30 / 80, 24 / 60, 50 / 80, 36 / 60]], np.float32)
    rng = np.random.default_rng(0)
    for _ in range(50):
        view, boxes = augmented(Image.fromarray(pixels), box, (64, 96), rng)
        assert view.shape == (96, 64, 3)
        rows, columns = np.nonzero(view[..., 0] > view[..., 0].max() // 2)
        bounds = [columns.min() / 64, rows.min() / 96, (columns.max() + 1) / 64, (rows.max() + 1) / 96]
        np.testing.assert_allclose(boxes[0, 1:], bounds, atol=0.03)


def test_windows_stay_inside_the_picture() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        left, top, right, bottom = random_window(rng)
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
        assert min(right - left, bottom - top) >= 0.5


def test_recolouring_keeps_the_order_of_brightness() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(1, 256, 3)
    for seed in range(20):
        moved = recoloured(ramp, np.random.default_rng(seed)).astype(int)
        assert (np.diff(moved, axis=1) >= 0).all()
        assert moved.std() > 30

"""Labelled boxes: reading them from Ground Truth's JSON, and moving them with the picture.

Boxes are float32 arrays of shape (n, 5): class, xmin, ymin, xmax, ymax, corners as fractions of the picture.
"""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mxnet_vision.augmentation import Window, random_window, recoloured, resized
from mxnet_vision.errors import ClientError

Boxes = NDArray[np.float32]

_LEAST_VISIBLE = 0.4  # of a box's area: a smaller rest no longer shows what it is


def read_boxes(label: object, size: tuple[int, int], where: str) -> Boxes:
    """The boxes of a label `{"annotations": [{"class_id", "left", "top", "width", "height"}], "image_size": [...]}`.

    Pixels count in the frame of `image_size`, or of the picture itself, `size` (width, height), where it is absent.
    What reaches beyond the picture is cut off, which may leave a box without area.

    Raises:
        ClientError: a value is missing or no number; `where` names the record.
    """
    try:
        width, height = _frame(label, size)
        rows = [_corners(each, width, height) for each in label["annotations"]]  # type: ignore[index] # caught below
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ClientError(f"{where}: the label is not a bounding box annotation: {error!r}") from error
    boxes = np.array(rows, np.float32).reshape(-1, 5)
    boxes[:, 1:] = boxes[:, 1:].clip(0, 1)
    return boxes


def _frame(label: object, size: tuple[int, int]) -> tuple[float, float]:
    stated = label.get("image_size") if isinstance(label, Mapping) else None
    if not stated:
        return size
    return _positive(stated[0]["width"]), _positive(stated[0]["height"])


def _positive(value: object) -> float:
    number = _number(value)
    if number <= 0:
        raise ValueError(f"{value} is not positive")
    return number


def _number(value: object) -> float:
    number = float(value)  # type: ignore[arg-type] # what float cannot take raises TypeError
    if not math.isfinite(number):
        raise ValueError(f"{value} is not finite")
    return number


def _corners(annotation: Mapping[str, object], width: float, height: float) -> list[float]:
    class_id = _number(annotation["class_id"])  # Ground Truth writes 0, some tools "0"
    if class_id < 0 or class_id != int(class_id):
        raise ValueError(f"class_id {annotation['class_id']!r} is not a class number")
    left, top = _number(annotation["left"]), _number(annotation["top"])
    right, bottom = left + _number(annotation["width"]), top + _number(annotation["height"])
    return [class_id, left / width, top / height, right / width, bottom / height]


def through_window(boxes: Boxes, window: Window) -> Boxes:
    """The boxes as fractions of `window` (xmin, ymin, xmax, ymax in fractions), without those mostly cut off."""
    x, y, right, bottom = window
    moved = boxes.copy()
    moved[:, [1, 3]] = (boxes[:, [1, 3]] - x) / (right - x)
    moved[:, [2, 4]] = (boxes[:, [2, 4]] - y) / (bottom - y)
    whole = _areas(moved)
    moved[:, 1:] = moved[:, 1:].clip(0, 1)
    kept: Boxes = moved[_areas(moved) > _LEAST_VISIBLE * whole]
    return kept


def _areas(boxes: Boxes) -> NDArray[np.float32]:
    areas: NDArray[np.float32] = (boxes[:, 3] - boxes[:, 1]) * (boxes[:, 4] - boxes[:, 2])
    return areas


def augmented(
    image: Image.Image, boxes: Boxes, size: tuple[int, int], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], Boxes]:
    """A random view of the picture, (height, width, 3) uint8, with its boxes: crop, mirror, brightness and colour.

    Left and right are swapped, never top and bottom: in most pictures that would be another scene.
    """
    window = random_window(rng)
    pixels, boxes = resized(image, size, window), through_window(boxes, window)
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
        boxes[:, [1, 3]] = 1 - boxes[:, [3, 1]]
    return recoloured(pixels, rng), boxes

"""The built-in object-detection algorithm: what it is told, what it reads, what it answers.

Source: SageMaker developer guide, "Object Detection Algorithm", "Object Detection Hyperparameters" and
"Object Detection Request and Response Formats". Its network is in `ssd`, how that learns in `detector`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mxnet_vision.augmentation import resized, working_size
from mxnet_vision.errors import ClientError
from mxnet_vision.hyperparameters import (
    FROM_SCRATCH,
    Hyperparameters,
    choice,
    pattern,
    read,
    real,
    switch,
    whole,
    without_effect,
)
from mxnet_vision.metrics import print_line
from mxnet_vision.models import Algorithm, Answer, asked_for, json_answer
from mxnet_vision.models.object_detection.boxes import Boxes, augmented, read_boxes
from mxnet_vision.samples import Sample

if TYPE_CHECKING:
    from mxnet_vision.models.object_detection.detector import DetectionLearner, DetectionPredictor

SIZE_STEP = 32  # pixels; the stride of the third map, so that a small picture has maps of whole cells


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionHyperparameters(Hyperparameters):
    """Names, defaults and ranges of the built-in."""

    base_network: str = choice("vgg-16", "resnet-50", default="vgg-16")
    use_pretrained_model: bool = switch(default=True)
    image_shape: int = whole(300, 300)
    label_width: int = whole(7, 350)
    nms_threshold: float = real("(0, 1]", 0.45)
    overlap_threshold: float = real("(0, 1]", 0.5)
    optimizer: str = choice("sgd", "adam", "rmsprop", "adadelta", default="sgd")
    kv_store: str = choice("dist_sync", "dist_async", "", default="")
    freeze_layer_pattern: str = pattern("")

    @property
    def most_boxes(self) -> int:
        """How many boxes of five numbers fit in `label_width` after a header of two."""
        return (self.label_width - 2) // 5

    def notes(self) -> list[str]:
        """Names of what does nothing here."""
        # There is one small network, on one machine.
        lines = without_effect(
            base_network=self.base_network, kv_store=self.kv_store, freeze_layer_pattern=self.freeze_layer_pattern
        )
        if self.use_pretrained_model:
            lines.append(f"use_pretrained_model=1: {FROM_SCRATCH}")
        return lines


def prepare(
    sample: Sample, parameters: DetectionHyperparameters, size: tuple[int, int], rng: np.random.Generator | None
) -> tuple[NDArray[np.uint8], Boxes]:
    """Decode a sample and check its label; augment it where an `rng` is given.

    Raises:
        ClientError: the picture or its label cannot be used, or does not fit the hyperparameters.
    """
    boxes = read_boxes(sample.label_json(), sample.size(), sample.where)
    boxes = _with_area(boxes, sample)
    _check(boxes, parameters, sample.where)
    image = sample.image(size)
    if rng is None:
        return resized(image, size), boxes
    return augmented(image, boxes, size, rng)


def _with_area(boxes: Boxes, sample: Sample) -> Boxes:
    """Without the boxes that are a line or lie outside the picture: nothing can be learnt from them."""
    empty = (boxes[:, 3] <= boxes[:, 1]) | (boxes[:, 4] <= boxes[:, 2])
    if empty.any() and sample.epoch == 0:
        print_line(f"{sample.where}: {int(empty.sum())} box(es) without area inside the picture are left out.")
    kept: Boxes = boxes[~empty]
    return kept


def _check(boxes: Boxes, parameters: DetectionHyperparameters, where: str) -> None:
    if len(boxes) > parameters.most_boxes:
        raise ClientError(
            "Invalid parameter value 'label_width'. Please ensure that the value of parameter 'label_width' is at "
            f"least {5 * len(boxes) + 2}: {where} has {len(boxes)} boxes."
        )
    if len(boxes) and boxes[:, 0].max() >= parameters.num_classes:
        raise ClientError(
            f"{where}: class_id {boxes[:, 0].max():g} is not below num_classes, {parameters.num_classes}."
        )


def answer(rows: NDArray[np.float32], size: tuple[int, int], accept: str) -> Answer:
    """Detections (n, 6) of a picture of `size` (width, height) in the form asked for.

    Raises:
        NotAcceptableError: neither JSON nor JSON Lines was asked for.
    """
    as_rows = {"prediction": rows.tolist()}
    forms = {
        "application/json": lambda: json_answer(as_rows, "application/json"),
        "application/json;annotation=1": lambda: json_answer(_in_pixels(rows, size), "application/json"),
        "application/jsonlines": lambda: json_answer(as_rows, "application/jsonlines"),
    }
    return asked_for(accept, forms)()


def _in_pixels(rows: NDArray[np.float32], size: tuple[int, int]) -> dict[str, object]:
    width, height = size
    corners = np.rint(rows[:, 2:] * (width, height, width, height)).astype(int).tolist()
    annotations = [
        {"class_id": int(class_id), "score": score, "left": x, "top": y, "width": right - x, "height": bottom - y}
        for (class_id, score), (x, y, right, bottom) in zip(rows[:, :2].tolist(), corners, strict=True)
    ]
    return {"image_size": [{"width": width, "height": height, "depth": 3}], "annotations": annotations}


def read_hyperparameters(values: Mapping[str, str]) -> DetectionHyperparameters:
    """The hyperparameters of this algorithm, see `hyperparameters.read`."""
    return read(DetectionHyperparameters, values)


def _learner(values: Mapping[str, str], first: Sample) -> "DetectionLearner":
    from mxnet_vision.models.object_detection.detector import DetectionLearner

    parameters = read_hyperparameters(values)
    size = working_size(first.size(), parameters.image_shape, SIZE_STEP)
    print_line(f"Pictures are resized to {size[0]}x{size[1]} pixels, after the first one and image_shape.")
    return DetectionLearner(values, parameters, size)


def _predictor(folder: Path) -> "DetectionPredictor":
    from mxnet_vision.models.object_detection.detector import DetectionPredictor

    return DetectionPredictor(folder)


ALGORITHM = Algorithm(read_hyperparameters, _learner, _predictor)

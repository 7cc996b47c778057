"""Boxes: COCO's mean average precision at an overlap of one half.

pycocotools' COCOeval does the arithmetic; https://cocodataset.org/#detection-eval says what it means.
"""

import contextlib
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from labelloop.labels.boxes import BoxLabel
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from laptop.commands.answers import Detection, Detections
from laptop.demo.scoring import DeployedModel, Score

METRIC = "mAP@0.5"
OVERLAP = 0.5  # intersection over union from which a box is found
MOST_DETECTIONS = 100  # of one picture, the surest; COCO's own limit
# The end of a curve of precision over recall is of unsure detections.
WHOLE: Mapping[str, str] = {"confidence": "0.01", "max_detections": str(MOST_DETECTIONS)}


class LabelledBox(NamedTuple):
    """An object that is there: absolute pixels from the top left corner."""

    class_name: str
    left: float
    top: float
    width: float
    height: float


class DetectedBox(NamedTuple):
    """An object that a model says is there; `confidence` in 0…1."""

    class_name: str
    left: float
    top: float
    width: float
    height: float
    confidence: float


type Truth = Sequence[LabelledBox]
type Answer = Sequence[DetectedBox]


def truth(label: BoxLabel, class_names: Mapping[int, str], images: Path) -> Truth:  # noqa: ARG001 - see Scoring
    """The boxes of a label."""
    return tuple(
        LabelledBox(class_names[box.class_id], box.left, box.top, box.width, box.height) for box in label.annotations
    )


def ask(model: DeployedModel, picture: Path, parameters: Mapping[str, str]) -> Answer:
    """The objects found."""
    answer = model.api.infer(model.project, picture, parameters)
    assert isinstance(answer, Detections)
    return tuple(map(detected_box, answer.predictions))


def detected_box(found: Detection) -> DetectedBox:
    """By its corner and its size."""
    return DetectedBox(found.class_name, found.x1, found.y1, found.x2 - found.x1, found.y2 - found.y1, found.confidence)


def score(truths: Sequence[Truth], answers: Sequence[Answer]) -> Score:
    """The average precision at `OVERLAP` of one answer per picture.

    The answers must hold unsure detections too (`WHOLE`), or the curve is cut off.

    Raises:
        ValueError: not as many answers as truths, or no object anywhere.
    """
    classes = sorted({box.class_name for truth in truths for box in truth})
    if len(truths) != len(answers) or not classes:
        raise ValueError(f"{len(answers)} answers to {len(truths)} pictures with {len(classes)} classes")
    ids = {name: number for number, name in enumerate(classes, start=1)}  # COCO's ids begin at 1
    detections = list(_results(answers, ids))
    if not detections:
        return Score(METRIC, 0.0, dict.fromkeys(classes, 0.0), {})
    with contextlib.redirect_stdout(io.StringIO()):  # pycocotools prints its progress
        labels = _labels(truths, ids)
        evaluation = COCOeval(labels, labels.loadRes(detections), "bbox")
        evaluation.params.iouThrs = np.array([OVERLAP])
        evaluation.params.maxDets = [MOST_DETECTIONS]
        evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e10]], ["all"]
        evaluation.evaluate()
        evaluation.accumulate()
    # precision has the shape (overlaps, recalls, classes, areas, limits)
    by_class = evaluation.eval["precision"][0, :, :, 0, 0].mean(axis=0)
    return Score(METRIC, float(by_class.mean()), {name: float(by_class[ids[name] - 1]) for name in classes}, {})


def is_right(truth: Truth, answer: Answer) -> bool:
    """Whether an answer finds every object, each once and with its class, and nothing else."""
    if len(truth) != len(answer):
        return False
    left = list(answer)
    for box in truth:
        rivals = [found for found in left if found.class_name == box.class_name]
        best = max(rivals, key=lambda found: overlap(box, found), default=None)
        if best is None or overlap(box, best) < OVERLAP:
            return False
        left.remove(best)
    return True


def overlap(one: LabelledBox | DetectedBox, other: LabelledBox | DetectedBox) -> float:
    """Intersection over union, 0…1."""
    return float(coco_mask.iou(np.array([one[1:5]], float), np.array([other[1:5]], float), [0])[0, 0])


def _labels(truths: Sequence[Truth], ids: Mapping[str, int]) -> Any:
    boxes = [(image, box) for image, truth in enumerate(truths, start=1) for box in truth]
    coco = COCO()
    coco.dataset = {
        "images": [{"id": image} for image in range(1, len(truths) + 1)],
        "categories": [{"id": number, "name": name} for name, number in ids.items()],
        "annotations": [
            {"id": number, "image_id": image, "category_id": ids[box.class_name], "iscrowd": 0}
            | {"bbox": list(box[1:5]), "area": box.width * box.height}
            for number, (image, box) in enumerate(boxes, start=1)
        ],
    }
    coco.createIndex()
    return coco


def _results(answers: Sequence[Answer], ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """COCO result rows; detections of classes that no label has count for no class and are left out."""
    for image, answer in enumerate(answers, start=1):
        for box in answer:
            if box.class_name in ids:
                row = {"image_id": image, "category_id": ids[box.class_name], "score": box.confidence}
                yield row | {"bbox": list(box[1:5])}

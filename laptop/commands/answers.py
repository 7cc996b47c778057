"""The HTTP API's JSON answers, typed: a form for each task; masks may also be told as regions."""

from typing import Any

import msgspec
from labelloop.tasks import Task


class Model(msgspec.Struct, frozen=True):
    """Which model answered; `version` is its training job's name."""

    version: str
    task: Task


class _Answer(msgspec.Struct, frozen=True):
    """What every answer says; `time` in seconds."""

    time: float
    model: Model


class Detection(msgspec.Struct, frozen=True, rename={"class_name": "class"}):
    """One object in pixels; `confidence` in 0…1. `area` counts the pixels of a mask's region, and is None for a box."""

    class_name: str
    confidence: float
    x1: float
    y1: float
    x2: float
    y2: float
    area: int | None = None


class Detections(_Answer, frozen=True):
    """Objects, or regions of a mask."""

    predictions: tuple[Detection, ...]


class Segment(msgspec.Struct, frozen=True, rename={"class_name": "class"}):
    """All pixels of one class: `area` counts them, `share` is theirs of the picture, 0…1 as `confidence`."""

    class_name: str
    area: int
    share: float
    confidence: float | None = None


class Segments(msgspec.Struct, frozen=True):
    """The classes that are on a picture; the mask itself is passed over."""

    segments: tuple[Segment, ...]


class Segmentation(_Answer, frozen=True):
    """A class for every pixel."""

    predictions: Segments


class RankedClass(msgspec.Struct, frozen=True, rename={"class_name": "class"}):
    """How sure the model is of a class, 0…1; all classes together make 1."""

    class_name: str
    confidence: float


class Classification(_Answer, frozen=True):
    """Classes of which one is right, the surest first; `top` is None where none is sure enough."""

    predictions: tuple[RankedClass, ...]
    top: str | None


class Presence(msgspec.Struct, frozen=True):
    """How sure the model is that a class is there, 0…1."""

    confidence: float


class ClassSet(_Answer, frozen=True):
    """All classes, and those of them that the model says are there."""

    predictions: dict[str, Presence]
    predicted_classes: tuple[str, ...]


type Answer = Detections | Segmentation | Classification | ClassSet


class _Undecoded(_Answer, frozen=True):
    predictions: msgspec.Raw


_FORMS: dict[Task, Any] = {
    Task.OBJECT_DETECTION: Detections,
    Task.SEMANTIC_SEGMENTATION: Segmentation,
    Task.IMAGE_CLASSIFICATION: Classification,
    Task.IMAGE_CLASSIFICATION_MULTILABEL: ClassSet,
}


def read_answer(body: bytes) -> Answer:
    """An answer in the form of its model's task.

    Raises:
        msgspec.DecodeError: it is no JSON, or of another form.
    """
    undecoded = msgspec.json.decode(body, type=_Undecoded)
    task = undecoded.model.task
    told_as_regions = task is Task.SEMANTIC_SEGMENTATION and bytes(undecoded.predictions).startswith(b"[")
    answer: Answer = msgspec.json.decode(body, type=Detections if told_as_regions else _FORMS[task])
    return answer

import json
from typing import Any

import msgspec
import pytest

from laptop.commands.answers import (
    Classification,
    ClassSet,
    Detection,
    Detections,
    Presence,
    RankedClass,
    Segment,
    Segmentation,
    Segments,
    read_answer,
)
from tests.commands import answer_bodies

DETECTION = Detection("wren", 0.91, 10, 10, 20, 40)
REGION = Detection("road", 1.0, 10, 10, 20, 40, area=280)
SEGMENTS = Segments((Segment("road", 280, 0.0009), Segment("BACKGROUND", 280, 0.0009, 0.97)))
RANKED = (RankedClass("wren", 0.9), RankedClass("heron", 0.1))
PRESENCES = {"wren": Presence(0.9), "heron": Presence(0.1)}


@pytest.mark.parametrize(
    ("body", "kind", "predictions"),
    [
        (answer_bodies.BOXES, Detections, (DETECTION,)),
        (answer_bodies.REGIONS, Detections, (REGION,)),
        (answer_bodies.MASK, Segmentation, SEGMENTS),
        (answer_bodies.CLASS, Classification, RANKED),
        (answer_bodies.NO_CLASS, Classification, ()),
        (answer_bodies.CLASSES, ClassSet, PRESENCES),
    ],
)
@pytest.mark.parametrize("spaces", [None, 2])
def test_an_answer_has_the_form_of_its_task(
    body: dict[str, Any], kind: type, predictions: object, spaces: int | None
) -> None:
    answer = read_answer(json.dumps(body, indent=spaces).encode())
    assert type(answer) is kind
    assert answer.predictions == predictions
    assert (answer.time, answer.model.version) == (0.06, "birds-1-1")


def test_what_is_predicted_is_told_beside_all_classes() -> None:
    one, several = (read_answer(json.dumps(body).encode()) for body in (answer_bodies.CLASS, answer_bodies.CLASSES))
    assert isinstance(one, Classification)
    assert isinstance(several, ClassSet)
    assert (one.top, several.predicted_classes) == ("wren", ("wren",))


@pytest.mark.parametrize(
    "body",
    [
        b"<h1>Bad Gateway</h1>",
        json.dumps(answer_bodies.body("image-classification", {"wren": 1})).encode(),
        json.dumps(answer_bodies.body("text-classification", [])).encode(),
        b"{}",
    ],
)
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        read_answer(body)

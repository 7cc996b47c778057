import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.classes import ClassSet, SingleClass
from labelloop.errors import MalformedPrediction
from labelloop.palette import class_colour
from labelloop.prediction import Options, PictureSize
from PIL import Image

from tests.unit.picture_files import GREY

CLASSES = ("cat", "dog", "owl")
SIZE = PictureSize(40, 20)
KINDS = pytest.mark.parametrize("kind", [SingleClass, ClassSet])


def told(prediction: SingleClass | ClassSet, **options: Any) -> Any:
    return prediction.selected(Options(**{"confidence": 0.0} | options)).to_json(SIZE, CLASSES, "01J")


@KINDS
@pytest.mark.parametrize(
    "body", [b"[0.25, 0.75, 0]", b'{"prediction": [0.25, 0.75, 0.0]}', b'{"prediction": [0.25, 0.75, 0.0]}\n']
)
def test_both_forms_of_the_answer_are_read(kind: type[SingleClass | ClassSet], body: bytes) -> None:
    assert kind.from_built_in(body).probabilities == (0.25, 0.75, 0.0)


@KINDS
@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"0.5", b'{"predictions": [0.5]}', b'[["0.5"]]', b'{"prediction": null}', b"[0.5", b"[NaN]"]
)
def test_other_answers_are_malformed(kind: type[SingleClass | ClassSet], body: bytes) -> None:
    with pytest.raises(MalformedPrediction, match="did not answer with probabilities"):
        kind.from_built_in(body)


@given(st.binary())
def test_any_bytes_are_an_answer_or_malformed(body: bytes) -> None:
    with contextlib.suppress(MalformedPrediction):
        assert isinstance(SingleClass.from_built_in(body).probabilities, tuple)


@KINDS
@pytest.mark.parametrize(
    ("probabilities", "says"),
    [
        ([0.5, 0.5], "a model with 3 classes answered 2 probabilities"),
        ([0.2, 0.2, 0.2, 0.4], "a model with 3 classes answered 4 probabilities"),
        ([], "a model with 3 classes answered 0 probabilities"),
        ([0.5, -0.5, 1], "answered 1.0 as a probability|answered -0.5"),
        ([0.5, 1.5, 0], "answered 1.5 as a probability"),
    ],
)
def test_probabilities_must_be_those_of_the_models_classes(
    kind: type[SingleClass | ClassSet], probabilities: list[float], says: str
) -> None:
    with pytest.raises(MalformedPrediction, match=says):
        kind.from_built_in(json.dumps(probabilities).encode()).check(3, SIZE)


def test_a_softmax_adds_up_to_one_and_sigmoids_need_not() -> None:
    SingleClass((0.2, 0.5, 0.3)).check(3, SIZE)
    SingleClass((0.333, 0.333, 0.333)).check(3, SIZE)
    ClassSet((0.9, 0.8, 0.7)).check(3, SIZE)
    with pytest.raises(MalformedPrediction, match=r"add up to 2\.4000; those of one class among 3 make 1"):
        SingleClass((0.9, 0.8, 0.7)).check(3, SIZE)


def test_one_class_is_told_as_roboflow_does() -> None:
    assert told(SingleClass((0.2, 0.7, 0.1))) == {
        "predictions": [
            {"class": "dog", "class_id": 1, "confidence": 0.7},
            {"class": "cat", "class_id": 0, "confidence": 0.2},
            {"class": "owl", "class_id": 2, "confidence": 0.1},
        ],
        "top": "dog",
        "confidence": 0.7,
    }


@pytest.mark.parametrize(
    ("options", "names", "top"),
    [
        ({"max_detections": 1}, ["dog"], "dog"),
        ({"confidence": 0.2}, ["dog", "cat"], "dog"),
        ({"class_ids": frozenset({0, 2})}, ["cat", "owl"], "cat"),
        ({"confidence": 0.8}, [], None),
    ],
)
def test_a_client_gets_the_classes_it_asked_for(options: dict[str, Any], names: list[str], top: str | None) -> None:
    answer = told(SingleClass((0.2, 0.7, 0.1)), **options)
    assert [one["class"] for one in answer["predictions"]] == names
    assert (answer["top"], answer["confidence"] is None) == (top, top is None)


def test_several_classes_are_told_as_roboflow_does() -> None:
    assert told(ClassSet((0.9123456, 0.1, 0.5)), confidence=0.5) == {
        "predictions": {
            "cat": {"class_id": 0, "confidence": 0.9123},
            "owl": {"class_id": 2, "confidence": 0.5},
            "dog": {"class_id": 1, "confidence": 0.1},
        },
        "predicted_classes": ["cat", "owl"],
    }


def test_classes_not_asked_for_are_neither_told_nor_predicted() -> None:
    answer = told(ClassSet((0.9, 0.8, 0.7)), confidence=0.75, class_ids=frozenset({1, 2}))
    assert (list(answer["predictions"]), answer["predicted_classes"]) == (["dog", "owl"], ["dog"])


@pytest.mark.parametrize(
    ("prediction", "count"),
    [(SingleClass((0.2, 0.7, 0.1)), 1), (ClassSet((0.9, 0.39, 0.41)), 2), (ClassSet((0.1, 0.1, 0.1)), 0)],
)
def test_it_counts_the_classes_that_are_sure_enough(prediction: SingleClass | ClassSet, count: int) -> None:
    assert len(prediction) == count


@KINDS
def test_the_classes_are_written_below_the_picture(kind: type[SingleClass | ClassSet]) -> None:
    picture = Image.new("RGB", (400, 400), GREY)
    drawn = kind((0.2, 0.7, 0.1)).selected(Options(confidence=0.15)).draw(picture, CLASSES)
    assert drawn.crop((0, 0, 400, 400)).getcolors() == [(400 * 400, GREY)]
    below = {colour for _, colour in drawn.crop((0, 400, *drawn.size)).getcolors(99_999) or []}
    assert {class_colour(0), class_colour(1)} <= below
    assert class_colour(2) not in below

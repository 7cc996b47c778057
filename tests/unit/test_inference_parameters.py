from typing import Any

import pytest
from labelloop.errors import InvalidParameter
from labelloop.inference_parameters import OFFERED, Parameters
from labelloop.prediction import Options
from labelloop.tasks import Task

CLASSES = ("circle", "square", "2", "left, right", "STOP sign")


def read(task: Task = Task.OBJECT_DETECTION, /, **given: Any) -> Parameters:
    return Parameters.from_given(given, task, CLASSES)


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ({}, Options(0.4, 0.5, 300)),
        ({"confidence": "0.25"}, Options(0.25, 0.5, 300)),
        ({"confidence": "0"}, Options(0, 0.5, 300)),
        ({"confidence": "1e-3"}, Options(0.001, 0.5, 300)),
        # from 1 on: percent, as Roboflow's clients send it
        ({"confidence": "1"}, Options(0.01, 0.5, 300)),
        ({"confidence": "55"}, Options(0.55, 0.5, 300)),
        ({"confidence": "100"}, Options(1, 0.5, 300)),
        ({"iou": "0.3"}, Options(0.4, 0.3, 300)),
        ({"max_detections": "1"}, Options(0.4, 0.5, 1)),
        ({"classes": "square"}, Options(0.4, 0.5, 300, frozenset({1}))),
        ({"classes": "0, square,1"}, Options(0.4, 0.5, 300, frozenset({0, 1}))),
        ({"classes": "STOP sign"}, Options(0.4, 0.5, 300, frozenset({4}))),
        # a name before an id
        ({"classes": "2"}, Options(0.4, 0.5, 300, frozenset({2}))),
    ],
)
def test_parameters_of_the_query_string(query: dict[str, str], options: Options) -> None:
    wanted = read(**query)
    assert (wanted.options, wanted.form) == (options, "json")
    assert wanted.thresholds() == {
        "confidence": options.confidence,
        "source": "request" if "confidence" in query else "default",
        "iou": options.iou,
    }


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"confidence": "high"}, "confidence is 'high'; it must be a number."),
        ({"confidence": ""}, "confidence is ''; it must be a number."),
        ({"confidence": "-0.1"}, "confidence is -0.1; it must lie between 0 and 1, or up to 100 as percent."),
        ({"confidence": "100.5"}, "confidence is 100.5; it must lie between 0 and 1, or up to 100 as percent."),
        ({"confidence": "nan"}, "confidence is nan; it must lie between 0 and 1, or up to 100 as percent."),
        ({"confidence": "inf"}, "confidence is inf; it must lie between 0 and 1, or up to 100 as percent."),
        ({"iou": "101"}, "iou is 101; it must lie between 0 and 1."),
        ({"iou": "x"}, "iou is 'x'; it must be a number."),
        ({"max_detections": "0"}, "max_detections is 0; it must be at least 1."),
        ({"max_detections": "-5"}, "max_detections is -5; it must be at least 1."),
        ({"max_detections": "2.5"}, "max_detections is '2.5'; it must be a whole number."),
        ({"max_detections": "9" * 5000}, f"max_detections is '{'9' * 60}'; it must be a whole number."),
        ({"classes": "circle,hexagon"}, "classes: the model knows no 'hexagon'."),
        ({"classes": "5"}, "classes: the model knows no '5'."),
        ({"classes": " "}, "classes: the model is asked for no class."),
        ({"classes": "-1"}, "classes: the model knows no '-1'."),
        ({"threshold": "0.5"}, "unknown parameter 'threshold' for object-detection."),
        ({"Confidence": "0.5"}, "unknown parameter 'Confidence' for object-detection."),
    ],
)
def test_bad_parameters_are_named(query: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        read(**query)
    assert caught.value.message == message


def test_hints_name_what_there_is() -> None:
    with pytest.raises(InvalidParameter) as caught:
        read(overlap="0.5")
    assert caught.value.hint == "Known are: classes, confidence, iou, max_detections."
    with pytest.raises(InvalidParameter) as caught:
        read(classes="hexagon")
    assert caught.value.hint == "It knows: circle, square, 2, left, right, STOP sign."


SEMANTIC = Task.SEMANTIC_SEGMENTATION


@pytest.mark.parametrize(
    ("task", "given", "options", "thresholds"),
    [
        (SEMANTIC, {}, Options(confidence=0), {}),
        (SEMANTIC, {"view": "instances", "max_detections": "5"}, Options(0, 0.5, 5, view="instances"), {}),
        (SEMANTIC, {"view": "classes", "classes": "circle"}, Options(0, class_ids=frozenset({0}), view="classes"), {}),
        (SEMANTIC, {"confidence_mask": "true"}, Options(0, confidence_mask=True), {}),
        (SEMANTIC, {"confidence_mask": "1"}, Options(0, confidence_mask=True), {}),
        (SEMANTIC, {"confidence_mask": True}, Options(0, confidence_mask=True), {}),
        (SEMANTIC, {"confidence_mask": "False"}, Options(0), {}),
        (SEMANTIC, {"confidence_mask": False}, Options(0), {}),
        (Task.IMAGE_CLASSIFICATION, {}, Options(0), {"confidence": 0.0, "source": "default"}),
        (Task.IMAGE_CLASSIFICATION, {"confidence": 0.7, "max_detections": 1}, Options(0.7, 0.5, 1),
         {"confidence": 0.7, "source": "request"}),
        (Task.IMAGE_CLASSIFICATION_MULTILABEL, {}, Options(0.5), {"confidence": 0.5, "source": "default"}),
        (Task.IMAGE_CLASSIFICATION_MULTILABEL, {"confidence": "30"}, Options(0.3),
         {"confidence": 0.3, "source": "request"}),
    ],
)  # fmt: skip
def test_every_task_has_its_own_parameters_and_defaults(
    task: Task, given: dict[str, Any], options: Options, thresholds: dict[str, Any]
) -> None:
    wanted = read(task, **given)
    assert (wanted.options, wanted.thresholds()) == (options, thresholds)


def test_a_mask_may_be_wanted_as_a_file() -> None:
    assert [read(SEMANTIC, **given).form for given in ({}, {"format": "json"}, {"format": "png"})] == [
        "json", "json", "png",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"view": "panoptic"}, "view is 'panoptic'; it must be one of semantic, classes, instances."),
        ({"format": "tiff"}, "format is 'tiff'; it must be one of json, png."),
        ({"confidence_mask": "yes"}, "confidence_mask is 'yes'; it must be true or false."),
        ({"confidence": "0.5"}, "unknown parameter 'confidence' for semantic-segmentation."),
    ],
)
def test_bad_parameters_of_masks_are_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        read(SEMANTIC, **given)
    assert caught.value.message == message


@pytest.mark.parametrize("task", Task)
def test_every_task_offers_parameters(task: Task) -> None:
    assert "classes" in OFFERED[task].names

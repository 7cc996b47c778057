"""Labels of whole pictures: one class, or all that apply."""

import json
import re
from typing import Any

import pytest
from labelloop.errors import InvalidLabel, UnreadableManifest
from labelloop.labels import Classes, Json
from labelloop.labels.classes import ClassLabel, ClassListLabel
from labelloop.manifest import Line, Metadata

from tests.unit.factories import class_line, class_list_line

CLASSES = Classes({0: 0, 1: 1, 8: 2}, ["person", "bicycle", "clothing"])
# The metadata of AWS's page, https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
DOG: Json = {"class-name": "dog", "confidence": 0.0, "type": "groundtruth/image-classification"}
TAGGED: Json = {
    "job-name": "labeling-job/labels",
    "class-map": {"1": "bicycle", "0": "person", "8": "clothing"},
    "human-annotated": "yes",
    "creation-date": "2020-02-27T21:36:25.000201",
    "confidence-map": {"1": 0.95, "0": 0.77, "8": 0.2},
    "type": "groundtruth/image-classification-multilabel",
}


def _line(values: Json) -> Line:
    return Line.from_json(7, json.dumps(values).encode())


def _metadata(line: Line, attribute: str) -> Metadata:
    metadata = line.metadata(attribute)
    assert metadata is not None
    return metadata


def _one(value: Any, **metadata: Any) -> tuple[ClassLabel, dict[int, str]]:
    """A label as it is read from a line, with the names that the line gives."""
    line = _line(class_line(1, value, **metadata))
    found = _metadata(line, "species")
    label = ClassLabel.from_line(line, "species", found)
    return label, dict(label.class_names(line, found))


def _several(value: Any, **metadata: Any) -> tuple[ClassListLabel, dict[int, str]]:
    line = _line(class_list_line(1, **metadata) | {"tags": value})
    found = _metadata(line, "tags")
    label = ClassListLabel.from_line(line, "tags", found)
    return label, dict(label.class_names(line, found))


@pytest.mark.parametrize(("value", "class_id"), [(0, 0), ("0", 0), ("12", 12), (3.0, 3)])
def test_a_class_is_a_number_or_the_string_of_one(value: Any, class_id: int) -> None:
    label, names = _one(value, class_name="dog")
    assert (label.class_id, label.class_ids, names) == (class_id, (class_id,), {class_id: "dog"})


def test_a_class_may_be_without_a_name() -> None:
    """Its labeling job's categories, or another line, may tell it."""
    assert _one(3, class_name=None) == (ClassLabel(3), {})


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("dog", "Expected `int`, got `str`."),
        (-1, "Expected `int` >= 0."),
        (0.5, "Expected `int`, got `float`."),
        (True, "Expected `int`, got `bool`."),
        (None, "Expected `int`, got `null`."),
        ([0], "Expected `int`, got `array`."),
    ],
)
def test_a_class_of_another_form_is_named(value: Any, complaint: str) -> None:
    with pytest.raises(UnreadableManifest, match=f"^manifest line 7, 'species': {re.escape(complaint)}$"):
        _one(value)


@pytest.mark.parametrize("metadata", [DOG, {key: value for key, value in DOG.items() if key != "class-name"}])
def test_a_dataset_has_the_new_id_as_a_number_and_the_name(metadata: Json) -> None:
    classes = Classes({5: 1}, ["cat", "dog"])
    assert ClassLabel(5).frozen(metadata, classes) == (1, DOG)


@pytest.mark.parametrize(
    ("value", "class_ids"),
    [
        ([1, 0, 8], (1, 0, 8)),
        ("[1, 0, 8]", (1, 0, 8)),
        (["1", 0, "8"], (1, 0, 8)),
        ([2, 1, 2, 2, 1], (2, 1)),
        ([], ()),
        ("[]", ()),
    ],
)
def test_classes_are_an_array_or_the_string_of_one(value: Any, class_ids: tuple[int, ...]) -> None:
    assert _several(value)[0].class_ids == class_ids


def test_the_class_map_names_the_classes() -> None:
    assert _several([1, 0], class_map={"1": "bicycle", "0": "person"})[1] == {1: "bicycle", 0: "person"}


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("person, bicycle", "JSON is malformed"),
        ("", "Input data was truncated"),
        (1, "Expected `array`, got `int`."),
        ([-1], "Expected `int` >= 0 - at `$[0]`."),
        (["person"], "Expected `int`, got `str` - at `$[0]`."),
        ([[0]], "Expected `int`, got `array` - at `$[0]`."),
        ({"0": 1}, "Expected `array`, got `object`."),
    ],
)
def test_classes_of_another_form_are_named(value: Any, complaint: str) -> None:
    with pytest.raises(UnreadableManifest, match=f"^manifest line 7, 'tags': {re.escape(complaint)}"):
        _several(value)


@pytest.mark.parametrize(
    ("metadata", "kind", "complaint"),
    [
        ({"class_map": {"dog": "dog"}}, InvalidLabel, ": the class map {'dog': 'dog'} has keys that are no ids."),
        (
            {"confidence_map": {"0": None}},
            UnreadableManifest,
            ", 'tags-metadata': Expected `float`, got `null` - at `$.confidence-map[...]`.",
        ),
    ],
)
def test_metadata_of_another_form_is_named(
    metadata: Json, kind: type[InvalidLabel | UnreadableManifest], complaint: str
) -> None:
    with pytest.raises(kind, match=f"^manifest line 7{re.escape(complaint)}$"):
        _several([0], **metadata)


def test_a_dataset_has_the_new_ids_in_list_and_maps() -> None:
    ids, metadata = ClassListLabel((1, 0, 8)).frozen(TAGGED, CLASSES)
    assert ids == [1, 0, 2]
    assert metadata == TAGGED | {
        "class-map": {"0": "person", "1": "bicycle", "2": "clothing"},
        "confidence-map": {"1": 0.95, "0": 0.77, "2": 0.2},
    }


@pytest.mark.parametrize(
    ("confidence_map", "kept"),
    [({"8": 0.2, "0": 0.77}, {"2": 0.2}), ({"9": 0.5, "x": 0.5}, {}), ({}, {})],
    ids=["of other classes", "of no classes", "none"],
)
def test_a_dataset_has_confidences_for_a_pictures_own_classes(
    confidence_map: dict[str, float], kept: dict[str, float]
) -> None:
    metadata = ClassListLabel((8,)).frozen({"confidence-map": confidence_map}, CLASSES)[1]
    assert metadata == {"class-map": {"2": "clothing"}, "confidence-map": kept}


def test_a_dataset_does_without_confidences() -> None:
    assert ClassListLabel((8,)).frozen({}, CLASSES)[1]["confidence-map"] == {}

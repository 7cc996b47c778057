"""Labels of whole pictures: one class, or all that apply."""

import json
from typing import Any

import msgspec
import pytest
from labelloop.checks import labels
from labelloop.errors import ManifestRefused
from labelloop.labels import Classes, Json
from labelloop.labels.classes import ClassLabel, ClassListLabel
from labelloop.manifest import Pointer

from tests.unit.factories import class_line, class_list_line, read_line

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


def closely(
    label_type: type[ClassLabel | ClassListLabel], values: Json
) -> tuple[ClassLabel | ClassListLabel, dict[int, str]]:
    """A label with the names that its line gives; nothing is ever noted of one."""
    attribute, line = list(values)[1], read_line(values)
    metadata = line.metadata(attribute)
    assert metadata is not None
    label = label_type.from_line(line, attribute, metadata, lambda *_: pytest.fail("noted"))
    return label, dict(label.class_names(line, metadata))


def quickly(label_type: Any, values: Json) -> tuple[ClassLabel | ClassListLabel, dict[int, str]] | None:
    """The same; None where a closer look is needed."""
    _, value, metadata = map(json.dumps, values.values())
    try:
        label = msgspec.json.decode(value, type=label_type.quick_label, strict=False)
        read = label_type.quick(label, msgspec.json.decode(metadata, type=label_type.quick_metadata, strict=False))
    except msgspec.ValidationError:
        return None
    return None if read is None else (read[0], {int(key): name for key, name in json.loads(read[1]).items()})


def refused(label_type: type[ClassLabel | ClassListLabel], values: Json) -> tuple[str, Pointer]:
    """Code and place."""
    assert quickly(label_type, values) is None
    with pytest.raises(ManifestRefused) as found:
        closely(label_type, values)
    return found.value.check.code, found.value.pointer


# ---- one class ----


@pytest.mark.parametrize(("value", "class_id"), [(0, 0), ("0", 0), ("12", 12), (3.0, 3)])
def test_a_class_is_a_number_or_the_string_of_one(value: Any, class_id: int) -> None:
    values = class_line(1, value, class_name="dog")
    label, names = closely(ClassLabel, values)
    assert (label.class_ids, names, label.picture_size) == ((class_id,), {class_id: "dog"}, None)
    assert quickly(ClassLabel, values) == (label, names)


def test_a_class_may_be_without_a_name() -> None:
    """Its labeling job's categories, or another line, may tell it."""
    values = class_line(1, 3, class_name=None)
    assert closely(ClassLabel, values) == (ClassLabel(3), {})
    assert quickly(ClassLabel, values) is None


@pytest.mark.parametrize("value", ["dog", -1, 0.5, True, None, [0], 10**9])
def test_a_class_of_another_form_is_refused(value: Any) -> None:
    assert refused(ClassLabel, class_line(1, value)) == (labels.LABEL_MALFORMED.code, ("species",))


def test_a_class_is_the_label_and_its_name_stands_beside() -> None:
    assert (ClassLabel(3).place_of(3), ClassLabel.name_place(3)) == ((), ("class-name",))


@pytest.mark.parametrize("metadata", [DOG, {key: value for key, value in DOG.items() if key != "class-name"}])
def test_a_dataset_has_the_new_id_as_a_number_and_the_name(metadata: Json) -> None:
    classes = Classes({5: 1}, ["cat", "dog"])
    assert ClassLabel(5).frozen(metadata, classes) == (1, DOG)


# ---- all that apply ----


@pytest.mark.parametrize(
    ("value", "class_ids"),
    [
        ([1, 0, 8], (1, 0, 8)),
        (["1", 0, "8"], (1, 0, 8)),
        ([2, 1, 2, 2, 1], (2, 1)),
    ],
)
def test_classes_are_an_array(value: Any, class_ids: tuple[int, ...]) -> None:
    values = class_list_line(1, 0) | {"tags": value}
    label, names = closely(ClassListLabel, values)
    assert (label.class_ids, names, label.picture_size) == (class_ids, {0: "class 0"}, None)
    assert quickly(ClassListLabel, values) == (label, names)


@pytest.mark.parametrize(("value", "class_ids"), [("[1, 0, 8]", (1, 0, 8)), ([], ()), ("[]", ())])
def test_the_text_of_an_array_and_an_empty_one_need_a_closer_look(value: Any, class_ids: tuple[int, ...]) -> None:
    values = class_list_line(1, 0) | {"tags": value}
    assert closely(ClassListLabel, values)[0].class_ids == class_ids
    assert quickly(ClassListLabel, values) is None


def test_the_class_map_names_the_classes() -> None:
    values = class_list_line(1, 1, 0, class_map={"1": "bicycle", "0": "person"})
    assert closely(ClassListLabel, values)[1] == {1: "bicycle", 0: "person"}
    assert quickly(ClassListLabel, values) == closely(ClassListLabel, values)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("person, bicycle", ()),
        ("", ()),
        (1, ()),
        ({"0": 1}, ()),
        ([-1], (0,)),
        ([1, "person"], (1,)),
        ([[0]], (0,)),
        ([0, None], (1,)),
    ],
)
def test_classes_of_another_form_are_refused(value: Any, place: Pointer) -> None:
    values = class_list_line(1, 0) | {"tags": value}
    assert refused(ClassListLabel, values) == (labels.LABEL_MALFORMED.code, ("tags", *place))


@pytest.mark.parametrize(
    "metadata",
    [
        {"class_map": {"dog": "dog"}},
        {"class_map": ["dog"]},
        {"class_map": {"0": 1}},
        {"confidence_map": {"0": "much"}},
        {"confidence_map": {"0": None}},
    ],
)
def test_metadata_of_another_form_are_refused(metadata: Json) -> None:
    code, place = refused(ClassListLabel, class_list_line(1, 0, **metadata))
    assert code == labels.METADATA_MALFORMED.code
    assert {"class-map", "confidence-map"} & set(place)


def test_the_places_of_a_class_and_of_its_name() -> None:
    label = ClassListLabel((1, 0, 8))
    assert ([label.place_of(class_id) for class_id in (1, 8)], label.name_place(8)) == (
        [(0,), (2,)],
        ("class-map", "8"),
    )


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

"""Mask labels: read, named, merged, frozen."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest
from labelloop.checks import Check, labels
from labelloop.errors import ManifestRefused
from labelloop.labels import Classes
from labelloop.labels.masks import MaskLabel
from labelloop.manifest import MaskClass, Pointer

from tests.unit.factories import Json, mask_line, read_line

ATTRIBUTE = "streets-ref"
# The line of AWS's page, https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
STREETS: Json = {
    "source-ref": "s3://b/city.jpg",
    "streets-ref": "s3://b/out/streets/annotations/consolidated-annotation/output/0_2018-10-18T22:18:13.527256.png",
    "streets-ref-metadata": {
        "internal-color-map": {
            "0": {"class-name": "BACKGROUND", "confidence": 0.9, "hex-color": "#ffffff"},
            "1": {"class-name": "buildings", "confidence": 0.9, "hex-color": "#2acf59"},
            "2": {"class-name": "road", "confidence": 0.9, "hex-color": "#f28333"},
        },
        "type": "groundtruth/semantic-segmentation",
        "human-annotated": "yes",
        "creation-date": "2018-10-18T22:18:13.527256",
        "job-name": "label-city-streets",
    },
}


KEY = "streets-ref-metadata"


def closely(values: Json) -> tuple[MaskLabel, list[tuple[Check, Pointer]]]:
    """The label, and what is noted of it."""
    noted: list[tuple[Check, Pointer]] = []

    def note(check: Check, message: str, pointer: Pointer = (), value: Any = msgspec.UNSET) -> None:
        noted.append((check, pointer))

    line = read_line(values)
    metadata = line.metadata(ATTRIBUTE)
    assert metadata is not None
    label = MaskLabel.from_line(line, ATTRIBUTE, metadata, note)
    assert label.class_names(line, metadata) == {value: entry.class_name for value, entry in label.classes.items()}
    return label, noted


def quickly(values: Json) -> tuple[MaskLabel, bytes] | None:
    """The label and its class names; None where a closer look is needed."""
    try:
        label = msgspec.json.decode(json.dumps(values[ATTRIBUTE]), type=MaskLabel.quick_label)
        metadata: Any = msgspec.json.decode(json.dumps(values[KEY]), type=MaskLabel.quick_metadata)
    except msgspec.ValidationError:
        return None
    return MaskLabel.quick(label, metadata)


def with_colours(colours: Any) -> Json:
    values = mask_line(1, 0)
    return values | {KEY: values[KEY] | {"internal-color-map": colours}}


# ---- read ----


def test_a_label_is_read_as_ground_truth_writes_it() -> None:
    label, noted = closely(STREETS)
    assert label == MaskLabel(
        STREETS["streets-ref"],
        {0: MaskClass("BACKGROUND", "#ffffff"), 1: MaskClass("buildings", "#2acf59"), 2: MaskClass("road", "#f28333")},
    )
    assert (label.class_ids, label.picture_size, noted) == ((0, 1, 2), None, [])
    found = quickly(STREETS)
    assert found is not None
    assert (found[0], json.loads(found[1])) == (label, {"0": "BACKGROUND", "1": "buildings", "2": "road"})


@pytest.mark.parametrize(("values", "class_ids"), [((255, 4, 0), (0, 4)), ((255,), ())], ids=["beside others", "alone"])
def test_the_value_of_no_class_is_none(values: Sequence[int], class_ids: tuple[int, ...]) -> None:
    line = mask_line(1, *values)
    assert closely(line)[0].class_ids == class_ids
    assert quickly(line) is None


@pytest.mark.parametrize("colours", [{"0": {"class-name": "road"}}, {"0": {"class-name": "road", "hex-color": None}}])
def test_a_class_may_be_without_a_colour(colours: Json) -> None:
    assert closely(with_colours(colours))[0].classes == {0: MaskClass("road", None)}


def test_metadata_without_ref_are_the_mask_s() -> None:
    """AWS's page on segmentation shows them so."""
    values = dict(STREETS)
    values["streets-metadata"] = values.pop(KEY)
    assert closely(values) == (closely(STREETS)[0], [(labels.METADATA_WITHOUT_REF, ("streets-metadata",))])


COLOURS = (KEY, "internal-color-map")
CAR = {"class-name": "car"}
ACCESS_POINT = "s3://arn:aws:s3:us-east-1:123456789012:accesspoint/masks/object/1.png"
REFUSED: dict[str, tuple[Json, Check, Pointer]] = {
    **{
        f"the label {label!r}": (mask_line(1, 0) | {ATTRIBUTE: label}, labels.LABEL_MALFORMED, (ATTRIBUTE,))
        for label in ("", "https://b/mask.png", "s3://bucket-alone", ACCESS_POINT, ["s3://b/mask.png"], None, 7)
    },
    "no metadata of a mask": (mask_line(1) | {KEY: {"class-map": {"1": "car"}}}, labels.METADATA_MALFORMED, (KEY,)),
    "no colours": (with_colours({}), labels.METADATA_MALFORMED, (KEY,)),
    "colours of null": (with_colours(None), labels.METADATA_MALFORMED, (KEY,)),
    "a list of colours": (with_colours([CAR]), labels.METADATA_MALFORMED, COLOURS),
    "a value beyond": (with_colours({"256": CAR, "1": CAR}), labels.METADATA_MALFORMED, (*COLOURS, "256")),
    "a value below": (with_colours({"-1": CAR}), labels.METADATA_MALFORMED, (*COLOURS, "-1")),
    **{
        f"the value {value!r}": (with_colours({value: CAR}), labels.METADATA_MALFORMED, (*COLOURS, value))
        for value in ("", "+1", "-0", " 1", "1.0", "1_0", "1e1", "\u0661", "1000000000")
    },
    "a colour for a value": (with_colours({"#ffffff": CAR}), labels.METADATA_MALFORMED, (*COLOURS, "#ffffff")),
    "a class without a name": (with_colours({"1": {"hex-color": "#fff"}}), labels.METADATA_MALFORMED, COLOURS),
    "a name for a class": (with_colours({"1": "car"}), labels.METADATA_MALFORMED, COLOURS),
}


@pytest.mark.parametrize(("values", "check", "pointer"), REFUSED.values(), ids=REFUSED)
def test_a_label_of_another_form_is_refused_with_its_place(values: Json, check: Check, pointer: Pointer) -> None:
    assert quickly(values) is None
    with pytest.raises(ManifestRefused) as refused:
        closely(values)
    assert (refused.value.check, refused.value.pointer) == (check, pointer)


def test_the_places_of_a_class_and_of_its_name() -> None:
    assert closely(STREETS)[0].place_of(1) == ()
    assert MaskLabel.name_place(1) == ("internal-color-map", "1", "class-name")


# ---- classes ----


@pytest.mark.parametrize(
    ("categories", "names"),
    [
        ([], {}),
        (["car"], {0: "BACKGROUND", 1: "car"}),
        (["car", "road"], {0: "BACKGROUND", 1: "car", 2: "road"}),
        (["BACKGROUND", "car"], {0: "BACKGROUND", 1: "car"}),
        (["car", "BACKGROUND"], {0: "BACKGROUND", 1: "car", 2: "BACKGROUND"}),
    ],
)
def test_the_categories_of_a_labeling_job_begin_after_the_background(
    categories: list[str], names: dict[int, str]
) -> None:
    assert MaskLabel.category_names(categories) == names


@pytest.mark.parametrize(
    ("names", "numbered"),
    [
        ({0: "BACKGROUND", 1: "car"}, ["BACKGROUND", "car"]),
        ({1: "car"}, ["BACKGROUND", "car"]),
        ({0: "sky", 1: "car"}, ["sky", "car"]),
        ({4: "car", 2: "road"}, ["BACKGROUND", "unused 1", "road", "unused 3", "car"]),
        ({0: "", 2: "car"}, ["BACKGROUND", "unused 1", "car"]),
        ({1: "BACKGROUND", 2: "car"}, ["unused 0", "BACKGROUND", "car"]),
        ({0: "BACKGROUND"}, ["BACKGROUND"]),
        ({}, []),
    ],
)
def test_values_keep_their_places_and_gaps_get_names(names: dict[int, str], numbered: list[str]) -> None:
    (classes,) = MaskLabel.merged([names])
    assert classes == Classes({value: value for value in names}, numbered)
    assert classes.are_kept


@pytest.mark.parametrize(
    ("names", "merged", "new_values"),
    [
        ([{0: "BACKGROUND", 1: "car"}, {1: "car", 2: "road"}], ["BACKGROUND", "car", "road"], [{}, {}]),
        ([{0: "BACKGROUND", 1: "car"}, {0: "BACKGROUND", 1: "road"}], ["BACKGROUND", "car", "road"], [{}, {1: 2}]),
        ([{1: "car", 2: "road"}, {1: "road", 2: "car"}], ["BACKGROUND", "car", "road"], [{}, {1: 2, 2: 1}]),
        ([{0: "road", 1: "car"}, {0: "BACKGROUND"}], ["BACKGROUND", "road", "car"], [{0: 1, 1: 2}, {}]),
        ([{0: "BACKGROUND", 2: "car", 5: "car"}], ["BACKGROUND", "car"], [{2: 1, 5: 1}]),
    ],
    ids=["they agree", "one value, two names", "exchanged", "background is 0", "a name twice"],
)
def test_classes_of_one_name_are_one_though_masks_have_to_be_painted_anew(
    names: list[dict[int, str]], merged: list[str], new_values: list[dict[int, int]]
) -> None:
    found = MaskLabel.merged(names)
    assert [classes.names for classes in found] == [merged] * len(names)
    changed = [{old: new for old, new in classes.new_ids.items() if old != new} for classes in found]
    assert changed == new_values
    backwards: Sequence[Mapping[int, int]] = [classes.new_ids for classes in MaskLabel.merged(names[::-1])]
    assert backwards == [classes.new_ids for classes in found[::-1]]


# ---- frozen ----


def test_a_dataset_has_the_same_mask() -> None:
    metadata = STREETS[KEY]
    classes = Classes({0: 0, 1: 1, 2: 2}, ["BACKGROUND", "buildings", "road"])
    assert closely(STREETS)[0].frozen(metadata, classes) == (STREETS["streets-ref"], metadata)


def test_a_dataset_s_colour_map_has_the_new_values_and_not_that_of_no_class() -> None:
    values = mask_line(1, 0, 1, 255)
    colours = values[KEY]["internal-color-map"]
    _, metadata = closely(values)[0].frozen(values[KEY], Classes({0: 0, 1: 3}, ["BACKGROUND", "a", "b", "class 1"]))
    assert metadata == values[KEY] | {"internal-color-map": {"0": colours["0"], "3": colours["1"]}}

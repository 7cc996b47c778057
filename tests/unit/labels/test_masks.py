"""Mask labels."""

import json
import re
from typing import Any

import pytest
from labelloop.errors import InvalidLabel, UnreadableManifest
from labelloop.labels import Classes
from labelloop.labels.masks import MaskLabel
from labelloop.manifest import Line

from tests.unit.factories import Json, mask, mask_line

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


def _label(values: Json) -> MaskLabel:
    line = Line.from_json(7, json.dumps(values).encode())
    metadata = line.metadata(ATTRIBUTE)
    assert metadata is not None
    label = MaskLabel.from_line(line, ATTRIBUTE, metadata)
    assert label.class_names(line, metadata) == label.names
    return label


def _with_colour_map(colour_map: Any) -> Json:
    return mask_line() | {"streets-ref-metadata": {"internal-color-map": colour_map}}


def test_a_label_is_read_as_ground_truth_writes_it() -> None:
    label = _label(STREETS)
    assert label == MaskLabel(STREETS["streets-ref"], {0: "BACKGROUND", 1: "buildings", 2: "road"})
    assert label.class_ids == (0, 1, 2)


def test_the_value_of_no_class_is_none() -> None:
    assert _label(mask_line(1, 255, 4, 0)).names == {0: "BACKGROUND", 4: "class 4"}
    assert _label(mask_line(1, 255)).class_ids == ()


def test_a_dataset_has_the_same_mask() -> None:
    metadata = STREETS["streets-ref-metadata"]
    assert _label(STREETS).frozen(metadata, Classes({}, [])) == (STREETS["streets-ref"], metadata)


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
        ({0: "", 1: "", 2: "car"}, ["BACKGROUND", "unused 1", "car"]),
        ({0: "BACKGROUND"}, ["BACKGROUND"]),
    ],
)
def test_values_keep_their_places_and_gaps_get_names(names: dict[int, str], numbered: list[str]) -> None:
    assert MaskLabel.numbered(names) == list(enumerate(numbered))


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("", '""'),
        ("https://b/mask.png", '"https://b/mask.png"'),
        ("s3://bucket-alone", '"s3://bucket-alone"'),
        (["s3://b/mask.png"], '["s3://b/mask.png"]'),
        (None, "null"),
        ("x" * 100, '"' + "x" * 59),
    ],
)
def test_a_label_that_is_no_s3_uri_is_shown(label: Any, shown: str) -> None:
    message = (
        f"manifest line 7: 'streets-ref' is {shown}, not the s3:// URI of a mask. "
        "Put the mask into S3 as a PNG and its URI on the line."
    )
    with pytest.raises(InvalidLabel) as refused:
        _label(mask_line(1, 0) | {"streets-ref": label})
    assert str(refused.value) == message


@pytest.mark.parametrize("metadata", [{}, {"internal-color-map": {}}, {"class-map": {"1": "car"}}])
@pytest.mark.parametrize("key", ["streets-ref-metadata", "streets-metadata"])
def test_a_mask_without_names_for_its_values_is_named(key: str, metadata: Json) -> None:
    values = {"source-ref": "s3://b/k", "streets-ref": mask(1), key: metadata}
    message = f"manifest line 7: {key!r} has no internal-color-map. Name the classes by the values of their pixels: "
    with pytest.raises(InvalidLabel, match=f"^{re.escape(message)}"):
        _label(values)


@pytest.mark.parametrize(
    ("colour_map", "kind", "complaint"),
    [
        (
            {"256": {"class-name": "car"}},
            InvalidLabel,
            ": the colour map names 256; the pixels of a mask are 0 to 255.",
        ),
        ({"car": {"class-name": "car"}}, InvalidLabel, ": the colour map {'car': 'car'} has keys that are no ids."),
        ({"-1": {"class-name": "car"}}, InvalidLabel, ": the colour map {'-1': 'car'} has keys that are no ids."),
        (
            {"1": {"hex-color": "#ffffff"}},
            UnreadableManifest,
            ", 'streets-ref-metadata': Object missing required field `class-name` - at `$.internal-color-map[...]`.",
        ),
        (
            {"1": "car"},
            UnreadableManifest,
            ", 'streets-ref-metadata': Expected `object`, got `str` - at `$.internal-color-map[...]`.",
        ),
    ],
)
def test_a_colour_map_of_another_form_is_named(
    colour_map: Json, kind: type[InvalidLabel | UnreadableManifest], complaint: str
) -> None:
    with pytest.raises(kind, match=f"^manifest line 7{re.escape(complaint)}$"):
        _label(_with_colour_map(colour_map))

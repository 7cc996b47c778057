"""The metadata beside a label, as Ground Truth writes them, and as others break them."""

from typing import Any

import pytest
from labelloop.checks import labels
from labelloop.errors import ManifestRefused
from labelloop.manifest import MaskClass, Metadata

from tests.unit.factories import Json, failed_line, line, read_line


@pytest.mark.parametrize(
    ("values", "metadata"),
    [
        ({"bb": 0}, None),
        ({"bb-metadata": None}, None),
        ({"bb-metadata": {}}, Metadata()),
        (
            {"bb-metadata": {"type": "groundtruth/object-detection", "class-map": {"0": "dog"}, "confidence": 0}},
            Metadata("groundtruth/object-detection", {"0": "dog"}),
        ),
        ({"bb-metadata": {"failure-reason": "ClientError"}}, Metadata(failure_reason="ClientError")),
        ({"bb-metadata": {"type": None, "class-map": None, "creation-date": None}}, Metadata()),
    ],
)
def test_metadata_of_an_attribute(values: Json, metadata: Metadata | None) -> None:
    assert read_line(values).metadata("bb") == metadata


@pytest.mark.parametrize(("fields", "type_"), [(None, None), (["type"], "t"), (["class-map"], "")])
def test_what_stands_in_other_fields_does_not_matter(fields: list[str] | None, type_: str | None) -> None:
    line = read_line({"bb-metadata": {"type": "t", "class-name": 7}})
    if type_ is None:
        with pytest.raises(ManifestRefused):
            line.metadata("bb", fields)
    else:
        assert line.metadata("bb", fields) == Metadata(type=type_)


@pytest.mark.parametrize(
    ("metadata", "complaint"),
    [
        ("text", "Expected `object`, got `str`"),
        ([], "Expected `object`, got `array`"),
        ({"type": 1}, "Expected `str`, got `int`"),
    ],
)
def test_metadata_of_another_form_are_refused(metadata: Any, complaint: str) -> None:
    with pytest.raises(ManifestRefused) as refused:
        read_line({"bb-metadata": metadata}).metadata("bb")
    found = refused.value
    assert (found.check, found.what, found.pointer[0]) == (labels.METADATA_MALFORMED, complaint, "bb-metadata")


def test_class_names_have_numbers_for_ids() -> None:
    metadata = Metadata(
        class_map={"0": "dog", "5": "bone"}, internal_color_map={"0": MaskClass("BACKGROUND"), "12": MaskClass("cat")}
    )
    assert metadata.class_names() == {0: "dog", 5: "bone"}
    assert metadata.mask_class_names() == {0: "BACKGROUND", 12: "cat"}


@pytest.mark.parametrize("key", ["dog", "", "-1", "+1", "1.0", " 1", "1_0", "\u0661", "1" * 10])
def test_a_class_map_with_other_ids_is_refused(key: str) -> None:
    with pytest.raises(ManifestRefused, match="which is no class id") as refused:
        Metadata(class_map={"0": "cat", key: "dog"}).class_names()
    assert refused.value.pointer[-2:] == ("class-map", key)
    with pytest.raises(ManifestRefused, match="which is no class id") as refused:
        Metadata(internal_color_map={key: MaskClass("dog")}).mask_class_names()
    assert refused.value.pointer[-2:] == ("internal-color-map", key)


# ---- metadata of masks ----

URI = "s3://b/mask.png"
OF_MASKS = {"type": "groundtruth/semantic-segmentation"}
OF_BOXES = {"type": "groundtruth/object-detection"}
OF_VERIFICATION = {"type": "groundtruth/label-verification"}
UNTYPED_FAILURE = {"failure-reason": "ClientError"}


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"streets-ref": URI, "streets-ref-metadata": OF_MASKS}, "streets-ref-metadata"),
        ({"streets-ref": URI, "streets-metadata": OF_MASKS}, "streets-metadata"),
        ({"streets-metadata": OF_MASKS | UNTYPED_FAILURE}, "streets-metadata"),
        ({"streets-metadata": UNTYPED_FAILURE}, "streets-metadata"),
        ({"streets-ref": URI, "streets-metadata": {"type": None}}, "streets-metadata"),
        ({"streets-ref": URI, "streets-ref-metadata": OF_MASKS, "streets-metadata": OF_MASKS}, "streets-ref-metadata"),
        ({"streets-ref": URI, "streets": 1, "streets-metadata": OF_MASKS}, None),
        ({"streets-ref": URI, "streets": 1, "streets-metadata": OF_BOXES}, None),
        ({"streets-ref": URI, "streets-metadata": OF_BOXES | UNTYPED_FAILURE}, None),
        ({"streets-ref": URI, "streets-metadata": OF_VERIFICATION}, None),
        ({"streets-ref": URI, "streets-metadata": "of someone else"}, None),
        ({"streets-ref": URI}, None),
    ],
    ids=[
        "regular",
        "short",
        "short, failed",
        "short, failed without a type",
        "short without a type",
        "both",
        "a label's, of masks",
        "a label's, of boxes",
        "failed boxes'",
        "failed verification's",
        "no metadata",
        "none",
    ],
)
def test_where_the_metadata_of_a_mask_stand(values: Json, key: str | None) -> None:
    """AWS's page on segmentation shows `streets-metadata` for `streets-ref`, all others `streets-ref-metadata`."""
    line = read_line(values)
    assert line.metadata_key("streets-ref") == (key or "streets-ref-metadata")
    if key is None:
        assert line.metadata("streets-ref") is None


@pytest.mark.parametrize("attribute", ["bb", "streets"])
def test_other_labels_have_one_key_for_their_metadata(attribute: str) -> None:
    both = read_line({"streets-metadata": OF_MASKS, "streets-ref-metadata": OF_MASKS, "bb-metadata": OF_BOXES})
    assert both.metadata_key(attribute) == f"{attribute}-metadata"


def test_label_attributes_of_a_line() -> None:
    boxes, failed = line(1, 0, attribute="bb"), failed_line(attribute="masks-ref")
    verified = {"verify-bb": 0, "verify-bb-metadata": {"type": "groundtruth/label-verification"}}
    others = {"photo-metadata": "May", "lens-metadata": None}
    found = dict(read_line(boxes | failed | verified | others).label_attributes())
    assert found == {
        "bb": boxes["bb-metadata"],
        "masks-ref": failed["masks-ref-metadata"],
        "verify-bb": verified["verify-bb-metadata"],
    }


@pytest.mark.parametrize(
    ("values", "attributes"),
    [
        ({"streets-ref": URI, "streets-metadata": OF_MASKS}, ["streets-ref"]),
        ({"streets-metadata": OF_MASKS}, ["streets-ref"]),
        ({"streets": 1, "streets-metadata": OF_MASKS}, ["streets"]),
        ({"streets-metadata": UNTYPED_FAILURE}, ["streets"]),
        ({"streets-ref-metadata": OF_MASKS}, ["streets-ref"]),
    ],
)
def test_metadata_of_masks_without_ref_are_those_of_the_mask(values: Json, attributes: list[str]) -> None:
    assert [attribute for attribute, _ in read_line(values).label_attributes()] == attributes

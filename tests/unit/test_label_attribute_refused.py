"""Why no labels of a manifest can be trained on."""

import pytest
from labelloop.checks import Check, labels
from labelloop.errors import ManifestRefused
from labelloop.label_attribute import AttributesSeen

from tests.unit.factories import (
    Json,
    adjusted_pair,
    failed_line,
    label_pair,
    line,
    mask_line,
    read_line,
    unlabelled_line,
)

BOXES = line(1, 0, attribute="bb")
VERIFIED = label_pair("verify-bb", "label-verification")
NEEDED = (
    "one of 'groundtruth/image-classification', 'groundtruth/image-classification-multilabel', "
    "'groundtruth/object-detection', 'groundtruth/semantic-segmentation' is needed"
)
APART = "no line has more than one, so as manifests of their own all would be used"
NO_KEY = "no line has a key that ends in '-metadata'"


REFUSED: dict[str, tuple[list[Json], str | None, Check, str]] = {
    "empty": ([], None, labels.NO_LABEL_ATTRIBUTE, NO_KEY),
    "nothing labelled": (
        [unlabelled_line()],
        None,
        labels.NO_LABEL_ATTRIBUTE,
        f"{NO_KEY}; lines have 'source-ref'",
    ),
    "other keys": (
        [{"source-ref": "s3://b/k", "label": 1}, {"image": 1}, {f"key{number}": 0 for number in range(9)}, {"a": 1}],
        None,
        labels.NO_LABEL_ATTRIBUTE,
        f"{NO_KEY}; lines have 'image', 'key0', 'key1', 'key2', 'key3', 'key4', 'label', 'source-ref'",
    ),
    "nothing labelled, one wanted": (
        [unlabelled_line()],
        "bb",
        labels.LABEL_ATTRIBUTE_NOT_FOUND,
        "'bb-metadata' is nowhere; there are labels under no attribute",
    ),
    "another wanted": (
        [BOXES | VERIFIED],
        "cats",
        labels.LABEL_ATTRIBUTE_NOT_FOUND,
        "'cats-metadata' is nowhere; there are labels under 'bb', 'verify-bb'",
    ),
    "two": (
        [BOXES | line(1, 0, attribute="newer")],
        None,
        labels.LABEL_ATTRIBUTE_AMBIGUOUS,
        "there are labels under 'bb' (1 line), 'newer' (1 line)",
    ),
    "two, on lines of their own": (
        [BOXES | VERIFIED, BOXES | failed_line(attribute="newer"), line(1, 0, attribute="newer") | VERIFIED],
        None,
        labels.LABEL_ATTRIBUTE_AMBIGUOUS,
        f"there are labels under 'bb' (2 lines), 'newer' (1 line); {APART}",
    ),
    "two, and one that adjusts either": (
        [BOXES | line(1, 0, attribute="newer") | adjusted_pair("bb2")],
        None,
        labels.LABEL_ATTRIBUTE_AMBIGUOUS,
        "there are labels under 'bb' (1 line), 'bb2' (1 line), 'newer' (1 line)",
    ),
    "adjusted labels of another task": (
        [mask_line(1, 0, 1) | adjusted_pair("bb2")],
        None,
        labels.LABEL_ATTRIBUTE_AMBIGUOUS,
        "there are labels under 'bb2' (1 line), 'streets-ref' (1 line)",
    ),
    "metadata of masks beside a label without -ref": (
        [
            {
                "streets-ref": "s3://b/mask.png",
                "streets": 1,
                "streets-metadata": {"type": "groundtruth/semantic-segmentation"},
            }
        ],
        None,
        labels.LABEL_ATTRIBUTE_NAME_REFUSED,
        "'streets': the name of an attribute for semantic-segmentation must end in '-ref'",
    ),
    "boxes under -ref": (
        [line(1, 0, attribute="bb-ref")],
        None,
        labels.LABEL_ATTRIBUTE_NAME_REFUSED,
        "'bb-ref': the name of an attribute for object-detection must not end in '-ref'",
    ),
    "masks not under -ref": (
        [label_pair("streets", "semantic-segmentation")],
        "streets",
        labels.LABEL_ATTRIBUTE_NAME_REFUSED,
        "'streets': the name of an attribute for semantic-segmentation must end in '-ref'",
    ),
    "verdicts": (
        [VERIFIED],
        None,
        labels.NO_LABEL_ATTRIBUTE,
        "the manifest has verdicts alone: 'verify-bb' of type 'groundtruth/label-verification'",
    ),
    "verdicts wanted": (
        [VERIFIED],
        "verify-bb",
        labels.UNSUPPORTED_TASK,
        f"the labels under 'verify-bb' are of type 'groundtruth/label-verification'; {NEEDED}",
    ),
    "all failed": (
        [failed_line(attribute="bb")],
        None,
        labels.NO_LABEL_ATTRIBUTE,
        "no metadata say their type: 'bb'",
    ),
    "all failed, one wanted": (
        [failed_line(attribute="bb")],
        "bb",
        labels.UNSUPPORTED_TASK,
        f"the labels under 'bb' are of type unknown; {NEEDED}",
    ),
    "a video": (
        [label_pair("frames", "video-object-tracking") | failed_line(attribute="bb")],
        None,
        labels.UNSUPPORTED_TASK,
        f"the manifest has 'bb' of type ''; 'frames' of type 'groundtruth/video-object-tracking'; {NEEDED}",
    ),
}


@pytest.mark.parametrize(("lines", "wanted", "check", "message"), REFUSED.values(), ids=REFUSED)
def test_why_no_attribute_can_be_trained_on(lines: list[Json], wanted: str | None, check: Check, message: str) -> None:
    seen = AttributesSeen()
    for each in lines:
        seen.note(read_line(each))
    with pytest.raises(ManifestRefused) as refused:
        seen.choose(wanted)
    assert (refused.value.check, refused.value.what) == (check, message)


@pytest.mark.parametrize(
    ("metadata_type", "meant"),
    [
        ("groundtruth/object_detection", "object-detection"),
        ("object-detection", "object-detection"),
        ("groundtruth/ObjectDetection", "object-detection"),
        ("groundtruth/semantic-segmentaton", "semantic-segmentation"),
        ("groundtruth/image-classification-multi-label", "image-classification-multilabel"),
        *(
            (f"groundtruth/{other}", None)
            for other in (
                "video-object-detection",
                "video-classification",
                "text-classification",
                "text-classification-multilabel",
                "label-verification",
                "3D-point-cloud-object-detection",
                "custom",
            )
        ),
    ],
)
@pytest.mark.parametrize("wanted", [None, "bb"])
def test_misspelt_types_are_told_from_unsupported_ones(metadata_type: str, meant: str | None, wanted: str) -> None:
    seen = AttributesSeen()
    seen.note(read_line(line(1, 0, attribute="bb", metadata={"type": metadata_type})))
    with pytest.raises(ManifestRefused) as refused:
        seen.choose(wanted)
    is_misspelt = refused.value.check is labels.LABEL_TYPE_MISSPELT
    assert is_misspelt == (meant is not None)
    assert refused.value.what.endswith(f"; did you mean 'groundtruth/{meant}'") == is_misspelt

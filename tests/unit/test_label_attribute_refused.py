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


REFUSED: dict[str, tuple[list[Json], str | None, Check, str]] = {
    "empty": ([], None, labels.NO_LABEL_ATTRIBUTE, "no line has a key that ends in '-metadata'"),
    "nothing labelled": (
        [unlabelled_line()],
        None,
        labels.NO_LABEL_ATTRIBUTE,
        "no line has a key that ends in '-metadata'",
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
        "there are labels under 'bb', 'newer'",
    ),
    "two, and one that adjusts either": (
        [BOXES | line(1, 0, attribute="newer") | adjusted_pair("bb2")],
        None,
        labels.LABEL_ATTRIBUTE_AMBIGUOUS,
        "there are labels under 'bb', 'bb2', 'newer'",
    ),
    "adjusted labels of another task": (
        [mask_line(1, 0, 1) | adjusted_pair("bb2")],
        None,
        labels.LABEL_ATTRIBUTE_AMBIGUOUS,
        "there are labels under 'bb2', 'streets-ref'",
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

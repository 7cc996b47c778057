"""The labels that are trained on, among all that a manifest has."""

import json
from typing import Any

import pytest
from labelloop.errors import AmbiguousLabelAttribute, LabelAttributeNotFound, ManifestError, UnsupportedTask
from labelloop.label_attribute import LabelAttribute, find_label_attribute
from labelloop.manifest import Line
from labelloop.tasks import Task

from tests.unit.factories import Json, failed_line, line, unlabelled_line

URI = "s3://b/mask.png"
OF_MASKS = {"type": "groundtruth/semantic-segmentation"}
OF_BOXES = {"type": "groundtruth/object-detection"}
OF_VERIFICATION = {"type": "groundtruth/label-verification"}
UNTYPED_FAILURE = {"failure-reason": "ClientError"}


def _lines(*values: Json) -> list[Line]:
    return [Line.from_json(number, json.dumps(each).encode()) for number, each in enumerate(values, start=1)]


def _with_metadata(name: str, kind: str | None, **others: Any) -> Json:
    return {name: 0, f"{name}-metadata": ({} if kind is None else {"type": f"groundtruth/{kind}"}) | others}


BOXES = line(1, 0, attribute="bb")
VERIFIED = _with_metadata("verify-bb", "label-verification")
MASK = _with_metadata("streets-ref", "semantic-segmentation")
SHORT_MASK = {"streets-ref": URI, "streets-metadata": OF_MASKS}
FAILED_SHORT_MASKS = [{"streets-metadata": OF_MASKS | UNTYPED_FAILURE}, {"streets-metadata": UNTYPED_FAILURE}]


@pytest.mark.parametrize(
    ("lines", "wanted", "name", "task"),
    [
        ([BOXES], None, "bb", Task.OBJECT_DETECTION),
        ([MASK], None, "streets-ref", Task.SEMANTIC_SEGMENTATION),
        ([_with_metadata("species", "image-classification")], None, "species", Task.IMAGE_CLASSIFICATION),
        ([BOXES | MASK], "bb", "bb", Task.OBJECT_DETECTION),
        ([BOXES | MASK], "streets-ref", "streets-ref", Task.SEMANTIC_SEGMENTATION),
        ([BOXES | VERIFIED], None, "bb", Task.OBJECT_DETECTION),
        ([SHORT_MASK], None, "streets-ref", Task.SEMANTIC_SEGMENTATION),
        ([SHORT_MASK], "streets-ref", "streets-ref", Task.SEMANTIC_SEGMENTATION),
        ([SHORT_MASK, MASK, SHORT_MASK | MASK], None, "streets-ref", Task.SEMANTIC_SEGMENTATION),
        ([*FAILED_SHORT_MASKS, SHORT_MASK], None, "streets-ref", Task.SEMANTIC_SEGMENTATION),
        ([failed_line(attribute="streets-ref"), MASK], None, "streets-ref", Task.SEMANTIC_SEGMENTATION),
        # VerificationSemanticSegmentation: its attribute must not end in -ref, though one page of AWS shows it so.
        ([MASK | VERIFIED], None, "streets-ref", Task.SEMANTIC_SEGMENTATION),
        (
            [MASK | _with_metadata("verify-ref", "label-verification")],
            None,
            "streets-ref",
            Task.SEMANTIC_SEGMENTATION,
        ),
        ([MASK | _with_metadata("streets", "label-verification")], None, "streets-ref", Task.SEMANTIC_SEGMENTATION),
        (
            [MASK | _with_metadata("adjusted-ref", "semantic-segmentation", **{"adjustment-status": "adjusted"})],
            "adjusted-ref",
            "adjusted-ref",
            Task.SEMANTIC_SEGMENTATION,
        ),
        ([unlabelled_line(), failed_line(attribute="bb"), BOXES], None, "bb", Task.OBJECT_DETECTION),
        (
            [BOXES | {"photo-metadata": "May", "lens-metadata": {"type": 50}}],
            None,
            "bb",
            Task.OBJECT_DETECTION,
        ),
        ([BOXES | {"photo-metadata": None, "a-metadata": {"class-map": []}}], None, "bb", Task.OBJECT_DETECTION),
    ],
    ids=[
        "boxes",
        "masks",
        "classes",
        "wanted boxes",
        "wanted masks",
        "verified boxes",
        "masks with short metadata",
        "wanted masks with short metadata",
        "masks with either metadata",
        "failed masks with short metadata",
        "failed masks",
        "verified masks",
        "verified masks under -ref",
        "masks verified under their name without -ref",
        "wanted adjusted masks",
        "begins late",
        "other people's metadata",
        "other people's stranger metadata",
    ],
)
def test_the_attribute_to_train_on_is_found(lines: list[Json], wanted: str | None, name: str, task: Task) -> None:
    found = find_label_attribute(_lines(*lines), wanted)
    assert (found.name, found.task) == (name, task)


@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        (None, "the only attribute whose metadata has a type to train on"),
        ("bb", "named by the labeling job or project.json"),
    ],
)
def test_the_rule_by_which_it_was_found_is_kept(wanted: str | None, rule: str) -> None:
    found = find_label_attribute(_lines(BOXES), wanted)
    assert found == LabelAttribute("bb", Task.OBJECT_DETECTION, rule)


ALL_TASKS = "'image-classification', 'image-classification-multilabel', 'object-detection', 'semantic-segmentation'"


@pytest.mark.parametrize(
    ("lines", "wanted", "kind", "message"),
    [
        (
            [],
            None,
            LabelAttributeNotFound,
            "no line has a key that ends in '-metadata'. Is this the labeling job's output manifest?",
        ),
        (
            [unlabelled_line()],
            None,
            LabelAttributeNotFound,
            "no line has a key that ends in '-metadata'. Is this the labeling job's output manifest?",
        ),
        (
            [unlabelled_line()],
            "bb",
            LabelAttributeNotFound,
            "no line has 'bb-metadata'. The manifest has labels under no attribute.",
        ),
        (
            [BOXES | VERIFIED],
            "cats",
            LabelAttributeNotFound,
            "no line has 'cats-metadata'. The manifest has labels under 'bb', 'verify-bb'.",
        ),
        (
            [BOXES | line(1, 0, attribute="adjusted")],
            None,
            AmbiguousLabelAttribute,
            (
                "the manifest has labels under 'adjusted', 'bb'. "
                'Name the one to train on in project.json: {"label_attribute": "…"}.'
            ),
        ),
        (
            [MASK | _with_metadata("adjusted-ref", "semantic-segmentation")],
            None,
            AmbiguousLabelAttribute,
            (
                "the manifest has labels under 'adjusted-ref', 'streets-ref'. "
                'Name the one to train on in project.json: {"label_attribute": "…"}.'
            ),
        ),
        (
            [SHORT_MASK | {"streets": 1}],
            None,
            LabelAttributeNotFound,
            "SageMaker refuses 'streets': an attribute for semantic-segmentation must end in '-ref'.",
        ),
        (
            [VERIFIED],
            None,
            UnsupportedTask,
            f"the manifest has 'verify-bb' of type 'groundtruth/label-verification'; one of {ALL_TASKS} is needed.",
        ),
        (
            [VERIFIED],
            "verify-bb",
            UnsupportedTask,
            f"the labels under 'verify-bb' are of type 'groundtruth/label-verification'; one of {ALL_TASKS} is needed.",
        ),
        (
            [failed_line(attribute="bb")],
            "bb",
            UnsupportedTask,
            f"the labels under 'bb' are of type unknown; one of {ALL_TASKS} is needed.",
        ),
        (
            [BOXES, _with_metadata("bb", "image-classification")],
            None,
            UnsupportedTask,
            (
                "the labels under 'bb' are of type 'groundtruth/image-classification', 'groundtruth/object-detection'; "
                f"one of {ALL_TASKS} is needed."
            ),
        ),
        (
            [line(1, 0, attribute="bb-ref")],
            None,
            LabelAttributeNotFound,
            "SageMaker refuses 'bb-ref': an attribute for object-detection must not end in '-ref'.",
        ),
        (
            [_with_metadata("streets", "semantic-segmentation")],
            "streets",
            LabelAttributeNotFound,
            "SageMaker refuses 'streets': an attribute for semantic-segmentation must end in '-ref'.",
        ),
    ],
    ids=[
        "empty",
        "nothing labelled",
        "nothing labelled, one wanted",
        "another wanted",
        "two",
        "two masks",
        "metadata of masks beside a label without -ref",
        "verification",
        "verification wanted",
        "all failed",
        "two types",
        "boxes under -ref",
        "masks not under -ref",
    ],
)
def test_why_no_attribute_can_be_trained_on(
    lines: list[Json], wanted: str | None, kind: type[ManifestError], message: str
) -> None:
    with pytest.raises(kind) as refused:
        find_label_attribute(_lines(*lines), wanted)
    assert str(refused.value) == message

"""Cases of the form of labels and of their metadata."""

import json
from collections.abc import Sequence
from typing import Any

from labelloop.checks import labels as checks
from labelloop.tasks import Task

from tests.unit.factories import Json
from tests.unit.preflight_corpus.case import BOXES, CLASS_LISTS, CLASSES, LINE, MASKS, Case, changed, manifest, removed

TYPES = (
    changed(
        checks.LABEL_TYPE_DIFFERS,
        "a class among boxes",
        BOXES,
        "shapes-metadata",
        "type",
        value="groundtruth/image-classification",
        example='{…, "shapes-metadata": {"type": "groundtruth/object-detection", …}}\n'
        '{…, "shapes-metadata": {"type": "groundtruth/image-classification", …}}',
        remark="The second line is left out: most lines are of the first type.",
    ),
    changed(
        checks.LABEL_TYPE_DIFFERS,
        "a video among boxes",
        BOXES,
        "shapes-metadata",
        "type",
        value="groundtruth/video-object-detection",
    ),
    removed(
        checks.LABEL_TYPE_MISSING,
        "no type",
        BOXES,
        "shapes-metadata",
        "type",
        example='{…, "shapes-metadata": {"class-map": {"0": "circle"}, …}}',
        remark="All other lines say groundtruth/object-detection, so this one is taken for it.",
    ),
)


def malformed(lines: Sequence[Json], *path: str | int, value: Any, **facts: Any) -> Case:
    """A label in which a place has a value that it cannot have."""
    name = "/".join(map(str, path)) + f" is {str(value)[:20]}"
    return changed(checks.LABEL_MALFORMED, name, lines, *path, value=value, **facts)


_ONE = json.dumps(BOXES[LINE - 1])
_BOX = ("shapes", "annotations", 1)
WRONG_VALUES: list[tuple[Sequence[Json], tuple[str | int, ...], list[Any]]] = [
    (BOXES, (*_BOX, "class_id"), [1.5, -1, None, True, 10**30]),
    (BOXES, (*_BOX, "left"), [None, "ten", [10], {}]),
    (BOXES, (*_BOX, "width"), ["nan", True]),
    (BOXES, ("shapes", "annotations"), [{}, None, "[]"]),
    (BOXES, ("shapes",), [[], 0, "s3://b/label.json"]),
    (MASKS, ("streets-ref",), ["7.png", "https://b/7.png", 7, ""]),
    (CLASSES, ("species",), ["dog", -1, 1.5, [1], True, {}, ""]),
    (CLASS_LISTS, ("tags",), [1, {"0": 1}, "dog"]),
    (CLASS_LISTS, ("tags", 1), ["dog", -1, 1.5, True, None]),
]
FORMS = (
    malformed(
        BOXES,
        *_BOX,
        "class_id",
        value="dog",
        example='{…, "shapes": {…, "annotations": [{"class_id": "dog", "left": 10, "top": 20, …}]}}',
        remark="A class_id is a number; its name stands in the metadata's class-map.",
    ),
    *(malformed(lines, *path, value=value) for lines, path, values in WRONG_VALUES for value in values),
    malformed(BOXES, "shapes", "annotations", value=[1], pointer="/shapes/annotations/0"),
    Case(
        check=checks.LABEL_MALFORMED,
        name="a list in a list in a list",
        manifest=manifest(BOXES, _ONE.replace('"left": 200', '"left": ' + "[" * 5000 + "]" * 5000)),
        pointer="/shapes/annotations/1/left",
    ),
    Case(
        check=checks.LABEL_MALFORMED,
        name="an endless number",
        manifest=manifest(BOXES, _ONE.replace('"left": 200', '"left": 1e999')),
        pointer="/shapes/annotations/1/left",
    ),
    changed(
        checks.METADATA_MALFORMED,
        "a class map that is a list",
        BOXES,
        "shapes-metadata",
        "class-map",
        value=["circle", "square"],
        example='{…, "shapes-metadata": {"class-map": ["circle", "square"], …}}',
        remark="A class map has the ids for keys.",
    ),
    changed(checks.METADATA_MALFORMED, "metadata that are a text", BOXES, "shapes-metadata", value="of circles"),
    changed(
        checks.METADATA_MALFORMED,
        "a class without a name",
        BOXES,
        "shapes-metadata",
        "class-map",
        "1",
        value=1,
        pointer="/shapes-metadata/class-map",
    ),
    changed(
        checks.METADATA_MALFORMED,
        "a class map by name",
        BOXES,
        "shapes-metadata",
        "class-map",
        value={"dog": "0"},
        pointer="/shapes-metadata/class-map/dog",
    ),
    changed(
        checks.METADATA_MALFORMED,
        "a colour map by colour",
        MASKS,
        "streets-ref-metadata",
        "internal-color-map",
        value={"#ffffff": {"class-name": "BACKGROUND"}},
        pointer="/streets-ref-metadata/internal-color-map/#ffffff",
    ),
    removed(
        checks.METADATA_MALFORMED,
        "no colour map",
        MASKS,
        "streets-ref-metadata",
        "internal-color-map",
        pointer="/streets-ref-metadata",
    ),
    changed(
        checks.METADATA_MALFORMED,
        "a colour map beyond bytes",
        MASKS,
        "streets-ref-metadata",
        "internal-color-map",
        value={"0": {"class-name": "BACKGROUND"}, "256": {"class-name": "class 1"}},
        pointer="/streets-ref-metadata/internal-color-map/256",
    ),
    Case(
        check=checks.METADATA_WITHOUT_REF,
        name="metadata as one page of AWS's shows them",
        manifest=manifest(
            [{key.replace("-ref-metadata", "-metadata"): value for key, value in each.items()} for each in MASKS]
        ),
        line=1,
        count=len(MASKS),
        pointer="/streets-metadata",
        task=Task.SEMANTIC_SEGMENTATION,
        example='{…, "streets-ref": "s3://bucket/1.png", "streets-metadata": {"internal-color-map": {…}, …}}',
        remark="AWS's page on the segmentation algorithm shows it so.",
    ),
    changed(
        checks.CONFIDENCE_MISSING,
        "fewer confidences than boxes",
        BOXES,
        "shapes-metadata",
        "objects",
        value=[{"confidence": 0}],
        example='{…, "shapes": {…, "annotations": [{…}, {…}]}, "shapes-metadata": {"objects": [{"confidence": 0}], …}}',
        remark="Each box has its own, in the same order.",
    ),
    removed(checks.CONFIDENCE_MISSING, "no confidences", BOXES, "shapes-metadata", "objects"),
)
FORM_CASES = (*TYPES, *FORMS)

"""Cases of the dataset as a whole, and of what project.json makes of it."""

import json
from typing import Any

from labelloop.checks import Check
from labelloop.checks import dataset as checks
from labelloop.tasks import Task

from tests.unit.factories import box, line, manifest_text, unlabelled_line
from tests.unit.preflight_corpus.case import BOXES, CLASS_LISTS, CLASSES, Case, edited, manifest
from tests.unit.preflight_corpus.of_labels import NEWER, OLDER, renamed

MANIFEST = manifest(BOXES)
OTHERS = [line(name, box(0), box(1, left=200)) for name in range(61, 71)]


def whole(check: Check, name: str, body: bytes, **facts: Any) -> Case:
    """A case that is about no line."""
    return Case(check=check, name=name, manifest=body, **{"line": None} | facts)


def asked(check: Check, name: str, remark: str, **hyperparameters: Any) -> Case:
    """A case in which project.json asks for what the dataset cannot give."""
    settings = {"hyperparameters": hyperparameters}
    example = f"project.json: {json.dumps(settings)}"
    return whole(check, name, MANIFEST, settings=settings, example=example, remark=remark)


SHARES = (
    whole(
        checks.TOO_MANY_INVALID_LINES,
        "13 of 60 lines",
        manifest([*["{"] * 13, *BOXES[13:]]),
        also=frozenset({"INVALID_JSON_LINE"}),
        example="13 of 60 lines: INVALID_JSON_LINE",
        remark="What was never labelled does not count as invalid.",
    ),
    whole(
        checks.MANY_LINES_LEFT_OUT,
        "13 of 60 lines not labelled",
        manifest([*map(unlabelled_line, range(13)), *BOXES[13:]]),
        also=frozenset({"NOT_LABELLED"}),
        example="13 of 60 lines: NOT_LABELLED",
        remark="A labeling job that was stopped early looks like this.",
    ),
    whole(
        checks.MANY_LINES_LEFT_OUT,
        "the first 250 lines not labelled",
        manifest([*map(unlabelled_line, range(100, 350)), *BOXES]),
        also=frozenset({"NOT_LABELLED"}),
    ),
    whole(
        checks.NOT_ENOUGH_PICTURES,
        "one picture",
        manifest(BOXES[:1]),
        also=frozenset({"CLASS_WITH_FEW_SAMPLES", "VALIDATION_LACKS_CLASS"}),
        example="1 usable line",
        remark="One picture to train with and one to validate with are the least.",
    ),
    whole(
        checks.SPLIT_SIDE_EMPTY,
        "no picture's hash is low enough",
        MANIFEST,
        settings={"validation_share": 0.001},
        also=frozenset({"VALIDATION_LACKS_CLASS"}),
        example='project.json: {"validation_share": 0.001}',
        remark="Small datasets have this too: ten pictures with a share of 0.2, one time in nine.",
    ),
)
SETTINGS = (
    asked(
        checks.BATCH_LARGER_THAN_SAMPLES, "a batch of 99", "There are fewer samples to train on.", mini_batch_size=100
    ),
    asked(
        checks.LABEL_WIDTH_TOO_SMALL,
        "room for one box",
        "Each box takes 5 numbers, and 2 come before them: two boxes need 12.",
        label_width=7,
    ),
)
MERGED = (
    whole(
        checks.TASK_DIFFERS,
        "classes into a project of boxes",
        manifest(CLASSES),
        task=Task.IMAGE_CLASSIFICATION,
        before=[MANIFEST],
        example="the project: object-detection\nthe manifest: image-classification",
        remark="Nothing of the project changes.",
    ),
    whole(
        checks.TASK_DIFFERS,
        "lists of classes into a project of classes",
        manifest(CLASS_LISTS),
        task=Task.IMAGE_CLASSIFICATION_MULTILABEL,
        before=[manifest(CLASSES)],
    ),
    Case(
        check=checks.LABEL_REPLACED,
        name="a picture is labelled again",
        manifest=manifest_text([edited(line(7, box(0)), "shapes-metadata", "creation-date", value=NEWER)]),
        line=1,
        pointer="/source-ref",
        before=[MANIFEST],
        example='before: {"source-ref": "s3://bucket/7.jpg", …, "creation-date": "2018-10-18T22:18:13"}\n'
        'now:    {"source-ref": "s3://bucket/7.jpg", …, "creation-date": "2019-01-01T00:00:00"}',
        remark="Manifests may come in any order: the newest label wins, not the newest file.",
    ),
    Case(
        check=checks.LABEL_REPLACED,
        name="an older label comes later",
        manifest=manifest_text([*OTHERS, edited(line(7, box(0)), "shapes-metadata", "creation-date", value=OLDER)]),
        line=11,
        pointer="/source-ref",
        before=[MANIFEST],
    ),
    Case(
        check=checks.LABELS_CONFLICT,
        name="another label of the same time",
        manifest=manifest_text([*OTHERS, line(7, box(0))]),
        line=11,
        pointer="/source-ref",
        before=[MANIFEST],
        example='before: {"source-ref": "s3://bucket/7.jpg", "boxes": {…}, …, "creation-date": "2018-10-18T22:18:13"}\n'
        'now:    {"source-ref": "s3://bucket/7.jpg", "boxes": {…}, …, "creation-date": "2018-10-18T22:18:13"}',
        remark="Neither is trained on, in whichever order the manifests came.",
    ),
    whole(
        checks.MANIFESTS_LAID_ASIDE,
        "another attribute is asked for than before",
        manifest_text(renamed(BOXES, "shapes", "frames")),
        settings={"label_attribute": "frames"},
        before=[MANIFEST],
        example='before: {"source-ref": …, "shapes": {…}, "shapes-metadata": {…}}\n'
        'now:    {"source-ref": …, "frames": {…}, "frames-metadata": {…}}\nproject.json: {"label_attribute": "frames"}',
        remark="Without label_attribute both would be trained on.",
    ),
)
DATASET_CASES = (*SHARES, *SETTINGS, *MERGED)

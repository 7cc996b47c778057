"""Cases of label attributes and their metadata."""

from collections.abc import Sequence
from typing import Any

from labelloop.checks import labels as checks
from labelloop.tasks import Task

from tests.unit.factories import Json, box, failed_line, labelled_line, line, mask_line, unlabelled_line
from tests.unit.preflight_corpus.case import (
    BOXES,
    CLASS_LISTS,
    LINE,
    MASKS,
    PICTURES,
    Case,
    changed,
    edited,
    manifest,
    removed,
    without,
)

OLDER, NEWER = "2018-01-01T00:00:00", "2019-01-01T00:00:00.5"
VIDEO = {"type": "groundtruth/video-object-detection"}
ADJUSTED = {"adjustment-status": "adjusted", "creation-date": NEWER}


def renamed(lines: Sequence[Json], old: str, new: str) -> list[Json]:
    """The lines with another name of their label attribute."""
    names = {old: new, f"{old}-metadata": f"{new}-metadata"}
    return [{names.get(key, key): value for key, value in each.items()} for each in lines]


def verified(label: Json, class_name: str, creation_date: str = NEWER) -> Json:
    """A line on which a verification job has judged the label."""
    facts = {"class-name": class_name, "confidence": 0.93, "creation-date": creation_date}
    verdict = labelled_line(0, "verify", 1 if class_name == "bad" else 0, "label-verification", facts)
    return label | {key: value for key, value in verdict.items() if key != "source-ref"}


def both(name: object, *boxes: Json | int, **metadata: Any) -> Json:
    """A line with the labels of two jobs: `shapes` and `others`."""
    return line(name, box(0), box(1, left=200)) | line(name, *boxes, attribute="others", metadata=metadata)


ATTRIBUTES = (
    Case(
        check=checks.NO_LABEL_ATTRIBUTE,
        name="a labeling job's input",
        manifest=manifest([unlabelled_line(name) for name in PICTURES]),
        line=None,
        example='{"source-ref": "s3://bucket/1.jpg"}',
        remark="This is the input of a labeling job.",
    ),
    Case(
        check=checks.LABEL_TYPE_MISSPELT,
        name="object_detection",
        manifest=manifest(
            [edited(each, "shapes-metadata", "type", value="groundtruth/object_detection") for each in BOXES]
        ),
        line=None,
        example='{…, "shapes-metadata": {"type": "groundtruth/object_detection", …}}',
        remark="The message says which type was meant, most likely.",
    ),
    Case(
        check=checks.LABEL_ATTRIBUTE_NOT_FOUND,
        name="a wrong name",
        manifest=manifest(BOXES),
        line=None,
        settings={"label_attribute": "shapse"},
        example='project.json: {"label_attribute": "shapse"}\n'
        'manifest:     {"source-ref": …, "shapes": {…}, "shapes-metadata": {…}}',
        remark="The names that are there are listed in the message.",
    ),
    Case(
        check=checks.LABEL_ATTRIBUTE_AMBIGUOUS,
        name="two jobs",
        manifest=manifest([both(name, 0, **{"job-name": "labeling-job/others"}) for name in PICTURES]),
        line=None,
        example='{"source-ref": …, "shapes": {…}, "shapes-metadata": {…}, "others": {…}, "others-metadata": {…}}',
        remark="Neither is an adjustment of the other.",
    ),
    Case(
        check=checks.LABEL_ATTRIBUTE_NAME_REFUSED,
        name="boxes under -ref",
        manifest=manifest(renamed(BOXES, "shapes", "shapes-ref")),
        line=None,
        example='{"source-ref": …, "shapes-ref": {"image_size": […], "annotations": […]}, "shapes-ref-metadata": {…}}',
        remark="Boxes are no object in S3, so nothing could be sent for them.",
    ),
    Case(
        check=checks.LABEL_ATTRIBUTE_NAME_REFUSED,
        name="masks without -ref",
        manifest=manifest(renamed(MASKS, "streets-ref", "streets")),
        line=None,
        task=Task.SEMANTIC_SEGMENTATION,
    ),
    *(
        Case(
            check=checks.LABEL_ATTRIBUTE_NAME_UNUSUAL,
            name=f"the name {name[:10]}",
            manifest=manifest(renamed(BOXES, "shapes", name)),
            line=None,
            example='{"source-ref": …, "my_shapes": {…}, "my_shapes-metadata": {…}}',
            remark="Tools that convert labels often write names like this.",
        )
        for name in ("my_shapes", "my.shapes", "shapes-", "s" * 128)
    ),
    *(
        Case(
            check=checks.UNSUPPORTED_TASK,
            name=f"labels of {kind}",
            manifest=manifest([labelled_line(name, "frames", f"s3://b/{name}.json", kind, {}) for name in PICTURES]),
            line=None,
            example='{"source-ref": "s3://bucket/frames.json", "clip-ref": "s3://bucket/labels.json",\n'
            ' "clip-ref-metadata": {"type": "groundtruth/video-object-detection", …}}',
            remark="The label is a file for the whole clip.",
        )
        for kind in ("video-object-detection", "point_cloud_object_tracking", "text-classification")
    ),
)
STATES = (
    Case(
        check=checks.NOT_LABELLED,
        name="a line of a job that was stopped",
        manifest=manifest(BOXES, unlabelled_line(7)),
        example='{"source-ref": "s3://bucket/1.jpg"}',
        remark="A labeling job that was stopped leaves the lines that it did not come to as they were.",
    ),
    Case(
        check=checks.LABELLING_FAILED,
        name="a line that Ground Truth failed on",
        manifest=manifest(BOXES, failed_line(7)),
        pointer="/shapes-metadata/failure-reason",
        example='{"source-ref": "s3://bucket/1.jpg", "shapes-metadata": {"failure-reason": "ClientError: …", …}}',
        remark="There are metadata, but there is no label.",
    ),
    removed(
        checks.LABEL_MISSING,
        "metadata alone",
        BOXES,
        "shapes",
        pointer="/shapes-metadata",
        example='{"source-ref": "s3://bucket/1.jpg", "shapes-metadata": {"class-map": {"0": "circle"}, …}}',
        remark="The metadata say of no failure.",
    ),
    changed(checks.LABEL_MISSING, "null for a label", BOXES, "shapes", value=None, pointer="/shapes-metadata"),
    removed(
        checks.METADATA_MISSING,
        "a label alone",
        BOXES,
        "shapes-metadata",
        pointer="/shapes",
        example='{"source-ref": "s3://bucket/1.jpg", "shapes": {"image_size": […], "annotations": […]}}',
        remark="The name of class 0 is not known from it.",
    ),
    changed(
        checks.NO_OBJECTS,
        "no boxes",
        BOXES,
        "shapes",
        "annotations",
        value=[],
        pointer="/shapes",
        manifest=manifest(BOXES, line(7)),
        example='{…, "shapes": {"image_size": […], "annotations": []}, …}',
        remark="An empty list says that somebody looked and found nothing.",
    ),
    changed(
        checks.NO_OBJECTS,
        "no classes",
        CLASS_LISTS,
        "tags",
        value=[],
        manifest=manifest(
            CLASS_LISTS, without(edited(CLASS_LISTS[LINE - 1], "tags", value=[]), "tags-metadata", "class-map")
        ),
    ),
    Case(
        check=checks.NO_OBJECTS,
        name="nothing but pixels of no class",
        manifest=manifest(MASKS, mask_line(7, 255)),
        pointer="/streets-ref",
        task=Task.SEMANTIC_SEGMENTATION,
    ),
)


def rejected(word: str, **facts: Any) -> Case:
    """A case in which a verification job said a word for one label, and good for all others."""
    lines = [verified(each, "good") for each in BOXES]
    whole = {"name": f"verified as {word}", "pointer": "/verify-metadata/class-name"} | facts
    return Case(check=checks.LABEL_REJECTED, manifest=manifest(lines, verified(BOXES[LINE - 1], word)), **whole)


CHAINED = (
    rejected(
        "bad",
        example='{…, "shapes": {…}, "shapes-metadata": {…}, "verify": "1",\n'
        ' "verify-metadata": {"class-name": "bad", "type": "groundtruth/label-verification", …}}',
        remark="Also incorrect, fail, failed, reject, rejected and wrong, in capitals or not.",
    ),
    *map(rejected, ("Incorrect", "fail", "FAILED", "reject", "Rejected", "wrong")),
    Case(
        check=checks.VERDICTS_UNCLEAR,
        name="labels of two jobs and verdicts",
        manifest=manifest([verified(both(name, 0, 1), "bad") for name in PICTURES]),
        line=None,
        settings={"label_attribute": "shapes"},
        example='{…, "shapes": {…}, "shapes-metadata": {…}, "others": {…}, "others-metadata": {…},\n'
        ' "verify": "1", "verify-metadata": {"class-name": "bad", …}}\nproject.json: {"label_attribute": "shapes"}',
        remark="The verdicts are not heeded: they may be about the other labels.",
    ),
    Case(
        check=checks.ADJUSTED_LABELS,
        name="adjusted by a second job",
        manifest=manifest([both(name, 0, 1, **ADJUSTED) for name in PICTURES]),
        line=None,
        example='{…, "shapes": {…}, "shapes-metadata": {…}, "others": {…},\n'
        ' "others-metadata": {"adjustment-status": "adjusted", …}}',
        remark="The lines without an adjusted label keep the first one.",
    ),
)
UNREADABLE_CATEGORIES = Case(
    check=checks.CATEGORIES_UNREADABLE,
    name="a comma that is not there",
    manifest=manifest(BOXES),
    line=None,
    example='{"document-version": "2018-11-28" "labels": [{"label": "circle"}, {"label": "square"}]}',
    remark="AWS's own page shows one without a comma.",
)
LABEL_CASES = (*ATTRIBUTES, *STATES, *CHAINED)

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from labelloop.labels.boxes import Box, BoxLabel, ImageSize

from laptop.demo.ground_truth import LabelingJob

# The examples of https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html, by one worker.
STAMP = {
    "human-annotated": "yes",
    "creation-date": "2018-10-18T22:18:13.527256",
    "job-name": "labeling-job/bb",
}
BOXES: dict[str, Any] = {
    "source-ref": "s3://b/img.png",
    "bb": {
        "image_size": [{"width": 500, "height": 400, "depth": 3}],
        "annotations": [
            {"class_id": 0, "left": 111, "top": 134, "width": 61, "height": 128},
            {"class_id": 5, "left": 161, "top": 250, "width": 30, "height": 30},
        ],
    },
    "bb-metadata": {
        "objects": [{"confidence": 0.0}, {"confidence": 0.0}],
        "class-map": {"0": "dog", "5": "bone"},
        "type": "groundtruth/object-detection",
    }
    | STAMP,
}
MASK_REF = "s3://b/output/bb-ref/annotations/consolidated-annotation/output/0_2018-10-18T22:18:13.527256.png"
MASK: dict[str, Any] = {
    "source-ref": "s3://b/img.png",
    "bb-ref": MASK_REF,
    "bb-ref-metadata": {
        "internal-color-map": {
            "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", "confidence": 0.0},
            "2": {"class-name": "cat", "hex-color": "#2ca02c", "confidence": 0.0},
        },
        "type": "groundtruth/semantic-segmentation",
    }
    | STAMP
    | {"job-name": "labeling-job/bb-ref"},
}
CLASS: dict[str, Any] = {
    "source-ref": "s3://b/img.png",
    "bb": "0",
    "bb-metadata": {"class-name": "dog", "confidence": 0.0, "type": "groundtruth/image-classification"} | STAMP,
}
CLASSES: dict[str, Any] = {
    "source-ref": "s3://b/img.png",
    "bb": [5, 0],
    "bb-metadata": {
        "class-map": {"0": "dog", "5": "bone"},
        "confidence-map": {"0": 0.0, "5": 0.0},
        "type": "groundtruth/image-classification-multilabel",
    }
    | STAMP,
}
LABEL = BoxLabel((ImageSize(500, 400),), (Box(0, 111, 134, 61, 128), Box(5, 161, 250, 30, 30)))
CREATED = datetime(2018, 10, 18, 22, 18, 13, 527256, UTC)
NAMES = {0: "dog", 3: "cat", 5: "bone"}
JOB, MASK_JOB = LabelingJob("bb", CREATED), LabelingJob("bb-ref", CREATED)
PICTURE = "s3://b/img.png"


def line_of(label: BoxLabel, job: LabelingJob = JOB) -> bytes:
    return job.bounding_box_line(PICTURE, label, NAMES)


@pytest.mark.parametrize(
    ("written", "example"),
    [
        (lambda: line_of(LABEL), BOXES),
        (
            lambda: MASK_JOB.mask_line(
                PICTURE, MASK_REF, {2, 0}, ("BACKGROUND", "dog", "cat"), ((255, 255, 255), (0, 0, 0), (44, 160, 44))
            ),
            MASK,
        ),
        (lambda: JOB.class_line(PICTURE, "0", "dog"), CLASS),
        (lambda: JOB.class_line(PICTURE, 0, "dog"), CLASS | {"bb": 0}),
        (lambda: JOB.class_list_line(PICTURE, [5, 0], NAMES), CLASSES),
    ],
)
def test_a_line_is_what_ground_truth_writes_byte_for_byte(
    written: Callable[[], bytes], example: dict[str, Any]
) -> None:
    # json.dumps keeps the order of keys and the difference between 0 and 0.0
    assert written() == json.dumps(example, separators=(",", ":")).encode() + b"\n"


def test_the_class_map_names_only_the_classes_of_its_line() -> None:
    line = json.loads(line_of(BoxLabel(LABEL.image_size, LABEL.annotations[1:])))
    assert line["bb-metadata"]["class-map"] == {"5": "bone"}
    assert len(line["bb-metadata"]["objects"]) == 1


def test_a_whole_second_keeps_its_microseconds() -> None:
    line = json.loads(line_of(LABEL, LabelingJob("bb", CREATED.replace(microsecond=0))))
    assert line["bb-metadata"]["creation-date"] == "2018-10-18T22:18:13.000000"

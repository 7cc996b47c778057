import json
from datetime import UTC, datetime
from typing import Any

from labelloop.labels.boxes import Box, BoxLabel, ImageSize

from laptop.demo.ground_truth import bounding_box_line

# The example of https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html, as a job of one worker writes it.
EXAMPLE: dict[str, Any] = {
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
        "human-annotated": "yes",
        "creation-date": "2018-10-18T22:18:13.527256",
        "job-name": "labeling-job/bb",
    },
}
LABEL = BoxLabel((ImageSize(500, 400),), (Box(0, 111, 134, 61, 128), Box(5, 161, 250, 30, 30)))
CREATED = datetime(2018, 10, 18, 22, 18, 13, 527256, UTC)
NAMES = {0: "dog", 3: "cat", 5: "bone"}


def line_of(label: BoxLabel, created: datetime = CREATED) -> bytes:
    return bounding_box_line("s3://b/img.png", label, NAMES, attribute="bb", created=created)


def test_a_line_is_what_ground_truth_writes_byte_for_byte() -> None:
    # json.dumps keeps the order of keys and the difference between 0 and 0.0
    assert line_of(LABEL) == json.dumps(EXAMPLE, separators=(",", ":")).encode() + b"\n"


def test_the_class_map_names_only_the_classes_of_its_line() -> None:
    line = json.loads(line_of(BoxLabel(LABEL.image_size, LABEL.annotations[1:])))
    assert line["bb-metadata"]["class-map"] == {"5": "bone"}
    assert len(line["bb-metadata"]["objects"]) == 1


def test_a_whole_second_keeps_its_microseconds() -> None:
    line = json.loads(line_of(LABEL, CREATED.replace(microsecond=0)))
    assert line["bb-metadata"]["creation-date"] == "2018-10-18T22:18:13.000000"

"""Manifest lines as a Ground Truth bounding-box job of one worker writes them.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html#sms-output-box
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from labelloop.labels.boxes import BoxLabel
from labelloop.tasks import METADATA_SUFFIX, SOURCE_REF

ONE_WORKER_CONFIDENCE = 0.0  # with one worker there is nobody to agree with


def bounding_box_line(
    source_ref: str, label: BoxLabel, class_names: Mapping[int, str], *, attribute: str, created: datetime
) -> bytes:
    """One line with its line end: the label under `attribute`, its metadata beside it.

    Args:
        source_ref: the picture's S3 URI.
        label: what a person drew on it.
        class_names: of all classes; the line's class map names only those that it shows.
        attribute: the label attribute, also the labeling job's name.
        created: written without a time zone, as Ground Truth does.
    """
    shown = sorted(set(label.class_ids))
    metadata = {
        "objects": [{"confidence": ONE_WORKER_CONFIDENCE} for _ in label.annotations],
        "class-map": {str(class_id): class_names[class_id] for class_id in shown},
        "type": "groundtruth/object-detection",
        "human-annotated": "yes",
        "creation-date": created.replace(tzinfo=None).isoformat(timespec="microseconds"),
        "job-name": f"labeling-job/{attribute}",
    }
    line = {SOURCE_REF: source_ref, attribute: label, attribute + METADATA_SUFFIX: metadata}
    return msgspec.json.encode(line) + b"\n"

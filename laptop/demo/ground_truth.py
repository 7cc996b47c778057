"""Manifest lines as Ground Truth jobs of one worker write them, a function for each task.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from labelloop.labels.boxes import BoxLabel
from labelloop.palette import Colour, hex_colour
from labelloop.tasks import METADATA_SUFFIX, SOURCE_REF, Task

ONE_WORKER_CONFIDENCE = 0.0  # with one worker there is nobody to agree with


class LabelingJob(NamedTuple):
    """What a job writes into each of its lines.

    Args:
        attribute: the label attribute, also the job's name; of masks it ends in `-ref`, of nothing else.
        created: when the labels were made; written without a time zone, as Ground Truth does.
    """

    attribute: str
    created: datetime

    @property
    def timestamp(self) -> str:
        """When the labels were made, as it stands in metadata and in the names of masks."""
        return self.created.replace(tzinfo=None).isoformat(timespec="microseconds")

    def bounding_box_line(self, source_ref: str, label: BoxLabel, class_names: Mapping[int, str]) -> bytes:
        """One line with its line end; `class_names` may name classes that the picture does not show."""
        metadata = {
            "objects": [{"confidence": ONE_WORKER_CONFIDENCE} for _ in label.annotations],
            "class-map": _class_map(label.class_ids, class_names),
        }
        return self._line(source_ref, label, metadata, Task.OBJECT_DETECTION)

    def mask_line(
        self,
        source_ref: str,
        mask_ref: str,
        class_ids: Iterable[int],
        class_names: Sequence[str],
        colours: Sequence[Colour],
    ) -> bytes:
        """One line with its line end.

        Args:
            source_ref: the picture's S3 URI.
            mask_ref: the mask's, an indexed PNG.
            class_ids: the values of its pixels.
            class_names: by pixel value; the first is BACKGROUND.
            colours: by pixel value.
        """
        colour_map = {
            str(value): {
                "class-name": class_names[value],
                "hex-color": hex_colour(colours[value]),
                "confidence": ONE_WORKER_CONFIDENCE,
            }
            for value in sorted(class_ids)
        }
        return self._line(source_ref, mask_ref, {"internal-color-map": colour_map}, Task.SEMANTIC_SEGMENTATION)

    def class_line(self, source_ref: str, class_id: int | str, class_name: str) -> bytes:
        """One line with its line end; Ground Truth writes the id as a number or as a text."""
        metadata = {"class-name": class_name, "confidence": ONE_WORKER_CONFIDENCE}
        return self._line(source_ref, class_id, metadata, Task.IMAGE_CLASSIFICATION)

    def class_list_line(self, source_ref: str, class_ids: Sequence[int], class_names: Mapping[int, str]) -> bytes:
        """One line with its line end; `class_names` may name classes that the picture does not show."""
        metadata = {
            "class-map": _class_map(class_ids, class_names),
            "confidence-map": {str(class_id): ONE_WORKER_CONFIDENCE for class_id in sorted(class_ids)},
        }
        return self._line(source_ref, class_ids, metadata, Task.IMAGE_CLASSIFICATION_MULTILABEL)

    def _line(self, source_ref: str, label: object, metadata: Mapping[str, Any], task: Task) -> bytes:
        common = {
            "type": f"groundtruth/{task}",
            "human-annotated": "yes",
            "creation-date": self.timestamp,
            "job-name": f"labeling-job/{self.attribute}",
        }
        line = {SOURCE_REF: source_ref, self.attribute: label, self.attribute + METADATA_SUFFIX: {**metadata, **common}}
        return msgspec.json.encode(line) + b"\n"


def _class_map(class_ids: Iterable[int], class_names: Mapping[int, str]) -> dict[str, str]:
    return {str(class_id): class_names[class_id] for class_id in sorted(set(class_ids))}

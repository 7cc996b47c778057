"""The tasks that labels are for, and the names that Ground Truth allows for their label attributes."""

from enum import StrEnum
from typing import Self

METADATA_SUFFIX = "-metadata"
REF_SUFFIX = "-ref"
SOURCE_REF = "source-ref"
_GROUND_TRUTH = "groundtruth/"


class Task(StrEnum):
    """What a model of the labels does; the value is Ground Truth's metadata `type` without `groundtruth/`.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
    """

    OBJECT_DETECTION = "object-detection"
    SEMANTIC_SEGMENTATION = "semantic-segmentation"
    IMAGE_CLASSIFICATION = "image-classification"
    IMAGE_CLASSIFICATION_MULTILABEL = "image-classification-multilabel"

    @classmethod
    def from_metadata_type(cls, text: str) -> Self | None:
        """The task of a metadata `type`, or None where it is none of ours."""
        name = text.removeprefix(_GROUND_TRUTH)
        return cls(name) if text.startswith(_GROUND_TRUTH) and name in cls else None

    @property
    def metadata_type(self) -> str:
        """Ground Truth's own name of it."""
        return _GROUND_TRUTH + self

    @property
    def label_is_an_object(self) -> bool:
        """Whether the label is an S3 URI, so that its attribute must end in `-ref`; all others must not.

        Source: CreateLabelingJob, LabelAttributeName.
        """
        return self is Task.SEMANTIC_SEGMENTATION

"""The lines of a manifest as samples to train on, or the reasons why they are none."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from labelloop.label_attribute import LabelAttribute
from labelloop.labels import Label
from labelloop.manifest import Line, read_lines


class LeftOut(StrEnum):
    """Why a line is not trained on."""

    NO_PICTURE = "no source-ref that is an s3:// URI"
    FAILED = "labelling failed"
    UNLABELLED = "not labelled"
    NO_OBJECTS = "no objects"


class Sample(NamedTuple):
    """A usable line."""

    line: Line
    source_ref: str
    label: Label
    class_names: Mapping[int, str]


def samples(manifest: Path, attribute: LabelAttribute, label_type: type[Label]) -> Iterator[Sample | LeftOut]:
    """Every line of a manifest as a sample, or the reason why it is none.

    Raises:
        UnreadableManifest: a label or its metadata has another form than its task's.
    """
    return (_sample(line, attribute.name, label_type) for line in read_lines(manifest))


def _sample(line: Line, attribute: str, label_type: type[Label]) -> Sample | LeftOut:
    metadata = line.metadata(attribute)
    if line.source_ref is None:
        return LeftOut.NO_PICTURE
    if metadata is not None and metadata.failure_reason is not None:
        return LeftOut.FAILED
    if attribute not in line.values or metadata is None:
        return LeftOut.UNLABELLED
    label = label_type.from_line(line, attribute, metadata)
    if not label.class_ids:
        return LeftOut.NO_OBJECTS
    return Sample(line, line.source_ref, label, label.class_names(line, metadata))

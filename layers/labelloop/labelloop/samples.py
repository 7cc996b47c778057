"""The lines of a manifest as samples to train on, or the reasons why they are none."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol, Self

from labelloop.manifest import LabelAttribute, Line, read_lines


class Label(Protocol):
    """One picture's label, as an algorithm's `label_type` decodes it."""

    @property
    def class_ids(self) -> tuple[int, ...]:
        """One for each labelled object."""
        ...

    def renumbered(self, new_ids: Mapping[int, int]) -> Self:
        """The label with other class ids."""
        ...


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
    metadata, raw = line.metadata(attribute), line.values.get(attribute)
    if line.source_ref is None:
        return LeftOut.NO_PICTURE
    if metadata is not None and metadata.failure_reason is not None:
        return LeftOut.FAILED
    if raw is None or metadata is None:
        return LeftOut.UNLABELLED
    label: Label = line.decoded(raw, label_type, attribute)
    if not label.class_ids:
        return LeftOut.NO_OBJECTS
    return Sample(line, line.source_ref, label, metadata.class_names(line.number))

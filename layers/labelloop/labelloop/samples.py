"""A manifest line as a sample to train on, or the check by which it is left out."""

from collections.abc import Collection
from functools import cache
from typing import Any

import msgspec

from labelloop.checks import Check, dataset, labels, lines
from labelloop.errors import ManifestRefused
from labelloop.label_attribute import VERIFICATION, LabelAttribute
from labelloop.labels import Label, Note
from labelloop.manifest import NULL, Line, Metadata, is_s3_uri
from labelloop.moments import moment
from labelloop.tasks import METADATA_SUFFIX, SOURCE_REF

BAD = frozenset({"bad", "fail", "failed", "incorrect", "reject", "rejected", "wrong"})  # verdicts, in small letters
# What is right as it is, but not trained on; all else that is left out is invalid.
IGNORED = frozenset(
    {
        labels.NOT_LABELLED,
        labels.LABELLING_FAILED,
        labels.NO_OBJECTS,
        labels.LABEL_REJECTED,
        lines.DUPLICATE_SOURCE_REF,
        dataset.LABEL_REPLACED,
    }
)


class Sample(msgspec.Struct, frozen=True, gc=False):
    """A line to train on.

    Attributes:
        number: of the line, from 1.
        attribute: the one that has the label.
        class_map: the names of its classes by id, a JSON object.
        created: the label's creation-date as it is written, "" where there is none.
        text: the line itself, where the reader keeps it.
    """

    number: int
    source_ref: str
    attribute: str
    label: Any
    class_map: bytes
    created: str
    text: bytes = b""


class LeftOut(msgspec.Struct, frozen=True, gc=False):
    """A line that is not trained on; one that `withdraws` says so of its picture, whatever older lines say."""

    number: int
    check: Check
    source_ref: str = ""
    created: str = ""
    withdraws: bool = False


def sample_of(line: Line, attribute: LabelAttribute, label_type: type[Label], note: Note) -> Sample | LeftOut:
    """Look at a line closely; `note` takes down what is worth knowing of it.

    Raises:
        ManifestRefused: it is left out, for the reason given.
    """
    source_ref = _source_ref(line)
    name, metadata = _labelled(line, attribute, _fields(label_type))
    _check_type(line, name, metadata, attribute, note)
    verdict = _verdict_against(line, attribute, metadata)
    if verdict is not None:
        message, pointer = verdict
        note(labels.LABEL_REJECTED, message, pointer)
        return LeftOut(line.number, labels.LABEL_REJECTED, source_ref, metadata.creation_date, withdraws=True)
    label = label_type.from_line(line, name, metadata, note)
    if not label.class_ids:
        note(labels.NO_OBJECTS, f"nothing is labelled under {name!r}", (name,), line.values[name])
        return LeftOut(line.number, labels.NO_OBJECTS, source_ref, metadata.creation_date, withdraws=True)
    return Sample(line.number, source_ref, name, label, _class_map(line, name, label, metadata), metadata.creation_date)


def _class_map(line: Line, name: str, label: Label, metadata: Metadata) -> bytes:
    try:
        return msgspec.json.encode(label.class_names(line, metadata))
    except ManifestRefused as refusal:
        raise refusal.within(line.metadata_key(name)) from refusal


def _source_ref(line: Line) -> str:
    found = line.plain(SOURCE_REF)
    if found in (None, ""):
        inline = "; it has its data inline, under 'source'" if "source" in line.values else ""
        raise ManifestRefused(lines.SOURCE_REF_MISSING, f"there is no {SOURCE_REF!r}{inline}", pointer=(SOURCE_REF,))
    if not isinstance(found, str) or not is_s3_uri(found):
        message = "it is not of the form s3://bucket/key"
        raise ManifestRefused(lines.SOURCE_REF_INVALID, message, pointer=(SOURCE_REF,), value=found)
    return found


@cache
def _fields(label_type: type[Label]) -> frozenset[str]:
    """Those of metadata that labels of a type need."""
    return frozenset(field.encode_name for field in msgspec.structs.fields(label_type.quick_metadata))


def _labelled(line: Line, attribute: LabelAttribute, fields: Collection[str]) -> tuple[str, Metadata]:
    """The first attribute that has a label on the line, the adjusted one before its originals."""
    found: dict[str, Metadata | None] = {}
    for name in (attribute.name, *attribute.originals):
        metadata = found[name] = line.metadata(name, fields)
        if _has(line, name) and metadata is not None and metadata.failure_reason is None:
            return name, metadata
    for name, absent in found.items():
        _explain_absence(line, name, absent)
    raise ManifestRefused(labels.NOT_LABELLED, f"there is no {attribute.name!r}")


def _has(line: Line, key: str) -> bool:
    return key in line.values and bytes(line.values[key]) != NULL


def _explain_absence(line: Line, name: str, metadata: Metadata | None) -> None:
    key = line.metadata_key(name)
    if metadata is not None and metadata.failure_reason is not None:
        pointer = (key, "failure-reason")
        raise ManifestRefused(
            labels.LABELLING_FAILED, "labelling failed", pointer=pointer, value=metadata.failure_reason
        )
    if metadata is not None:
        raise ManifestRefused(labels.LABEL_MISSING, f"there is {key!r}, but no {name!r}", pointer=(key,))
    if _has(line, name):
        raise ManifestRefused(labels.METADATA_MISSING, f"there is {name!r}, but no {key!r}", pointer=(name,))


def _check_type(line: Line, name: str, metadata: Metadata, attribute: LabelAttribute, note: Note) -> None:
    wanted, pointer = attribute.task.metadata_type, (line.metadata_key(name), "type")
    if not metadata.type:
        note(labels.LABEL_TYPE_MISSING, f"it is taken for {wanted}", pointer)
    elif metadata.type != wanted:
        message = f"it is {metadata.type!r}, where others are {wanted!r}"
        raise ManifestRefused(labels.LABEL_TYPE_DIFFERS, message, pointer=pointer, value=metadata.type)


def _verdict_against(line: Line, attribute: LabelAttribute, metadata: Metadata) -> tuple[str, tuple[str, str]] | None:
    """What a verification job says against a label, and where; an older verdict was about an older label."""
    for name in attribute.verdicts:
        verdict = line.metadata(name)
        if verdict is None or verdict.type != VERIFICATION or verdict.class_name is None:
            continue
        if verdict.class_name.lower() in BAD and _is_as_new(verdict.creation_date, metadata.creation_date):
            return f"{name!r} says {verdict.class_name!r}", (name + METADATA_SUFFIX, "class-name")
    return None


def _is_as_new(one: str, other: str) -> bool:
    mine, others = moment(one), moment(other)
    return not mine or not others or mine >= others

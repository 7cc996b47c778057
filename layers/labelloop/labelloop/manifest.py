"""Augmented manifest lines, as Ground Truth writes them: JSON Lines of pictures with labels and metadata.

    {"source-ref": "s3://…", "A": <label>, "A-metadata": {"type": "groundtruth/…", …}, …}

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
"""

import re
from collections.abc import Collection, Iterator
from typing import Any, Self

import msgspec

from labelloop.checks import Check, labels, lines
from labelloop.errors import ManifestRefused
from labelloop.tasks import METADATA_SUFFIX, REF_SUFFIX, SOURCE_REF, Task

# A bucket, not the ARN of an access point: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
_S3_URI = re.compile(r"s3://[A-Za-z0-9._-]+/.+", re.DOTALL)
_OF_MASKS = Task.SEMANTIC_SEGMENTATION.metadata_type
_ID = re.compile(r"[0-9]{1,9}")
_decode = msgspec.json.Decoder(float_hook=float).decode  # a number that no program holds is infinite
_PLACE = re.compile(r"\.(?P<key>[^.\[]+)|\[(?P<index>\d+)\]")

NULL = b"null"

Pointer = tuple[str | int, ...]


class MaskClass(msgspec.Struct, frozen=True, rename="kebab"):
    """An entry of a mask's `internal-color-map`; its key is the value of the class's pixels."""

    class_name: str
    hex_color: str | None = None


class Metadata(msgspec.Struct, frozen=True, rename="kebab"):
    """What stands beside a label; only the fields that are used here, each by some tasks."""

    type: str = ""
    class_map: dict[str, str] = {}
    class_name: str | None = None
    internal_color_map: dict[str, MaskClass] = {}
    failure_reason: str | None = None
    confidence_map: dict[str, float] = {}
    creation_date: str = ""
    objects: list[msgspec.Raw] | None = None

    def class_names(self) -> dict[int, str]:
        """The class map with numbers for keys.

        Raises:
            ManifestRefused: a key is no number.
        """
        return _by_id(self.class_map, "class-map")

    def mask_class_names(self) -> dict[int, str]:
        """The classes of a mask by the value of their pixels: its colour map with numbers for keys.

        Raises:
            ManifestRefused: a key is no number.
        """
        names = {key: entry.class_name for key, entry in self.internal_color_map.items()}
        return _by_id(names, "internal-color-map")


def _by_id(names: dict[str, str], key: str) -> dict[int, str]:
    for class_id in names:
        if not is_id(class_id):
            message = f"{key} has the key {class_id!r}, which is no class id"
            raise ManifestRefused(labels.METADATA_MALFORMED, message, pointer=(key, class_id), value=class_id)
    return {int(class_id): name for class_id, name in names.items()}


class Line(msgspec.Struct, frozen=True):
    """One line of a manifest; `number` counts from 1, values are undecoded JSON."""

    number: int
    values: dict[str, msgspec.Raw]

    @classmethod
    def from_json(cls, number: int, text: bytes) -> Self:
        """Parse the line's outermost object.

        Raises:
            ManifestRefused: not a JSON object in UTF-8.
        """
        try:
            # As text: what is undecoded here must not turn out to be no UTF-8 later.
            return cls(number, msgspec.json.decode(text.decode(), type=dict[str, msgspec.Raw]))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            message = "a comma follows the object" if _ends_with_comma(text) else f"{error}"
            raise ManifestRefused(lines.INVALID_JSON_LINE, message, value=text[:200], line=number) from error

    @property
    def source_ref(self) -> str | None:
        """The picture's S3 URI, or None where the line has none."""
        return self.s3_uri(SOURCE_REF)

    def s3_uri(self, key: str) -> str | None:
        """The S3 URI under a key, or None where there is none."""
        text = self.plain(key)
        return text if isinstance(text, str) and is_s3_uri(text) else None

    def plain(self, key: str) -> Any:
        """What stands under a key; None also where nothing does, or what is nested too deep."""
        try:
            return _decode(self.values[key]) if key in self.values else None
        except (msgspec.DecodeError, RecursionError):
            return None

    def metadata(self, attribute: str, fields: Collection[str] | None = None) -> Metadata | None:
        """The metadata of a label attribute, or None where the line has none; null is as good as not there.

        Args:
            attribute: of the label.
            fields: which to look at; what stands in others does not matter then.

        Raises:
            ManifestRefused: they have another form.
        """
        key = self.metadata_key(attribute)
        if bytes(self.values.get(key, NULL)) == NULL:
            return None
        entries = typed(self.values[key], dict[str, msgspec.Raw], (key,), labels.METADATA_MALFORMED)
        there = {
            name: raw for name, raw in entries.items() if bytes(raw) != NULL and (fields is None or name in fields)
        }
        found: Metadata = typed(msgspec.json.encode(there), Metadata, (key,), labels.METADATA_MALFORMED)
        return found

    def metadata_key(self, attribute: str) -> str:
        """Where a label's metadata stand: `A-metadata`, for masks `A-ref-metadata`.

        AWS's page on segmentation shows `A-metadata` for `A-ref`, so some tools write that; it is taken for the
        mask's where the line has no label `A` that it could belong to, and its type is no other task's.
        """
        key, stem = attribute + METADATA_SUFFIX, attribute.removesuffix(REF_SUFFIX)
        short = stem + METADATA_SUFFIX
        free = key not in self.values and stem not in self.values
        return short if free and self._metadata_type(short) in ("", _OF_MASKS) else key

    def label_attributes(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Label attribute and metadata of each pair on the line, failed ones included.

        A line passes on whatever keys the labeling job's input had, so not all that looks like metadata is.
        """
        for key in self.values:
            metadata = self.plain(key) if key.endswith(METADATA_SUFFIX) else None
            if isinstance(metadata, dict):
                yield self._attribute_of(key.removesuffix(METADATA_SUFFIX), str(metadata.get("type"))), metadata

    def _metadata_type(self, key: str) -> str | None:
        """The type that metadata state, "" where they state none; None where there are no metadata under the key."""
        metadata = self.plain(key)
        return str(metadata.get("type") or "") if isinstance(metadata, dict) else None

    def _attribute_of(self, stem: str, metadata_type: str) -> str:
        """The other direction of `metadata_key`."""
        of_mask = metadata_type == _OF_MASKS and not stem.endswith(REF_SUFFIX)
        return stem + REF_SUFFIX if of_mask and stem not in self.values else stem


def is_id(text: str) -> bool:
    """Whether the key of a class map is a class id."""
    return _ID.fullmatch(text) is not None


def _ends_with_comma(text: bytes) -> bool:
    """Whether a line is an object and a comma, as those of an array are."""
    try:
        msgspec.json.decode(text.removesuffix(b",").decode(), type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return text.endswith(b",")


def is_s3_uri(text: str) -> bool:
    """Whether it is of the form s3://bucket/key."""
    return _S3_URI.fullmatch(text) is not None


def typed(text: bytes | msgspec.Raw, kind: Any, place: Pointer, check: Check) -> Any:
    """JSON as a value of a type; numbers may be written as strings. `place` is where it stands on its line.

    What the type does not name is not looked at, here as where whole blocks of lines are read.

    Raises:
        ManifestRefused: it has another form; `check` is the one that failed.
    """
    try:
        return msgspec.json.decode(text, type=kind, strict=False)
    except (msgspec.DecodeError, RecursionError) as error:
        message, _, path = str(error).partition(" - at `$")
        pointer = _pointer(path.removesuffix("`"))
        raise ManifestRefused(check, message, pointer=(*place, *pointer), value=_at(text, pointer)) from error


def _pointer(path: str) -> Pointer:
    """The keys and indices of msgspec's `.annotations[3].width`, as far as it tells them: some key is `[...]`."""
    told = path.partition("[...]")[0]
    return tuple(match["key"] or int(match["index"]) for match in _PLACE.finditer(told))


def _at(text: bytes | msgspec.Raw, pointer: Pointer) -> Any:
    """The value at a place, or as near to it as there is one."""
    try:
        value = _decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text
    for part in pointer:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            break
    return value

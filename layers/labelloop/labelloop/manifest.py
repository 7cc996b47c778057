"""Augmented manifest lines, as Ground Truth writes them: JSON Lines of pictures with labels and metadata.

    {"source-ref": "s3://…", "A": <label>, "A-metadata": {"type": "groundtruth/…", …}, …}

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import msgspec

from labelloop.errors import (
    InvalidLabel,
    UnreadableManifest,
)
from labelloop.tasks import METADATA_SUFFIX, REF_SUFFIX, SOURCE_REF, Task

# Ground Truth's own limit is 100,000 characters; a character is at most four bytes of UTF-8.
LINE_LIMIT = 400_000
_S3_URI = re.compile(r"s3://[^/]+/.+", re.DOTALL)
_OF_MASKS = Task.SEMANTIC_SEGMENTATION.metadata_type
_ID = re.compile(r"[0-9]{1,9}")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class MaskClass(msgspec.Struct, frozen=True, rename="kebab"):
    """An entry of a mask's `internal-color-map`; its key is the value of the class's pixels."""

    class_name: str


class Metadata(msgspec.Struct, frozen=True, rename="kebab"):
    """What stands beside a label; only the fields that are used here, each by some tasks."""

    type: str = ""
    class_map: dict[str, str] = {}
    class_name: str | None = None
    internal_color_map: dict[str, MaskClass] = {}
    failure_reason: str | None = None
    confidence_map: dict[str, float] = {}

    def class_names(self, line_number: int) -> dict[int, str]:
        """The class map with numbers for keys.

        Raises:
            InvalidLabel: a key is no number.
        """
        return _by_id(self.class_map, f"manifest line {line_number}: the class map")

    def mask_class_names(self, line_number: int) -> dict[int, str]:
        """The classes of a mask by the value of their pixels: its colour map with numbers for keys.

        Raises:
            InvalidLabel: a key is no number.
        """
        names = {key: entry.class_name for key, entry in self.internal_color_map.items()}
        return _by_id(names, f"manifest line {line_number}: the colour map")


def _by_id(names: dict[str, str], place: str) -> dict[int, str]:
    if not all(map(_ID.fullmatch, names)):
        raise InvalidLabel(f"{place} {names} has keys that are no ids.")
    return {int(class_id): name for class_id, name in names.items()}


class Line(msgspec.Struct, frozen=True):
    """One line of a manifest; `number` counts from 1, values are undecoded JSON."""

    number: int
    values: dict[str, msgspec.Raw]

    @classmethod
    def from_json(cls, number: int, text: bytes) -> Self:
        """Parse the line's outermost object.

        Raises:
            UnreadableManifest: not a JSON object in UTF-8.
        """
        try:
            # As text: what is undecoded here must not turn out to be no UTF-8 later.
            return cls(number, msgspec.json.decode(text.decode(), type=dict[str, msgspec.Raw]))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            shown = text[:60].decode(errors="replace")
            raise UnreadableManifest(
                f"manifest line {number} is not a JSON object: {error}; it begins {shown!r}."
            ) from error

    @property
    def source_ref(self) -> str | None:
        """The picture's S3 URI, or None where the line has none."""
        return self.s3_uri(SOURCE_REF)

    def s3_uri(self, key: str) -> str | None:
        """The S3 URI under a key, or None where there is none."""
        raw = self.values.get(key)
        text: Any = None if raw is None else msgspec.json.decode(raw)
        return text if isinstance(text, str) and _S3_URI.fullmatch(text) else None

    def metadata(self, attribute: str) -> Metadata | None:
        """The metadata of a label attribute, or None where the line has none; null is as good as not there."""
        key = self.metadata_key(attribute)
        if key not in self.values:
            return None
        entries: dict[str, Any] = self.decoded(self.values[key], dict[str, Any], key)
        return self._converted({name: value for name, value in entries.items() if value is not None}, Metadata, key)

    def metadata_key(self, attribute: str) -> str:
        """Where a label's metadata stand: `A-metadata`, for masks `A-ref-metadata`.

        AWS's page on segmentation shows `A-metadata` for `A-ref`, so some tools write that; it is taken for the
        mask's where the line has no label `A` that it could belong to, and its type is no other task's.
        """
        key, stem = attribute + METADATA_SUFFIX, attribute.removesuffix(REF_SUFFIX)
        short = stem + METADATA_SUFFIX
        free = key not in self.values and stem not in self.values
        return short if free and self._metadata_type(short) in ("", _OF_MASKS) else key

    def decoded[Value](self, raw: msgspec.Raw, kind: type[Value] | Any, name: str) -> Value:
        """One value of the line as a typed one; numbers may be written as strings.

        Raises:
            UnreadableManifest: it has another form; line, name and place are named.
        """
        try:
            value = msgspec.json.decode(raw)
        except (msgspec.DecodeError, RecursionError) as error:
            raise UnreadableManifest(f"manifest line {self.number}, {name!r}: {error}.") from error
        converted: Value = self._converted(value, kind, name)
        return converted

    def _converted[Value](self, value: Any, kind: type[Value] | Any, name: str) -> Value:
        try:
            converted: Value = msgspec.convert(value, kind, strict=False)
        except msgspec.ValidationError as error:
            raise UnreadableManifest(f"manifest line {self.number}, {name!r}: {error}.") from error
        return converted

    def label_attributes(self) -> Iterator[tuple[str, str]]:
        """Label attribute and metadata type of each pair on the line, failed ones included; "" where it has no type.

        A line passes on whatever keys the labeling job's input had, so not all that looks like metadata is.
        """
        for key in self.values:
            metadata_type = self._metadata_type(key) if key.endswith(METADATA_SUFFIX) else None
            if metadata_type is not None:
                yield self._attribute_of(key.removesuffix(METADATA_SUFFIX), metadata_type), metadata_type

    def _metadata_type(self, key: str) -> str | None:
        """The type that metadata state, "" where they state none; None where there are no metadata under the key."""
        metadata: Any = msgspec.json.decode(self.values[key]) if key in self.values else None
        return str(metadata.get("type") or "") if isinstance(metadata, dict) else None

    def _attribute_of(self, stem: str, metadata_type: str) -> str:
        """The other direction of `metadata_key`."""
        of_mask = metadata_type == _OF_MASKS and not stem.endswith(REF_SUFFIX)
        return stem + REF_SUFFIX if of_mask and stem not in self.values else stem


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a local manifest, one at a time; blank ones are passed over, `\\r\\n` and a byte order mark allowed.

    Raises:
        UnreadableManifest: a line that is too long or no JSON object.
    """
    with path.open("rb") as file:
        for number, text in enumerate(iter(lambda: file.readline(LINE_LIMIT + 1), b""), start=1):
            if len(text) > LINE_LIMIT:
                raise UnreadableManifest(f"manifest line {number} is longer than {LINE_LIMIT} bytes.")
            content = text.removeprefix(_BYTE_ORDER_MARK).strip() if number == 1 else text.strip()
            if content:
                yield Line.from_json(number, content)

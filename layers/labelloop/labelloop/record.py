"""The `Record` protobuf of SageMaker's algorithms (package aialgs.data), read with numpy alone.

    Record   1 features: map<string, Value>   2 label: map<string, Value>   3 uid   4 metadata   5 configuration
    Value    one of   2 Float32Tensor   3 Float64Tensor   7 Int32Tensor   9 Bytes
    …Tensor  1 values (packed)   2 keys (packed uint64)   3 shape (packed uint64)
    Bytes    1 repeated value   2 content_type

Elements may also come unpacked and in several pieces, and entries in any order; the last entry of a key wins, as does
the last member of a Value; a message that comes twice is merged; unknown fields, and known ones of another wire type,
are skipped. Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html,
https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Buffer, Mapping
from types import MappingProxyType
from typing import Any, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from labelloop.errors import MalformedRecord
from labelloop.protobuf_wire import FIXED32, FIXED64, LENGTH_DELIMITED, VARINT, Numbers, fields, text

# Entries, byte strings and replaced members of one record, all together: objects cost many times their bytes on the
# wire. SageMaker's records have two or three.
ITEM_LIMIT = 10_000


class Tensor(msgspec.Struct, frozen=True, eq=False):
    """Numbers, and what the record says of their arrangement.

    `values` is one-dimensional, float32, float64 or int32 as the tensor's kind; `keys` (the indices of a sparse tensor)
    and `shape` are one-dimensional uint64, empty where there are none.
    """

    values: NDArray[Any]
    keys: NDArray[np.uint64]
    shape: NDArray[np.uint64]


class Bytes(msgspec.Struct, frozen=True, eq=False):
    """Byte strings, as views on the payload, and their media type, empty where there is none."""

    values: tuple[memoryview, ...]
    content_type: str


Value = Tensor | Bytes | None  # None: an entry whose value has no member


class Record(msgspec.Struct, frozen=True, eq=False):
    """One record; texts are empty where there are none."""

    features: Mapping[str, Value]
    label: Mapping[str, Value]
    uid: str
    metadata: str
    configuration: str

    @classmethod
    def from_bytes(cls, payload: Buffer) -> Self:
        """Parse a payload. Floats that came in one packed piece are views on it, aligned or not.

        Takes at most about ten times the payload's memory: numbers of one byte become numbers of eight.

        Raises:
            MalformedRecord: not a Record, text that is not UTF-8, or more than ITEM_LIMIT things in it.
        """
        return cls(**_Reader().record(memoryview(payload).cast("B")))


def _tag(number: int, wire_type: int) -> int:
    return number << 3 | wire_type


_FEATURES, _LABEL, _UID, _METADATA, _CONFIGURATION = (_tag(number, LENGTH_DELIMITED) for number in range(1, 6))
_TEXTS = {_UID: "uid", _METADATA: "metadata", _CONFIGURATION: "configuration"}
_KEY, _VALUE = _tag(1, LENGTH_DELIMITED), _tag(2, LENGTH_DELIMITED)
_BYTE_STRING, _CONTENT_TYPE = _tag(1, LENGTH_DELIMITED), _tag(2, LENGTH_DELIMITED)
_BYTES = _tag(9, LENGTH_DELIMITED)
_FLOAT32, _FLOAT64, _INT32, _UINT64 = (
    Numbers("<f4", FIXED32),
    Numbers("<f8", FIXED64),
    Numbers("<i4", VARINT),
    Numbers("<u8", VARINT),
)
_TENSORS = {_tag(2, LENGTH_DELIMITED): _FLOAT32, _tag(3, LENGTH_DELIMITED): _FLOAT64, _tag(7, LENGTH_DELIMITED): _INT32}


class _Reader:
    """Reads one record, and counts what is in it."""

    def __init__(self) -> None:
        self._items = 0

    def count(self) -> None:
        self._items += 1
        if self._items > ITEM_LIMIT:
            raise MalformedRecord(f"the record holds more than {ITEM_LIMIT} entries and byte strings")

    def record(self, message: memoryview) -> dict[str, Any]:
        maps: dict[int, dict[str, Value]] = {_FEATURES: {}, _LABEL: {}}
        texts = dict.fromkeys(_TEXTS.values(), "")
        for tag, piece in fields(message):
            if tag in maps:
                key, value = self._entry(piece)
                maps[tag][key] = value
            elif tag in _TEXTS:
                texts[_TEXTS[tag]] = text(piece)
        return {
            "features": MappingProxyType(maps[_FEATURES]),
            "label": MappingProxyType(maps[_LABEL]),
            **texts,
        }

    def _entry(self, message: memoryview) -> tuple[str, Value]:
        self.count()
        key, value = "", _Value(self)
        for tag, piece in fields(message):
            if tag == _KEY:
                key = text(piece)
            elif tag == _VALUE:
                value.merge(piece)
        return key, value.whole()


class _Value:
    """A value as its messages come in: each goes on with the member before it, or puts another in its place."""

    def __init__(self, reader: _Reader) -> None:
        self._reader = reader
        self._tag = 0
        self._member: _Tensor | _Bytes | None = None

    def merge(self, message: memoryview) -> None:
        for tag, piece in fields(message):
            if tag != _BYTES and tag not in _TENSORS:
                continue
            if self._member is None or tag != self._tag:
                self.whole()  # what is replaced has to be well formed too
                self._reader.count()
                self._tag = tag
                self._member = _Bytes(self._reader) if tag == _BYTES else _Tensor(_TENSORS[tag])
            self._member.merge(piece)

    def whole(self) -> Value:
        return None if self._member is None else self._member.whole()


class _Tensor:
    def __init__(self, kind: Numbers) -> None:
        self._columns = [_Column(kind), _Column(_UINT64), _Column(_UINT64)]
        self._by_tag = {
            _tag(number, wire_type): column
            for number, column in enumerate(self._columns, start=1)
            for wire_type in (LENGTH_DELIMITED, column.kind.wire_type)
        }

    def merge(self, message: memoryview) -> None:
        for tag, piece in fields(message):
            if column := self._by_tag.get(tag):
                column.add(piece)

    def whole(self) -> Tensor:
        return Tensor(*(column.whole() for column in self._columns))


class _Column:
    """The numbers of one repeated field: a view while they are in one piece, a copy from the second on."""

    def __init__(self, kind: Numbers) -> None:
        self.kind = kind
        self._raw: memoryview | bytearray = memoryview(b"")

    def add(self, piece: memoryview) -> None:
        self.kind.check_whole(piece)
        if not self._raw:
            self._raw = piece
            return
        if isinstance(self._raw, memoryview):
            self._raw = bytearray(self._raw)
        self._raw += piece

    def whole(self) -> NDArray[Any]:
        return self.kind.decode(self._raw)


class _Bytes:
    def __init__(self, reader: _Reader) -> None:
        self._reader = reader
        self._values: list[memoryview] = []
        self._content_type = ""

    def merge(self, message: memoryview) -> None:
        for tag, piece in fields(message):
            if tag == _BYTE_STRING:
                self._reader.count()
                self._values.append(piece)
            elif tag == _CONTENT_TYPE:
                self._content_type = text(piece)

    def whole(self) -> Bytes:
        return Bytes(tuple(self._values), self._content_type)

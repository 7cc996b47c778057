"""Reads and writes RecordIO as MXNet and SageMaker's Pipe mode write it.

    record  := magic(4) lrecord(4) payload pad        integers are little-endian
    lrecord := (cflag << 29) | length
    pad     := zero bytes up to a multiple of 4
    cflag   := 0 whole, 1 first part, 2 middle part, 3 last part

A writer cuts a payload where the magic stands at an offset divisible by four and drops those four bytes, so a reader
puts them back between the parts. Source: dmlc-core, include/dmlc/recordio.h.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from mxnet_vision.errors import ClientError

MAGIC = struct.pack("<I", 0xCED7230A)
RECORD_LIMIT = 128 * 2**20  # bytes; labelled pictures have at most 40 MB
_HEADER = struct.Struct("<4sI")
_WHOLE, _FIRST, _MIDDLE, _LAST = range(4)


class MalformedRecord(ClientError):
    """The stream is not RecordIO, or it ends inside a record."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"Unable to parse record. Please make sure input data is in correct recordio format. ({detail})"
        )


def read_records(stream: BinaryIO, limit: int = RECORD_LIMIT) -> Iterator[bytes]:
    """Payloads in order, parts joined, never more than `limit` bytes of one record in memory.

    Raises:
        MalformedRecord: no magic where a record begins, a record cut short or too long, or parts out of order.
    """
    parts: list[bytes] = []
    room = limit
    while (part := _read_part(stream, room)) is not None:
        flag, data = part
        if (flag in (_WHOLE, _FIRST)) == bool(parts):
            raise MalformedRecord(f"a part with flag {flag} out of order")
        parts.append(data)
        room -= len(data) + len(MAGIC)
        if flag in (_WHOLE, _LAST):
            yield MAGIC.join(parts)
            parts = []
            room = limit
    if parts:
        raise MalformedRecord("the stream ends between the parts of a record")


def _read_part(stream: BinaryIO, room: int) -> tuple[int, bytes] | None:
    header = stream.read(_HEADER.size)
    if not header:
        return None
    if len(header) < _HEADER.size:
        raise MalformedRecord("the stream ends inside a header")
    magic, lrecord = _HEADER.unpack(header)
    if magic != MAGIC:
        raise MalformedRecord("the header does not start with the magic number")
    flag, length = lrecord >> 29, lrecord & 0x1FFFFFFF
    if flag > _LAST:
        raise MalformedRecord(f"unknown part flag {flag}")
    if length > room:
        raise MalformedRecord(f"a record is too long: its next part has {length} bytes where {room} more are taken")
    padded = stream.read(length + -length % 4)
    if len(padded) < length + -length % 4:
        raise MalformedRecord("the stream ends inside a record")
    return flag, padded[:length]


def frame(payload: bytes) -> bytes:
    """The payload as one record, in parts where it holds the magic at an offset divisible by four."""
    parts = _cut_at_magic(payload)
    flags = [_FIRST, *[_MIDDLE] * (len(parts) - 2), _LAST] if len(parts) > 1 else [_WHOLE]
    pieces: list[bytes | memoryview] = []
    for flag, part in zip(flags, parts, strict=True):
        pieces += [_HEADER.pack(MAGIC, flag << 29 | len(part)), part, bytes(-len(part) % 4)]
    return b"".join(pieces)


def _cut_at_magic(payload: bytes) -> list[memoryview]:
    view = memoryview(payload)
    parts: list[memoryview] = []
    begin = 0
    place = payload.find(MAGIC)
    while place >= 0:
        if place % 4 == 0:
            parts.append(view[begin:place])
            begin = place + len(MAGIC)
        place = payload.find(MAGIC, place + 1 if place % 4 else begin)
    return [*parts, view[begin:]]

"""RecordIO framing, as MXNet and SageMaker's Pipe mode write it.

    record  := magic(4) lrecord(4) payload pad        all integers little-endian
    lrecord := (cflag << 29) | length
    pad     := zero bytes up to a multiple of 4
    cflag   := 0 whole · 1 first part · 2 middle part · 3 last part

The writer cuts a payload wherever the magic itself stands at an offset divisible by four and drops those four bytes;
the reader puts them back between the parts. Source: dmlc-core, include/dmlc/recordio.h.
"""

import struct
from collections.abc import Buffer, Iterator

from labelloop.errors import MalformedRecord

MAGIC = 0xCED7230A
MAGIC_BYTES = struct.pack("<I", MAGIC)
LENGTH_BITS = 29
LENGTH_LIMIT = 1 << LENGTH_BITS
WHOLE, FIRST, MIDDLE, LAST = range(4)
_HEADER = struct.Struct("<II")


def frame(payload: bytes) -> bytes:
    """The payload as one RecordIO record, in several parts where it holds the magic at an aligned offset.

    Raises:
        MalformedRecord: a payload of 2**29 bytes or more; the length field has 29 bits.
    """
    if len(payload) >= LENGTH_LIMIT:
        raise MalformedRecord(f"{len(payload)} bytes do not fit in a RecordIO record (limit {LENGTH_LIMIT - 1})")
    parts = _split_at_magic(payload)
    if len(parts) == 1:
        return _part(WHOLE, payload)
    flags = [FIRST, *[MIDDLE] * (len(parts) - 2), LAST]
    return b"".join(_part(flag, part) for flag, part in zip(flags, parts, strict=True))


def read_records(stream: Buffer) -> Iterator[memoryview]:
    """Each record of a stream held in memory, one after the other.

    A whole record is a view on the stream; only the parts of one that was cut are copied. Bytes of padding may have
    any value, but have to be there: MXNet's reader wants the same.

    Raises:
        MalformedRecord: no magic where a record begins, a part cut short, or parts out of order.
    """
    view = memoryview(stream).cast("B")
    joined: bytearray | None = None
    offset = 0
    while offset < len(view):
        flag, part, offset = _read_part(view, offset)
        if (flag in (WHOLE, FIRST)) != (joined is None):
            raise MalformedRecord(f"RecordIO part with flag {flag} out of order before byte {offset}")
        if joined is None and flag == WHOLE:
            yield part
            continue
        if joined is None:
            joined = bytearray(part)
        else:
            joined += MAGIC_BYTES
            joined += part
        if flag == LAST:
            yield memoryview(joined)
            joined = None
    if joined is not None:
        raise MalformedRecord("RecordIO stream ends inside a record of several parts")


def _split_at_magic(payload: bytes) -> list[bytes]:
    parts = []
    start = 0
    found = payload.find(MAGIC_BYTES)
    while found != -1:
        if found % 4 == 0:
            parts.append(payload[start:found])
            start = found + 4
            found = payload.find(MAGIC_BYTES, start)
        else:
            found = payload.find(MAGIC_BYTES, found + 1)
    return [*parts, payload[start:]]


def _part(flag: int, data: bytes) -> bytes:
    return _HEADER.pack(MAGIC, flag << LENGTH_BITS | len(data)) + data + bytes(-len(data) % 4)


def _read_part(view: memoryview, offset: int) -> tuple[int, memoryview, int]:
    if len(view) - offset < _HEADER.size:
        raise MalformedRecord(f"RecordIO header cut short at byte {offset}")
    magic, lrecord = _HEADER.unpack_from(view, offset)
    if magic != MAGIC:
        raise MalformedRecord(f"no RecordIO magic at byte {offset}")
    flag, length = lrecord >> LENGTH_BITS, lrecord & (LENGTH_LIMIT - 1)
    start = offset + _HEADER.size
    end = start + length + -length % 4
    if flag > LAST or end > len(view):
        raise MalformedRecord(f"RecordIO part at byte {offset} is cut short or has an unknown flag ({flag})")
    return flag, view[start : start + length], end

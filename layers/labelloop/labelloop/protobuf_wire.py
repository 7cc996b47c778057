"""The protobuf wire format: a message as its fields, and arrays of the numbers in them.

    message := (tag value)*        tag := varint of (field number << 3 | wire type)
    value   := varint (0) · 8 bytes (1) · varint length, bytes (2) · fields, end tag (3) · 4 bytes (5)

Source: https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelloop.errors import MalformedRecord

VARINT, FIXED64, LENGTH_DELIMITED, START_GROUP, END_GROUP, FIXED32 = range(6)
DEPTH_LIMIT = 100  # groups in groups; protobuf's own limit for messages in messages
_VARINT32_LIMIT, _VARINT64_LIMIT = 5, 10  # bytes: 32 and 64 bits in sevens
_TAG_LIMIT = 1 << 32
_CONTINUED = 0x80
_BLOCK = 1 << 16  # bytes of varints decoded at a time, so that what is in between stays small


def fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Tag and bytes of each field in turn: a varint's own, a length-delimited field's content, a whole group.

    Raises:
        MalformedRecord: a field cut short, groups that do not match or are too deep, a tag that no field can have.
    """
    at, end = 0, len(message)
    while at < end:
        tag, first = (message[at], at + 1) if 8 <= message[at] < _CONTINUED else _tag(message, at)
        wire_type = tag & 7
        if wire_type == VARINT and first < end and message[first] < _CONTINUED:  # one byte, as most: not worth a call
            at = first + 1
        elif wire_type == START_GROUP:
            at = _past_group(message, first, tag)
        else:
            first, at = _value(message, first, wire_type)
        yield tag, message[first:at]


def text(piece: memoryview) -> str:
    """A string field's.

    Raises:
        MalformedRecord: not UTF-8.
    """
    try:
        return str(piece, "utf-8")
    except UnicodeDecodeError as error:
        raise MalformedRecord(f"a text in the message is not UTF-8: {error}") from error


class Numbers(NamedTuple):
    """A kind of number: little-endian dtype in memory, wire type of one element; packed, elements simply follow."""

    dtype: str
    wire_type: int

    def check_whole(self, raw: memoryview) -> None:
        """Whether no element is cut short.

        Raises:
            MalformedRecord: one is.
        """
        if self.wire_type == VARINT:
            whole = not raw or raw[-1] < _CONTINUED
        else:
            whole = not len(raw) % np.dtype(self.dtype).itemsize
        if not whole:
            raise MalformedRecord(f"{len(raw)} bytes of packed numbers end inside a number")

    def decode(self, raw: memoryview | bytearray) -> NDArray[Any]:
        """The numbers of one or more whole pieces; as a view, except varints, which lose the bits that do not fit.

        Raises:
            MalformedRecord: a varint of more than ten bytes.
        """
        if self.wire_type == VARINT:
            return _varints(np.frombuffer(raw, np.uint8), self.dtype)
        return np.frombuffer(raw, self.dtype)


def _varints(data: NDArray[np.uint8], dtype: str) -> NDArray[Any]:
    numbers = np.empty(np.count_nonzero(data < _CONTINUED), dtype)
    done = at = 0
    while at < data.size:
        block, used = _varint_block(data[at : at + _BLOCK])
        numbers[done : done + block.size] = block.astype(dtype)
        done, at = done + block.size, at + used
    return numbers


def _varint_block(data: NDArray[np.uint8]) -> tuple[NDArray[np.uint64], int]:
    """The varints that end in `data`, and how many bytes they take."""
    ends = np.flatnonzero(data < _CONTINUED)
    starts = np.zeros_like(ends)
    starts[1:] = ends[:-1] + 1
    longest = int((ends - starts).max(initial=-1)) + 1
    if not 1 <= longest <= _VARINT64_LIMIT:
        raise MalformedRecord(f"a varint has more than {_VARINT64_LIMIT} bytes")
    numbers = (data[starts] & 0x7F).astype(np.uint64)
    for place in range(1, longest):
        longer = np.flatnonzero(starts + place <= ends)
        numbers[longer] |= (data[starts[longer] + place] & 0x7F).astype(np.uint64) << np.uint64(7 * place)
    return numbers, int(ends[-1]) + 1


def _tag(message: memoryview, at: int) -> tuple[int, int]:
    tag, at = _varint(message, at, _VARINT32_LIMIT)
    if not 8 <= tag < _TAG_LIMIT:
        raise MalformedRecord(f"tag {tag} is none that a field can have")
    return tag, at


def _value(message: memoryview, at: int, wire_type: int) -> tuple[int, int]:
    """Where the bytes of a value begin and end."""
    if wire_type == LENGTH_DELIMITED:
        length, at = _varint(message, at, _VARINT32_LIMIT)
        end = at + length
    elif wire_type == VARINT:
        end = _varint(message, at, _VARINT64_LIMIT)[1]
    elif wire_type in (FIXED32, FIXED64):
        end = at + (4 if wire_type == FIXED32 else 8)
    else:
        raise MalformedRecord(f"wire type {wire_type} at byte {at} of a message begins no field")
    if end > len(message):
        raise MalformedRecord(f"a field at byte {at} of a message is cut short")
    return at, end


def _past_group(message: memoryview, at: int, tag: int) -> int:
    """Where the group ends; without recursion, for depth is the sender's choice."""
    open_groups = [tag]
    while open_groups:
        tag, at = _tag(message, at)
        if tag & 7 == START_GROUP:
            open_groups.append(tag)
            if len(open_groups) > DEPTH_LIMIT:
                raise MalformedRecord(f"groups are more than {DEPTH_LIMIT} deep")
        elif tag & 7 == END_GROUP:
            if tag - END_GROUP != open_groups.pop() - START_GROUP:
                raise MalformedRecord("a group ends that did not begin")
        else:
            at = _value(message, at, tag & 7)[1]
    return at


def _varint(message: memoryview, at: int, limit: int) -> tuple[int, int]:
    """Its number and where it ends."""
    number = shift = 0
    for byte in message[at : at + limit]:
        if byte < _CONTINUED:
            return number | byte << shift, at + 1 + shift // 7
        number |= (byte & 0x7F) << shift
        shift += 7
    raise MalformedRecord(f"a varint at byte {at} of a message is cut short or has more than {limit} bytes")

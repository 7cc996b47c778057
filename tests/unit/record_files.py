"""Bodies of the Record protobuf, written by hand from its field numbers."""

import struct
from typing import Any

from labelloop.recordio import frame
from numpy.typing import NDArray


def probabilities_body(probabilities: NDArray[Any]) -> bytes:
    """What a segmentation endpoint answers: (C, H, W) probabilities as RecordIO-protobuf."""
    shape = b"".join(map(_varint, (1, *probabilities.shape)))
    target = probabilities.astype("<f4").tobytes()
    return frame(_entry("shape", _field(7, _field(1, shape))) + _entry("target", _field(2, _field(1, target))))


def _entry(name: str, value: bytes) -> bytes:
    return _field(1, _field(1, name.encode()) + _field(2, value))


def _field(number: int, content: bytes) -> bytes:
    return struct.pack("B", number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    more = bytearray()
    while number > 127:
        more.append(number & 127 | 128)
        number >>= 7
    return bytes(more) + bytes([number])

"""Bodies of the Record protobuf, written by hand from its field numbers; and what records hold, as plain data."""

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from labelloop.record import Bytes, Record, Value
from labelloop.recordio import frame
from numpy.typing import NDArray

FEATURES, LABEL, UID, METADATA, CONFIGURATION = range(1, 6)
FLOAT32, FLOAT64, INT32, BYTES = 2, 3, 7, 9
NAMES = {"<f4": "float32_tensor", "<f8": "float64_tensor", "<i4": "int32_tensor"}

# A record as plain data: a map of a value by name, where a value is None, or the name of its member and its fields.
Plain = dict[str, Any]


def varint(number: int) -> bytes:
    """Of negative numbers the 64 bits of their two's complement."""
    number &= 2**64 - 1
    more = bytearray()
    while number > 127:
        more.append(number & 127 | 128)
        number >>= 7
    return bytes(more) + bytes([number])


def varints(*numbers: int) -> bytes:
    return b"".join(map(varint, numbers))


def floats(*numbers: float) -> bytes:
    return struct.pack(f"<{len(numbers)}f", *numbers)


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def entry(name: str, value: bytes, in_map: int = FEATURES) -> bytes:
    return field(in_map, field(1, name.encode()) + field(2, value))


def shape_entry(*sides: int) -> bytes:
    return entry("shape", field(INT32, field(1, varints(*sides))))


def target_entry(values: bytes) -> bytes:
    return entry("target", field(FLOAT32, field(1, values)))


def probabilities_body(probabilities: NDArray[Any]) -> bytes:
    """What a segmentation endpoint answers: (C, H, W) probabilities as RecordIO-protobuf."""
    return frame(shape_entry(1, *probabilities.shape) + target_entry(probabilities.astype("<f4").tobytes()))


def plain(record: Record) -> Plain:
    texts = {"uid": record.uid, "metadata": record.metadata, "configuration": record.configuration}
    return {"features": _plain_map(record.features), "label": _plain_map(record.label), **texts}


def _plain_map(values: Mapping[str, Value]) -> Plain:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Value) -> tuple[str, Plain] | None:
    match value:
        case None:
            return None
        case Bytes(values, content_type):
            return "bytes", {"value": [bytes(one) for one in values], "content_type": content_type}
        case tensor:
            numbers = {name: np.asarray(getattr(tensor, name)).tolist() for name in ("values", "keys", "shape")}
            return NAMES[tensor.values.dtype.newbyteorder("<").str], numbers

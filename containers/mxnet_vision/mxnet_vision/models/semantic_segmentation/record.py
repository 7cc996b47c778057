"""Writes probabilities as one RecordIO record of an `aialgs.data.Record`, a protobuf message.

    Record        { map<string, Value> features = 1; }      a map's entries are messages { key = 1; value = 2; }
    Value         { Float32Tensor float32_tensor = 2;  Int32Tensor int32_tensor = 7; }
    ...Tensor     { repeated values = 1 [packed]; }

Source: SageMaker developer guide, "Common Data Formats - Training"; protobuf.dev, "Encoding".
"""

import numpy as np
from numpy.typing import NDArray

from mxnet_vision.recordio import frame

_FEATURES, _KEY, _VALUE, _FLOAT32, _INT32, _VALUES = 1, 1, 2, 2, 7, 1  # field numbers
_DELIMITED = 2  # the wire type of a field of so many bytes


def framed_record(probabilities: NDArray[np.float32]) -> bytes:
    """Features `shape`, int32 [1, classes, height, width], and `target`, float32, of (classes, height, width)."""
    shape = b"".join(_varint(side) for side in (1, *probabilities.shape))
    values = probabilities.astype("<f4", copy=False).tobytes()
    return frame(b"".join((*_feature(b"shape", _INT32, shape), *_feature(b"target", _FLOAT32, values))))


def _feature(name: bytes, tensor: int, packed: bytes) -> tuple[bytes, ...]:
    """One entry of the map, in pieces: what is long is not copied for each message around it."""
    pieces: tuple[bytes, ...] = (packed,)
    for field in (_VALUES, tensor, _VALUE):
        pieces = (_head(field, pieces), *pieces)
    entry = (_head(_KEY, (name,)), name, *pieces)
    return (_head(_FEATURES, entry), *entry)


def _head(field: int, content: tuple[bytes, ...]) -> bytes:
    return _varint(field << 3 | _DELIMITED) + _varint(sum(map(len, content)))


def _varint(number: int) -> bytes:
    """Seven bits in a byte, lowest first; the top bit says that more follow."""
    low = bytearray()
    while number > 0x7F:
        low.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(low) + bytes([number])

"""Reads and writes RecordIO and decodes pictures with MXNet: a pickled job in, a pickled answer out.

Runs in the container's environment. MXNet's reader cannot tell an empty record from the end of a file.
"""

import pickle
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mxnet
from mxnet.base import MXNetError
from mxnet.recordio import MXRecordIO


def write(payloads: list[bytes]) -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        writer = MXRecordIO(file.name, "w")
        for payload in payloads:
            writer.write(payload)
        writer.close()
        return Path(file.name).read_bytes()


def read(stream: bytes) -> list[bytes] | None:
    """The records, None where MXNet refuses one."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(stream)
        reader = MXRecordIO(file.name, "r")
        try:
            return list(iter(reader.read, None))
        except MXNetError:
            return None
        finally:
            reader.close()


def decode(picture: bytes) -> tuple[tuple[int, ...], bytes] | None:
    """Height, width and channels, and the values; None where MXNet refuses it."""
    try:
        pixels = mxnet.image.imdecode(picture).asnumpy()
    except MXNetError:
        return None
    return pixels.shape, pixels.tobytes()


WORK: dict[str, Callable[[Any], Any]] = {"write": write, "read": read, "decode": decode}

if __name__ == "__main__":
    job, items = pickle.load(sys.stdin.buffer)
    pickle.dump([WORK[job](item) for item in items], sys.stdout.buffer)

"""Reads and writes records with Google's protobuf and the SDK's `Record`: a pickled job in, a pickled answer out.

Runs in an environment of its own. See `oracle.py` for the jobs.
"""

import io
import pickle
import sys
from collections.abc import Callable
from typing import Any

from tests.oracles import sdk

sdk.load()

from google.protobuf.message import DecodeError  # noqa: E402
from sagemaker.amazon.record_pb2 import Record  # noqa: E402
from sagemaker.serializer_utils import _write_recordio, read_recordio  # noqa: E402


def write(described: dict[str, Any]) -> bytes:
    record = Record(**{name: described[name] for name in ("uid", "metadata", "configuration") if described[name]})
    for part in ("features", "label"):
        for name, value in described[part].items():
            target = getattr(record, part)[name]
            if value is not None:
                member, fields = value
                getattr(target, member).SetInParent()
                for field, content in fields.items():
                    _set(getattr(target, member), field, content)
    written: bytes = record.SerializeToString(deterministic=True)
    return written


def _set(message: Any, field: str, content: Any) -> None:
    if isinstance(content, list):
        getattr(message, field).extend(content)
    elif content:
        setattr(message, field, content)


def read(payload: bytes) -> dict[str, Any] | None:
    """The record as plain data, None where protobuf refuses it."""
    record = Record()
    try:
        record.ParseFromString(payload)
        texts = {name: getattr(record, name) for name in ("uid", "metadata", "configuration")}
        return {part: _plain(getattr(record, part)) for part in ("features", "label")} | texts
    except (DecodeError, UnicodeDecodeError):
        return None


def _plain(values: Any) -> dict[str, Any]:
    found = {}
    for name in values:
        member = values[name].WhichOneof("value")
        message = member and getattr(values[name], member)
        found[name] = member and (
            member,
            {field.name: _content(message, field.name) for field in message.DESCRIPTOR.fields},
        )
    return found


def _content(message: Any, name: str) -> Any:
    content = getattr(message, name)
    return content if isinstance(content, str | bytes) else list(content)


def frame(payload: bytes) -> bytes:
    out = io.BytesIO()
    _write_recordio(out, payload)
    return out.getvalue()


def unframe(stream: bytes) -> list[bytes]:
    return list(read_recordio(io.BytesIO(stream)))


JOBS: dict[str, Callable[[Any], Any]] = {"write": write, "read": read, "frame": frame, "unframe": unframe}

if __name__ == "__main__":
    job, items = pickle.load(sys.stdin.buffer)
    pickle.dump([JOBS[job](item) for item in items], sys.stdout.buffer)

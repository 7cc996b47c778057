import io
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.recordio import frame
from mxnet_vision import recordio
from mxnet_vision.recordio import MAGIC, MalformedRecord, read_records

from .conftest import PYTHON

VECTORS = [
    pytest.param("68656c6c6f", "0a23d7ce0500000068656c6c6f000000", id="hello"),
    pytest.param("", "0a23d7ce00000000", id="empty"),
    pytest.param("0a23d7ce", "0a23d7ce000000200a23d7ce00000060", id="magic only"),
    pytest.param("0a23d7ce61626364", "0a23d7ce000000200a23d7ce0400006061626364", id="magic first"),
    pytest.param(
        "414141410a23d7ce4242", "0a23d7ce04000020414141410a23d7ce0200006042420000", id="magic aligned in the middle"
    ),
    pytest.param("410a23d7ce424242", "0a23d7ce08000000410a23d7ce424242", id="magic unaligned"),
    pytest.param(
        "414141410a23d7ce0a23d7ce43",
        "0a23d7ce04000020414141410a23d7ce000000400a23d7ce0100006043000000",
        id="magic twice",
    ),
]


def read(stream: bytes, limit: int = 1000) -> list[bytes]:
    return list(read_records(io.BytesIO(stream), limit))


@pytest.mark.parametrize(("payload", "framed"), VECTORS)
def test_known_records_are_read(payload: str, framed: str) -> None:
    assert read(bytes.fromhex(framed) * 2) == [bytes.fromhex(payload)] * 2


@pytest.mark.parametrize(("payload", "framed"), VECTORS)
def test_known_records_are_written(payload: str, framed: str) -> None:
    assert recordio.frame(bytes.fromhex(payload)) == bytes.fromhex(framed)


PAYLOADS = st.lists(st.sampled_from([MAGIC, b"a", b"bcde", b"\0"]), max_size=8).map(b"".join)


@given(st.lists(PAYLOADS, max_size=4))
def test_what_the_writer_frames_comes_back(payloads: list[bytes]) -> None:
    assert read(b"".join(frame(payload) for payload in payloads)) == payloads


@given(PAYLOADS)
def test_both_writers_frame_alike(payload: bytes) -> None:
    assert recordio.frame(payload) == frame(payload)


WRITE_WITH_MXNET = """
import sys
from mxnet import recordio
writer = recordio.MXRecordIO(sys.argv[1], "w")
for payload in sys.argv[2:]:
    writer.write(bytes.fromhex(payload))
writer.close()
"""


def test_mxnets_own_writer_is_understood(tmp_path: Path) -> None:
    payloads = [b"hello", MAGIC, b"abcd" + MAGIC + b"e", b"a" + MAGIC, b"abcd" + MAGIC * 2 + b"fgh"]
    file = tmp_path / "written.rec"
    subprocess.run([PYTHON, "-c", WRITE_WITH_MXNET, file, *(each.hex() for each in payloads)], check=True)
    assert read(file.read_bytes()) == payloads


@pytest.mark.parametrize(
    ("stream", "complaint"),
    [
        (b"not a record at all", "does not start with the magic number"),
        (frame(b"hello")[:6], "ends inside a header"),
        (frame(b"hello")[:-4], "ends inside a record"),
        (frame(MAGIC)[8:], "out of order"),
        (frame(MAGIC)[:8], "between the parts"),
        (frame(MAGIC)[:8] + frame(b"hello"), "out of order"),
        (MAGIC + bytes.fromhex("000000a0"), "unknown part flag 5"),
        (frame(bytes(1001)), "too long"),
        (frame((b"abcd" * 100 + MAGIC) * 3), "too long"),
    ],
)
def test_a_broken_stream_is_refused(stream: bytes, complaint: str) -> None:
    with pytest.raises(MalformedRecord, match=complaint) as caught:
        read(stream)
    assert str(caught.value).startswith(
        "Unable to parse record. Please make sure input data is in correct recordio format."
    )


def test_records_before_the_fault_are_given() -> None:
    records = read_records(io.BytesIO(frame(b"first") + b"rubbish!"))
    assert next(records) == b"first"
    with pytest.raises(MalformedRecord):
        next(records)

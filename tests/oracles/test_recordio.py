"""Our RecordIO against MXNet's and the SageMaker SDK's, on thousands of streams."""

import pytest
from labelloop.errors import MalformedRecord
from labelloop.recordio import MAGIC_BYTES, frame, read_records

from tests.oracles.oracle import mxnet, protobuf
from tests.oracles.random_records import Dice
from tests.unit.golden_records import PAYLOADS, golden_bytes

pytestmark = pytest.mark.oracles
COUNT = 2000
PIECES = [MAGIC_BYTES, MAGIC_BYTES[:2], b"\0\0\0\0", b"abcd", b"x"]


def payloads(dice: Dice) -> list[bytes]:
    """None is empty, which MXNet's reader takes for the end of the file."""
    return [b"".join(dice.choices(PIECES, k=dice.randrange(1, 20))) for _ in range(dice.randrange(1, 6))]


def stream(records: list[bytes]) -> bytes:
    return b"".join(map(frame, records))


def ours(framed: bytes) -> list[bytes] | None:
    try:
        return list(map(bytes, read_records(framed)))
    except MalformedRecord:
        return None


def test_mxnet_writes_what_we_write_and_reads_it() -> None:
    dice = Dice(1)
    every = [payloads(dice) for _ in range(COUNT)]
    streams = list(map(stream, every))
    assert mxnet("write", every) == streams
    assert mxnet("read", streams) == list(map(ours, streams)) == every


def test_damaged_streams_are_refused_or_read_as_mxnet_does() -> None:
    """MXNet takes what we refuse: a stream that ends between the parts of a record, a middle or last part alone.

    They are few because MXNet makes room for any length that it reads, up to half a gigabyte, before it misses bytes.
    """
    dice = Dice(2)
    damaged = [dice.mutated(stream(payloads(dice))) for _ in range(COUNT // 4)]
    read = 0
    for framed, theirs in zip(damaged, mxnet("read", damaged), strict=True):
        mine = ours(framed)
        if mine is not None and b"" not in mine:
            read += 1
            assert mine == theirs, framed.hex()
    assert COUNT / 40 < read < COUNT / 4  # both happens


def test_the_sdk_reads_what_we_write_and_we_read_what_it_writes() -> None:
    """It never cuts a payload and never joins parts, so there is no magic in these."""
    dice = Dice(3)
    every = [[dice.randbytes(dice.randrange(40)) for _ in range(dice.randrange(5))] for _ in range(COUNT)]
    assert protobuf("unframe", map(stream, every)) == every
    for payload, framed in zip(first := [one for few in every for one in few], protobuf("frame", first), strict=True):
        assert ours(framed) == [payload]


def test_the_committed_bytes_are_what_mxnet_writes() -> None:
    assert mxnet("write", [PAYLOADS]) == [golden_bytes("parts")]

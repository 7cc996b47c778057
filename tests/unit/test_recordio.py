"""RecordIO framing against known vectors, against what MXNet wrote and against itself."""

import re
from array import array
from collections.abc import Buffer, Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.errors import MalformedRecord
from labelloop.recordio import LENGTH_LIMIT, MAGIC_BYTES, frame, read_records

from tests.unit.golden_records import PAYLOADS as GOLDEN_PAYLOADS
from tests.unit.golden_records import golden_bytes
from tests.unit.memory import peak_memory

MAGIC = "0a23d7ce"
MANY = 20_000

# Whole records in hexadecimal, one word per group.
VECTORS = {
    "hello": ("68656c6c6f", f"{MAGIC} 05000000 68656c6c 6f000000"),
    "nothing": ("", f"{MAGIC} 00000000"),
    "the magic alone": (MAGIC, f"{MAGIC} 00000020 {MAGIC} 00000060"),
    "the magic first": (f"{MAGIC} 61626364", f"{MAGIC} 00000020 {MAGIC} 04000060 61626364"),
    "the magic aligned": (f"41414141 {MAGIC} 4242", f"{MAGIC} 04000020 41414141 {MAGIC} 02000060 42420000"),
    "the magic unaligned": (f"41 {MAGIC} 424242", f"{MAGIC} 08000000 410a23d7 ce424242"),
    "the magic twice": (
        f"41414141 {MAGIC} {MAGIC} 43",
        f"{MAGIC} 04000020 41414141 {MAGIC} 00000040 {MAGIC} 01000060 43000000",
    ),
}
# Payloads as lists of pieces: the magic is common in them, aligned and not.
PAYLOADS = st.lists(st.one_of(st.just(MAGIC_BYTES), st.binary(max_size=5)), max_size=12).map(b"".join)


@pytest.mark.parametrize(("payload", "framed"), VECTORS.values(), ids=VECTORS)
def test_known_records_are_written_and_read(payload: str, framed: str) -> None:
    assert frame(bytes.fromhex(payload)).hex() == framed.replace(" ", "")
    assert list(read_records(bytes.fromhex(framed))) == [bytes.fromhex(payload)]


def test_what_mxnet_wrote_is_read_and_written() -> None:
    assert list(read_records(golden_bytes("parts"))) == GOLDEN_PAYLOADS
    assert b"".join(map(frame, GOLDEN_PAYLOADS)) == golden_bytes("parts")


@given(st.lists(PAYLOADS, max_size=6))
def test_every_payload_comes_back(payloads: list[bytes]) -> None:
    assert list(read_records(b"".join(map(frame, payloads)))) == payloads


@given(PAYLOADS)
def test_records_are_aligned_and_the_magic_stands_only_where_a_part_begins(payload: bytes) -> None:
    """What lets a reader find the next record in a damaged stream."""
    framed = frame(payload)
    words = [framed[at : at + 4] for at in range(0, len(framed), 4)]
    cuts = [at for at in range(0, len(payload), 4) if payload[at : at + 4] == MAGIC_BYTES]
    assert len(framed) % 4 == 0
    assert words.count(MAGIC_BYTES) == len(cuts) + 1


@given(PAYLOADS.filter(bool), st.data())
def test_a_stream_cut_anywhere_but_between_records_is_refused(payload: bytes, data: st.DataObject) -> None:
    framed = frame(payload)
    with pytest.raises(MalformedRecord):
        list(read_records(framed[: data.draw(st.integers(1, len(framed) - 1))]))


def test_records_before_the_fault_are_given() -> None:
    records = read_records(frame(b"first") + b"rubbish!")
    assert bytes(next(records)) == b"first"
    with pytest.raises(MalformedRecord):
        next(records)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda stream: array("I", stream)])
def test_a_whole_record_is_a_view_on_the_buffer(kind: Callable[[bytes], Buffer]) -> None:
    buffer = kind(frame(b"abcd") + frame(b"whole"))
    record = list(read_records(buffer))[1]
    assert bytes(record) == b"whole"
    assert np.shares_memory(np.frombuffer(record, np.uint8), np.frombuffer(buffer, np.uint8))


# Each part or record is eight bytes; as an object it would take twenty times as many.
def test_many_empty_parts_are_joined_in_little_more_memory_than_they_have() -> None:
    framed = frame(MAGIC_BYTES * MANY)
    with peak_memory() as peak:
        (record,) = read_records(framed)
    assert record == MAGIC_BYTES * MANY
    assert peak() < len(framed)


def test_many_empty_records_take_no_memory_together() -> None:
    stream = frame(b"") * MANY
    with peak_memory() as peak:
        assert sum(1 for _ in read_records(stream)) == MANY
    assert peak() < len(stream) / 5


@pytest.mark.parametrize(
    ("stream", "complaint"),
    [
        ("0a23d7", "header cut short at byte 0"),
        ("0a23d7cf 00000000", "no RecordIO magic at byte 0"),
        (f"{MAGIC} 00000000 41414141 41414141", "no RecordIO magic at byte 8"),
        (f"{MAGIC} 05000000 41414141", "part at byte 0 is cut short"),
        (f"{MAGIC} 05000000 41414141 410000", "part at byte 0 is cut short"),
        (f"{MAGIC} 000000a0", "unknown flag (5)"),
        (f"{MAGIC} 00000040", "flag 2 out of order before byte 8"),
        (f"{MAGIC} 00000060", "flag 3 out of order before byte 8"),
        (f"{MAGIC} 00000020 {MAGIC} 00000000", "flag 0 out of order before byte 16"),
        (f"{MAGIC} 00000020 {MAGIC} 00000020", "flag 1 out of order before byte 16"),
        (f"{MAGIC} 00000020", "ends inside a record of several parts"),
    ],
)
def test_what_is_not_recordio_is_refused_with_the_place(stream: str, complaint: str) -> None:
    with pytest.raises(MalformedRecord, match=re.escape(complaint)):
        list(read_records(bytes.fromhex(stream)))


class HalfAGibibyte(bytes):
    """Says that it is as long, without the memory."""

    def __len__(self) -> int:
        return LENGTH_LIMIT


def test_a_part_longer_than_its_length_field_can_say_is_refused() -> None:
    with pytest.raises(MalformedRecord, match="536870912 bytes do not fit"):
        frame(HalfAGibibyte())

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.errors import MalformedRecord
from labelloop.protobuf_wire import DEPTH_LIMIT, FIXED32, VARINT, Numbers, fields, text

from tests.unit.record_files import varint, varints

UINT64, INT32, FLOAT32 = Numbers("<u8", VARINT), Numbers("<i4", VARINT), Numbers("<f4", FIXED32)
DEEP, DEEPER = DEPTH_LIMIT, DEPTH_LIMIT + 1

# Tag and content, in hexadecimal, of each field; 96 01 is 150, as in the encoding guide.
MESSAGES = {
    "nothing": ("", []),
    "a varint": ("08 96 01", [(0x08, "96 01")]),
    "eight bytes": ("09 0102030405060708", [(0x09, "0102030405060708")]),
    "a string": ("12 07 74657374696e67", [(0x12, "74657374696e67")]),
    "an empty string": ("12 00", [(0x12, "")]),
    "four bytes": ("0d 01020304", [(0x0D, "01020304")]),
    "a group": ("0b 08 01 0c", [(0x0B, "08 01 0c")]),
    "groups in a group": ("0b 13 14 1b 08 01 1c 0c 08 02", [(0x0B, "13 14 1b 08 01 1c 0c"), (0x08, "02")]),
    "groups as deep as they may be": ("33" * DEEP + "34" * DEEP, [(0x33, "33" * (DEEP - 1) + "34" * DEEP)]),
    "the last field number": ("f8 ff ff ff 0f 01", [(0xFFFFFFF8, "01")]),
    "a tag in more bytes than it needs": ("88 80 00 01", [(0x08, "01")]),
    "a length in more bytes than it needs": ("12 82 80 80 80 00 7478", [(0x12, "7478")]),
    "a varint of ten bytes": ("08 ffffffffffffffffff 7f", [(0x08, "ffffffffffffffffff 7f")]),
}
BROKEN = {
    "a tag cut short": ("80", "varint at byte 0 of a message is cut short"),
    "a tag of six bytes": ("88 80 80 80 80 00 01", "has more than 5 bytes"),
    "a tag of 33 bits": ("88 80 80 80 10 01", "tag 4294967304 is none"),
    "field number 0": ("00 01", "tag 0 is none"),
    "wire type 6": ("0e 01", "wire type 6 at byte 1 of a message begins no field"),
    "wire type 7": ("0f 01", "wire type 7 at byte 1 of a message begins no field"),
    "a varint that is not there": ("08", "cut short"),
    "a varint cut short": ("08 96", "cut short"),
    "a varint of eleven bytes": ("08 8080808080808080808000", "has more than 10 bytes"),
    "a length that is not there": ("12", "cut short"),
    "a length past the end": ("12 07 7465", "field at byte 2 of a message is cut short"),
    "a length of ten bytes": ("12 81808080808080808002 74", "has more than 5 bytes"),
    "four bytes cut short": ("0d 010203", "field at byte 1 of a message is cut short"),
    "eight bytes cut short": ("09 01020304050607", "field at byte 1 of a message is cut short"),
    "an end without a group": ("0c", "wire type 4 at byte 1 of a message begins no field"),
    "a group without an end": ("0b 08 01", "cut short"),
    "another group's end": ("0b 08 01 14", "a group ends that did not begin"),
    "a field cut short in a group": ("0b 12 05 0c", "cut short"),
    "groups too deep": ("33" * DEEPER + "34" * DEEPER, f"more than {DEPTH_LIMIT} deep"),
}


@pytest.mark.parametrize(("message", "expected"), MESSAGES.values(), ids=MESSAGES)
def test_a_message_is_its_fields(message: str, expected: list[tuple[int, str]]) -> None:
    found = [(tag, bytes(piece)) for tag, piece in fields(memoryview(bytes.fromhex(message)))]
    assert found == [(tag, bytes.fromhex(content)) for tag, content in expected]


@pytest.mark.parametrize(("message", "complaint"), BROKEN.values(), ids=BROKEN)
def test_a_broken_message_is_refused_with_the_place(message: str, complaint: str) -> None:
    with pytest.raises(MalformedRecord, match=re.escape(complaint)):
        list(fields(memoryview(bytes.fromhex(message))))


def test_a_million_groups_in_groups_are_refused_without_recursion() -> None:
    with pytest.raises(MalformedRecord, match="deep"):
        list(fields(memoryview(b"\x33" * 1_000_000)))


@pytest.mark.parametrize(
    ("kind", "packed", "numbers"),
    [
        (FLOAT32, "0000803f 00000040", [1.0, 2.0]),
        (UINT64, "00 01 7f 8001 ffffffffffffffffff01", [0, 1, 127, 128, 2**64 - 1]),
        (UINT64, "8000", [0]),  # in more bytes than it needs
        (UINT64, "ffffffffffffffffff7f", [2**64 - 1]),  # bits that do not fit are lost
        (INT32, "ffffffffffffffffff01 80808080f8ffffffff01", [-1, -(2**31)]),
        (INT32, "8080808010", [0]),
        (INT32, "", []),
    ],
)
def test_packed_numbers_are_read(kind: Numbers, packed: str, numbers: list[float]) -> None:
    found = kind.decode(memoryview(bytes.fromhex(packed)))
    assert found.tolist() == numbers
    assert found.dtype == kind.dtype


@given(st.lists(st.one_of(st.integers(0, 200), st.integers(0, 2**64 - 1)), max_size=300), st.integers(1, 1000))
def test_varints_of_every_length_come_back_wherever_blocks_end(numbers: list[int], times: int) -> None:
    """65,536 bytes are decoded at a time; more are drawn in some examples."""
    found = UINT64.decode(memoryview(varints(*numbers) * times))
    assert np.array_equal(found, np.array(numbers * times, np.uint64))


@given(st.integers(-(2**31), 2**31 - 1))
def test_negative_numbers_of_32_bits_have_ten_bytes(number: int) -> None:
    assert len(varint(number)) == 10 or number >= 0
    assert INT32.decode(memoryview(varint(number))).tolist() == [number]


@pytest.mark.parametrize(
    ("kind", "packed"), [(FLOAT32, "000080"), (FLOAT32, "0000803f 00"), (UINT64, "80"), (UINT64, "01 ff")]
)
def test_packed_numbers_that_end_inside_one_are_refused(kind: Numbers, packed: str) -> None:
    with pytest.raises(MalformedRecord, match="end inside a number"):
        kind.check_whole(memoryview(bytes.fromhex(packed)))


@pytest.mark.parametrize(
    "packed", [b"\xff" * 10 + b"\1", b"\xff" * 100_000 + b"\1", b"\1" * 65_530 + b"\x80" * 10 + b"\1"]
)
def test_packed_varints_of_more_than_ten_bytes_are_refused(packed: bytes) -> None:
    with pytest.raises(MalformedRecord, match="a varint has more than 10 bytes"):
        UINT64.decode(memoryview(packed))


def test_texts_are_utf8() -> None:
    assert text(memoryview("größe 雪".encode())) == "größe 雪"
    with pytest.raises(MalformedRecord, match=r"not UTF-8: .*byte 0xe9 in position 1"):
        text(memoryview(b"a\xe9"))

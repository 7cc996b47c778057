"""The Record protobuf: what Google's wrote, every form it may have, and bytes that want to hurt."""

import contextlib
import gc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.errors import MalformedRecord
from labelloop.record import ITEM_LIMIT, Bytes, Record, Tensor
from labelloop.recordio import read_records

from tests.unit.golden_records import GOLDEN, NOTHING, golden_bytes
from tests.unit.memory import MEGABYTE, peak_memory
from tests.unit.record_files import (
    BYTES,
    CONFIGURATION,
    FLOAT32,
    FLOAT64,
    INT32,
    LABEL,
    METADATA,
    UID,
    Plain,
    entry,
    field,
    floats,
    plain,
    varint,
    varints,
)

ONE, TWO = floats(1), floats(2)
UNKNOWN = {
    "varint": "30 96 01",
    "eight bytes": "31 0102030405060708",
    "bytes": "32 03 010203",
    "group": "33 08 01 3b 3c 34",
    "four bytes": "35 01020304",
}


def float32(*values: float, keys: tuple[int, ...] = ()) -> Plain:
    return NOTHING | {"features": {"a": ("float32_tensor", {"values": list(values), "keys": list(keys), "shape": []})}}


def read(payload: bytes) -> Plain:
    return plain(Record.from_bytes(payload))


@pytest.mark.parametrize("name", GOLDEN)
def test_what_protobuf_wrote_is_read(name: str) -> None:
    (payload,) = read_records(golden_bytes(name))
    assert plain(Record.from_bytes(payload)) == GOLDEN[name]


# What comes to [1.0, 2.0] under features["a"].
FORMS = {
    "packed": entry("a", field(FLOAT32, field(1, ONE + TWO))),
    "unpacked": entry("a", field(FLOAT32, b"\x0d" + ONE + b"\x0d" + TWO)),
    "in two packed pieces": entry("a", field(FLOAT32, field(1, ONE) + field(1, TWO))),
    "packed, then unpacked": entry("a", field(FLOAT32, field(1, ONE) + b"\x0d" + TWO)),
    "unpacked, then packed, with nothing between": entry(
        "a", field(FLOAT32, b"\x0d" + ONE + field(1, b"") + field(1, TWO))
    ),
    "in two tensors": entry("a", field(FLOAT32, field(1, ONE)) + field(FLOAT32, field(1, TWO))),
    "in two values": field(
        1, field(1, b"a") + field(2, field(FLOAT32, field(1, ONE))) + field(2, field(FLOAT32, field(1, TWO)))
    ),
    "the value before the key": field(1, field(2, field(FLOAT32, field(1, ONE + TWO))) + field(1, b"a")),
    "the last key wins": field(1, field(1, b"b") + field(2, field(FLOAT32, field(1, ONE + TWO))) + field(1, b"a")),
    "the last entry wins": entry("a", field(INT32, b"")) + entry("a", field(FLOAT32, field(1, ONE + TWO))),
    "the last member wins": entry(
        "a", field(FLOAT32, field(1, TWO)) + field(INT32, field(1, b"\5")) + field(FLOAT32, field(1, ONE + TWO))
    ),
    "known fields of other wire types are unknown": entry(
        "a", b"\x10\1" + field(FLOAT32, b"\x09" + bytes(8) + field(1, ONE + TWO) + b"\x08\1\x15" + bytes(4))
    )
    + b"\x08\1\x1d"
    + bytes(4),
}


@pytest.mark.parametrize("payload", FORMS.values(), ids=FORMS)
def test_every_form_of_a_tensor_is_read(payload: bytes) -> None:
    assert read(payload) == float32(1, 2)


@pytest.mark.parametrize("unknown", UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_fields_are_skipped_in_every_message(unknown: str) -> None:
    strange = bytes.fromhex(unknown)

    def around(content: bytes) -> bytes:
        return strange + content + strange

    tensor = field(FLOAT32, around(field(1, ONE)))
    text = field(BYTES, around(field(1, b"x")))
    payload = around(field(1, around(field(1, b"a") + field(2, around(tensor)))) + entry("b", text, LABEL))
    assert read(payload) == float32(1) | {"label": {"b": ("bytes", {"value": [b"x"], "content_type": ""})}}


@pytest.mark.parametrize(
    ("member", "name", "packed", "unpacked", "values"),
    [
        (FLOAT32, "float32_tensor", floats(-0.5, 2), b"\x0d" + floats(-0.5) + b"\x0d" + floats(2), [-0.5, 2.0]),
        (FLOAT64, "float64_tensor", np.array([0.1]).tobytes(), b"\x09" + np.array([0.1]).tobytes(), [0.1]),
        (INT32, "int32_tensor", varints(-1, 300), b"\x08" + varint(-1) + b"\x08" + varint(300), [-1, 300]),
    ],
)
def test_the_three_kinds_of_tensor(member: int, name: str, packed: bytes, unpacked: bytes, values: list[float]) -> None:
    keys_and_shape = b"\x10\5" + field(2, varints(2**64 - 1)) + field(3, varints(4, 5)) + b"\x18\6"
    for numbers in (field(1, packed), unpacked):
        found = read(entry("t", field(member, numbers + keys_and_shape)))["features"]
        assert found == {"t": (name, {"values": values, "keys": [5, 2**64 - 1], "shape": [4, 5, 6]})}


def test_bytes_are_views_and_what_is_not_there_is_empty() -> None:
    payload = entry("b", field(BYTES, field(1, b"one") + field(2, b"image/jpeg") + field(1, b""))) + entry("n", b"")
    record = Record.from_bytes(payload)
    value = record.features["b"]
    assert isinstance(value, Bytes)
    assert ([bytes(one) for one in value.values], value.content_type) == ([b"one", b""], "image/jpeg")
    assert value.values[0].obj is payload
    assert record.features["n"] is None
    assert plain(Record.from_bytes(b"")) == NOTHING


def test_texts_and_both_maps_are_read_and_the_last_text_wins() -> None:
    texts = field(UID, b"0") + field(METADATA, b"m") + field(CONFIGURATION, "ü".encode()) + field(UID, b"1")
    assert read(texts) == NOTHING | {"uid": "1", "metadata": "m", "configuration": "ü"}
    assert read(entry("a", b"", LABEL)) == NOTHING | {"label": {"a": None}}


@pytest.mark.parametrize("offset", range(4))
def test_floats_in_one_piece_are_a_view_aligned_or_not(offset: int) -> None:
    payload = bytearray(field(UID, b"x" * offset) + entry("a", field(FLOAT32, field(1, ONE + TWO))))
    tensor = Record.from_bytes(payload).features["a"]
    assert isinstance(tensor, Tensor)
    payload[-4:] = floats(7)
    assert tensor.values.tolist() == [1.0, 7.0]


def test_records_cannot_be_changed() -> None:
    record = Record.from_bytes(FORMS["packed"])
    with pytest.raises(AttributeError):
        record.uid = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        record.features["b"] = None  # type: ignore[index]


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        (entry("a", field(FLOAT32, field(1, ONE[:3]))), "3 bytes of packed numbers end inside a number"),
        (entry("a", field(FLOAT32, field(1, ONE[:3]) + field(1, ONE[3:]))), "end inside a number"),
        (entry("a", field(INT32, field(1, b"\x80") + field(1, b"\1"))), "end inside a number"),
        (entry("a", field(INT32, field(1, b"\x80" * 10 + b"\1"))), "more than 10 bytes"),
        (entry("a", field(INT32, field(1, b"\x80" * 10 + b"\1")) + field(FLOAT32, b"")), "more than 10 bytes"),
        (field(UID, b"\xff"), "not UTF-8"),
        (field(1, field(1, b"\xff")), "not UTF-8"),
        (entry("a", field(BYTES, field(2, b"\xff"))), "not UTF-8"),
        (FORMS["packed"][:-1], "cut short"),
    ],
)
def test_what_is_no_record_is_refused(payload: bytes, complaint: str) -> None:
    with pytest.raises(MalformedRecord, match=complaint):
        Record.from_bytes(payload)


@pytest.mark.parametrize(
    "of_count",
    [
        lambda count: field(1, b"") * count,
        lambda count: b"".join(entry(str(number), b"") for number in range(count)),
        lambda count: entry("a", field(BYTES, field(1, b"") * (count - 2))),
        lambda count: entry("a", b"".join(field((FLOAT32, INT32)[one % 2], b"") for one in range(count - 1))),
    ],
    ids=["entries of one key", "keys", "byte strings", "members"],
)
def test_a_record_holds_ten_thousand_things_at_most(of_count: Callable[[int], bytes]) -> None:
    Record.from_bytes(of_count(ITEM_LIMIT))
    with pytest.raises(MalformedRecord, match="more than 10000"):
        Record.from_bytes(of_count(ITEM_LIMIT + 1))


def many(unit: bytes) -> bytes:
    """Numbers are read all at once, and what is beside them has a megabyte at least."""
    return unit * (MEGABYTE // len(unit))


def some(unit: bytes) -> bytes:
    """Fields are read one by one, slowly while memory is watched."""
    return unit * (MEGABYTE // 20 // len(unit))


# A payload, and how many times its memory is taken at most.
HOSTILE = {
    "floats unpacked": (entry("a", field(FLOAT32, some(b"\x0d" + ONE))), 2),
    "floats in packed pieces": (entry("a", field(FLOAT32, some(field(1, ONE)))), 2),
    "empty packed pieces": (entry("a", field(FLOAT32, some(field(1, b"")))), 0.1),
    "integers of one byte": (entry("a", field(INT32, field(1, many(b"\5")))), 9),
    "keys of one byte": (entry("a", field(INT32, field(2, many(b"\5")))), 11),
    "keys unpacked": (entry("a", field(INT32, some(b"\x10\5"))), 18),
    "integers of ten bytes": (entry("a", field(INT32, field(1, many(varint(-1))))), 3),
    "values merged": (field(1, some(field(2, b""))), 0.1),
    "tensors merged": (entry("a", some(field(FLOAT32, b""))), 0.1),
    "texts": (some(field(UID, b"a")), 0.1),
    "unknown fields": (some(b"\x30\1"), 0.1),
    "unknown groups": (some(b"\x33" * 100 + b"\x34" * 100), 0.1),
    "groups without an end": (many(b"\x33"), 0.1),
    "keys": (b"".join(entry(str(number), b"") for number in range(MEGABYTE // 14)), 4),
    "byte strings": (entry("a", field(BYTES, many(field(1, b"")))), 4),
}


@pytest.mark.parametrize(("payload", "times"), HOSTILE.values(), ids=HOSTILE)
def test_the_worst_takes_a_small_multiple_of_its_memory(payload: bytes, times: float) -> None:
    gc.collect()
    with peak_memory() as peak, contextlib.suppress(MalformedRecord):
        Record.from_bytes(payload)
    assert peak() < times * len(payload)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_record_or_refused(payload: bytes) -> None:
    with contextlib.suppress(MalformedRecord):
        Record.from_bytes(payload)


@given(st.sampled_from([*FORMS.values(), golden_bytes("everything")[8:]]), st.data())
def test_a_damaged_record_is_read_or_refused(payload: bytes, data: st.DataObject) -> None:
    damaged = bytearray(payload)
    for place, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(payload) - 1), st.integers(0, 255)), max_size=4)
    ):
        damaged[place] = value
    with contextlib.suppress(MalformedRecord):
        Record.from_bytes(damaged[: data.draw(st.integers(0, len(damaged)))])

"""Our reader of records against Google's protobuf with the SageMaker SDK's `Record`, on thousands of them."""

import json

import pytest
from labelloop.errors import MalformedRecord
from labelloop.record import Record

from tests.oracles.oracle import protobuf
from tests.oracles.random_records import Dice
from tests.unit.golden_records import GOLDEN, golden_bytes
from tests.unit.record_files import Plain, plain

pytestmark = pytest.mark.oracles
COUNT = 3000


def ours(payload: bytes) -> Plain | None:
    try:
        return plain(Record.from_bytes(payload))
    except MalformedRecord:
        return None


def canonical(record: Plain | None) -> str:
    """To compare with: maps have no order, and NaN is like NaN."""
    return json.dumps(record, sort_keys=True, default=bytes.hex)


def test_we_read_what_protobuf_writes() -> None:
    dice = Dice(1)
    records = [dice.record() for _ in range(COUNT)]
    for record, payload in zip(records, protobuf("write", records), strict=True):
        assert canonical(ours(payload)) == canonical(record)


@pytest.mark.parametrize(("implementation", "strange_entries"), [("upb", False), ("python", True)])
def test_we_read_every_form_of_a_record_as_protobuf_does(implementation: str, strange_entries: bool) -> None:
    """protobuf in C sets map entries with unknown fields aside, against its specification; that in Python does not."""
    dice = Dice(2)
    records = [dice.record() for _ in range(COUNT)]
    forms = [dice.wire(record, strange_entries=strange_entries) for record in records]
    for record, form, theirs in zip(records, forms, protobuf("read", forms, implementation), strict=True):
        assert canonical(ours(form)) == canonical(theirs) == canonical(record)


def test_damaged_records_are_refused_or_read_as_protobuf_does() -> None:
    """Its two implementations differ: where they do, ours is one of them or refuses."""
    dice = Dice(3)
    damaged = [dice.mutated(dice.wire(dice.record(), strange_entries=False)) for _ in range(4 * COUNT)]
    read = 0
    for payload, *theirs in zip(damaged, *(protobuf("read", damaged, one) for one in ("upb", "python")), strict=True):
        if (mine := ours(payload)) is not None:
            read += 1
            assert canonical(mine) in map(canonical, theirs), payload.hex()
    assert COUNT / 2 < read < 4 * COUNT  # both happens


@pytest.mark.parametrize("name", GOLDEN)
def test_the_committed_bytes_are_what_protobuf_and_the_sdk_write(name: str) -> None:
    (payload,) = protobuf("write", [GOLDEN[name]])
    (framed,) = protobuf("frame", [payload])
    assert golden_bytes(name) == framed

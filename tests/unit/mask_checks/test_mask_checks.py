"""The masks of a manifest in S3: what is said of which line, what is left out, what takes a mask's place."""

import threading
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pytest
from labelloop.checks import masks as checks
from labelloop.errors import ObjectNotReadable
from labelloop.findings import Findings
from labelloop.mask_checks import BODY_LIMIT, LARGE, LabelledMask, MaskVerdict, check_masks
from labelloop.palette import Colour
from labelloop.store import Objects, ObjectStart, S3Uri, Store
from PIL import Image

from tests.unit.factories import BUCKET
from tests.unit.mask_files import AREAS, COLOURS, decoded, grey
from tests.unit.mask_store import (
    COLOURED,
    EXCHANGED,
    PICTURE,
    RIGHT,
    STRAY,
    Memory,
    check,
    labelled,
    mask_uri,
    picture_uri,
    stored,
)
from tests.unit.picture_files import encoded, picture

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_right_masks_are_trained_on_as_they_are() -> None:
    assert check(map(labelled, (1, 2)), stored(RIGHT, grey(AREAS))) == (MaskVerdict({}, {}), {})


def test_what_can_be_repaired_is_written_anew() -> None:
    objects = stored(RIGHT, COLOURED, EXCHANGED)
    verdict, found = check(map(labelled, (1, 2, 3)), objects)
    assert verdict.refused == {}
    assert set(verdict.repaired) == {mask_uri(2), mask_uri(3)}
    assert np.array_equal(decoded(objects[verdict.repaired[mask_uri(2)]]), AREAS)
    assert np.array_equal(decoded(objects[verdict.repaired[mask_uri(3)]]), np.array([0, 2, 1, 3], np.uint8)[AREAS])
    assert set(found) == {"MASK_NOT_SINGLE_CHANNEL", "MASK_INDICES_WRONG"}


def test_a_finding_names_line_value_and_mask() -> None:
    verdict, found = check([labelled(7)], Memory({mask_uri(7): STRAY, picture_uri(7): PICTURE}))
    [finding] = found["MASK_VALUE_NOT_IN_COLOUR_MAP"].findings
    assert verdict == ({7: checks.MASK_VALUE_NOT_IN_COLOUR_MAP}, {})
    assert (finding.line, finding.pointer, finding.uri) == (7, "/streets-ref", mask_uri(7))
    assert (finding.value, finding.message.split(";")[0]) == (
        '{"9":400}',
        "400 of its 2400 pixels have values of no class: 9 on 400",
    )


def test_missing_oversized_and_other_files_are_left_out() -> None:
    objects = stored(b"GIF89a", bytes(BODY_LIMIT + 1))
    verdict, found = check(map(labelled, (1, 2, 3)), objects)
    codes = [verdict.refused[line].code for line in (1, 2, 3)]
    assert codes == ["MASK_NOT_A_PICTURE", "MASK_TOO_LARGE", "MASK_MISSING"]
    assert found["MASK_NOT_A_PICTURE"].findings[0].message == "It is a GIF."
    assert found["MASK_TOO_LARGE"].findings[0].message == "It has 67108865 bytes; at most 67108864 are read."
    assert found["MASK_MISSING"].findings[0].line == 3


def test_a_mask_that_may_not_be_read_is_left_out() -> None:
    class Locked(Memory):
        def read_start(self, uri: S3Uri, count: int) -> ObjectStart:
            raise ObjectNotReadable("…", public="S3 refuses it: AccessDenied: Access Denied")

    verdict, found = check([labelled(1)], Locked({}))
    assert verdict.refused == {1: checks.MASK_NOT_READABLE}
    assert found["MASK_NOT_READABLE"].findings[0].message == "S3 refuses it: AccessDenied: Access Denied."


def test_a_mask_of_another_size_than_its_picture_is_left_out() -> None:
    objects = stored(RIGHT) | {picture_uri(1): picture(40, 60)}
    assert set(check([labelled(1)], Memory(objects))[1]) == {"MASK_SIZE_DIFFERS"}


PROFILE = bytes(100_000)


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (None, set()),
        (b"", set()),
        (b"GIF89a", set()),
        (PICTURE[:30], set()),
        (encoded(Image.new("RGB", (60, 40)), "JPEG", icc_profile=PROFILE), set()),
        (encoded(Image.new("RGB", (61, 40)), "JPEG", icc_profile=PROFILE), {"MASK_SIZE_DIFFERS"}),
    ],
    ids=["missing", "empty", "GIF", "cut short", "long header", "long header of another size"],
)
def test_a_picture_that_cannot_be_read_is_not_the_masks_fault(body: bytes | None, codes: set[str]) -> None:
    objects = Memory({mask_uri(1): RIGHT} | ({} if body is None else {picture_uri(1): body}))
    assert set(check([labelled(1)], objects)[1]) == codes


def test_a_mask_of_two_lines_is_read_once() -> None:
    objects = stored(COLOURED, RIGHT)
    verdict, found = check([labelled(1), labelled(2, 1)], objects)
    assert (objects.reads[mask_uri(1)], found["MASK_NOT_SINGLE_CHANNEL"].count) == (1, 2)
    assert (verdict.refused, set(verdict.repaired)) == ({}, {mask_uri(1)})


def test_two_lines_cannot_read_a_mask_differently() -> None:
    """The file that takes its place can have one set of values only."""
    verdict, found = check([labelled(2, 1), labelled(1, 1, new_values={1: 7})], stored(RIGHT, RIGHT))
    assert verdict.refused == {2: checks.MASK_READ_TWO_WAYS}
    assert set(verdict.repaired) == {mask_uri(1)}
    assert found["MASK_READ_TWO_WAYS"].findings[0].line == 2


def test_new_values_are_painted() -> None:
    objects = stored(RIGHT)
    verdict, found = check([labelled(1, new_values={1: 2, 2: 1})], objects)
    assert found == {}
    assert np.array_equal(decoded(objects[verdict.repaired[mask_uri(1)]]), np.array([0, 2, 1, 3], np.uint8)[AREAS])


# ------------------------------------------------------------------------------------------------------------- threads


class Slow(Memory):
    """The first mask comes last; counts how many are read at a time."""

    def __init__(self, objects: Mapping[str, bytes]) -> None:
        super().__init__(objects)
        self.lock, self.under_way, self.most = threading.Lock(), 0, 0

    def read_start(self, uri: S3Uri, count: int) -> ObjectStart:
        with self.lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        time.sleep(0.05 if uri.key.endswith("/1.png") else 0.002)
        with self.lock:
            self.under_way -= 1
        return super().read_start(uri, count)


@pytest.mark.parametrize("workers", [1, 3, 8])
def test_findings_are_in_the_order_of_lines_with_any_number_of_workers(workers: int) -> None:
    objects = Slow(stored(*[STRAY, COLOURED] * 8))
    verdict, found = check(map(labelled, range(16, 0, -1)), objects, workers=workers)
    assert [one.line for one in found["MASK_VALUE_NOT_IN_COLOUR_MAP"].findings] == list(range(1, 17, 2))
    assert [one.line for one in found["MASK_NOT_SINGLE_CHANNEL"].findings] == list(range(2, 17, 2))
    assert (len(verdict.refused), len(verdict.repaired)) == (8, 8)
    assert objects.most <= workers


class Watched(dict[int, Colour | None]):
    """A colour map that knows how many read it at most at a time."""

    def __init__(self, colours: Mapping[int, Colour | None]) -> None:
        super().__init__(colours)
        self.lock, self.under_way, self.most = threading.Lock(), 0, 0

    def __iter__(self) -> Iterator[int]:
        with self.lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        time.sleep(0.05)
        yield from super().__iter__()
        with self.lock:
            self.under_way -= 1


@pytest.mark.parametrize(("pixels", "at_a_time"), [(LARGE + 1, 1), (LARGE, 2)])
def test_large_masks_are_examined_one_after_the_other(pixels: int, at_a_time: int) -> None:
    colours, body = Watched(COLOURS), encoded(Image.new("L", (pixels, 1)))
    check([labelled(1, colours=colours), labelled(2, colours=colours)], stored(body, body))
    assert colours.most == at_a_time


def test_what_s3_refuses_is_raised() -> None:
    class Refusing(Memory):
        def read_start(self, uri: S3Uri, count: int) -> ObjectStart:
            raise PermissionError("throttled")

    with pytest.raises(PermissionError, match="throttled"):
        check(map(labelled, (1, 2, 3)), Refusing({}))


def test_masks_in_s3(s3: "S3Client", store: Store) -> None:
    names = {"masks/0_2020-04-21T13:48:00.091190.png": EXCHANGED, "pictures/1.jpg": PICTURE, "pictures/2.jpg": PICTURE}
    for key, body in names.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    objects: Objects = store
    uris = [f"s3://{BUCKET}/{key}" for key in names]
    masks = [
        LabelledMask(1, uris[0], uris[1], "streets-ref", COLOURS),
        LabelledMask(2, f"s3://{BUCKET}/nothing.png", uris[2], "streets-ref", COLOURS),
    ]
    findings = Findings()
    verdict = check_masks(masks, objects, findings, write=lambda body: f"s3://b/{len(body)}", workers=2, limit=9)
    assert verdict.refused == {2: checks.MASK_MISSING}
    assert list(verdict.repaired) == [uris[0]]
    assert [result.code for result in findings.results()] == ["MASK_MISSING", "MASK_INDICES_WRONG"]

"""What segmentation endpoints say, decoded; against known bytes, numpy and Pillow."""

import contextlib
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from labelloop.errors import MalformedPrediction
from labelloop.masks import class_ids, confidence, decode_mask_png, decode_probabilities, encode_mask_png
from labelloop.recordio import MAGIC_BYTES, frame
from numpy.typing import NDArray
from PIL import Image

from tests.unit.golden_records import golden_bytes
from tests.unit.memory import MEGABYTE, peak_memory
from tests.unit.picture_files import encoded, opened
from tests.unit.record_files import (
    FLOAT32,
    FLOAT64,
    INT32,
    UID,
    entry,
    field,
    floats,
    probabilities_body,
    shape_entry,
    target_entry,
)

# C=2, H=2, W=3 as a server answers them, in the order of either.
PLANES = [[[0.75, 0.5, 0.25], [0.125, 1.0, 0.0]], [[0.25, 0.5, 0.75], [0.875, 0.0, 1.0]]]
VALUES = floats(*np.ravel(PLANES).tolist())
SHAPE = shape_entry(1, 2, 2, 3)
TARGET = target_entry(VALUES)
VECTOR = bytes.fromhex(
    "0a23d7ce53000000 0a110a05736861706512083a060a0401020203"
    "0a3e0a06746172676574123412320a300000403f0000003f0000803e0000003e0000803f00000000"
    "0000803e0000003f0000403f0000603f000000000000803f 00"
)
KINDS = (np.float32, np.float64, np.float16, np.dtype(">f4"), np.int16)


@pytest.mark.parametrize(
    "body",
    [
        VECTOR,
        bytearray(VECTOR),
        memoryview(VECTOR),
        golden_bytes("segmentation"),
        frame(TARGET + SHAPE),
        frame(field(UID, b"1") + entry("other", b"") + SHAPE + TARGET),
        frame(
            SHAPE + entry("target", field(FLOAT32, b"".join(b"\x0d" + VALUES[at : at + 4] for at in range(0, 48, 4))))
        ),
        frame(SHAPE + entry("target", field(FLOAT32, field(1, VALUES[:20]) + field(1, VALUES[20:])))),
    ],
    ids=["vector", "bytearray", "memoryview", "protobuf's", "target first", "with others", "unpacked", "in two pieces"],
)
def test_probabilities_are_decoded(body: bytes) -> None:
    found = decode_probabilities(body)
    assert (found.tolist(), found.dtype.str) == (PLANES, "<f4")


@pytest.mark.parametrize("length", range(4))
def test_probabilities_are_a_view_on_the_body_aligned_or_not(length: int) -> None:
    body = bytearray(frame(field(UID, b"x" * length) + SHAPE + TARGET))
    found = decode_probabilities(body)
    assert np.shares_memory(found, np.frombuffer(body, np.uint8))
    assert found.tolist() == PLANES
    assert not decode_probabilities(bytes(body)).flags.writeable


def test_probabilities_that_hold_the_magic_are_decoded() -> None:
    """They come in several parts, so this copies."""
    (number,) = np.frombuffer(MAGIC_BYTES, "<f4")
    for sides in ((1, 4, 5), (2, 3, 7)):
        for length in range(4):
            body = frame(
                field(UID, b"x" * length) + shape_entry(1, *sides) + target_entry(MAGIC_BYTES * np.prod(sides))
            )
            assert np.array_equal(decode_probabilities(body), np.full(sides, number))


def test_forty_megabytes_are_decoded_without_memory_of_their_own() -> None:
    body = probabilities_body(np.zeros((21, 600, 800), np.float32))
    with peak_memory() as peak:
        decode_probabilities(body)
    assert peak() < 10_000


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "neither none nor more"),
        (VECTOR * 2, "neither none nor more"),
        (VECTOR + b"\0", "header cut short"),
        (VECTOR[:-1], "cut short"),
        (VECTOR[:40], "cut short"),
        (b"<html>not found</html>", "no RecordIO magic"),
        (frame(b"hello"), "wire type 4 at byte 3"),
        (frame(b""), 'no float32 feature "target"'),
        (frame(SHAPE), 'no float32 feature "target"'),
        (frame(TARGET), 'no int32 feature "shape"'),
        (frame(entry("target", b"") + SHAPE), 'no float32 feature "target"'),
        (frame(entry("target", field(FLOAT64, field(1, VALUES))) + SHAPE), 'no float32 feature "target"'),
        (frame(entry("shape", field(9, b"")) + TARGET), 'no int32 feature "shape"'),
        (frame(entry("shape", field(INT32, b"")) + TARGET), "12 probabilities in the shape []"),
        (frame(shape_entry(2, 2, 3) + TARGET), "in the shape [2, 2, 3]"),
        (frame(shape_entry(1, 1, 2, 2, 3) + TARGET), "in the shape [1, 1, 2, 2, 3]"),
        (frame(shape_entry(2, 2, 1, 3) + TARGET), "in the shape [2, 2, 1, 3]"),
        (frame(shape_entry(1, 2, 2, 4) + TARGET), "12 probabilities in the shape [1, 2, 2, 4]"),
        (frame(shape_entry(1, 2, 2, 2) + TARGET), "12 probabilities in the shape [1, 2, 2, 2]"),
        (frame(shape_entry(1, -2, -2, 3) + TARGET), "in the shape [1, -2, -2, 3]"),
        (frame(shape_entry(1, 0, 2, 3) + target_entry(b"")), "0 probabilities in the shape [1, 0, 2, 3]"),
        (frame(shape_entry(1, 255, 1, 1) + target_entry(bytes(4 * 255))), "expected is [1, classes up to 254,"),
        (frame(shape_entry(1, 2**31 - 1, 2**31 - 1, 2**31 - 1) + TARGET), "in the shape [1, 2147483647, "),
        (frame(entry("shape", field(INT32, field(1, b"\1" * 100_000))) + TARGET), "shape [1, 1, 1, 1, 1, 1, 1, 1]"),
    ],
)
def test_what_are_no_probabilities_is_refused(body: bytes, complaint: str) -> None:
    with pytest.raises(MalformedPrediction, match=re.escape(complaint)):
        decode_probabilities(body)


@given(st.binary(max_size=100) | st.binary(max_size=100).map(frame))
def test_any_bytes_are_refused_by_both_decoders(body: bytes) -> None:
    for decode in (decode_probabilities, decode_mask_png):
        with pytest.raises(MalformedPrediction):
            decode(body)


@given(
    st.lists(st.tuples(st.integers(0, len(VECTOR) - 1), st.integers(0, 255)), max_size=4), st.integers(0, len(VECTOR))
)
def test_damaged_probabilities_are_decoded_or_refused(changes: list[tuple[int, int]], end: int) -> None:
    damaged = bytearray(VECTOR)
    for place, value in changes:
        damaged[place] = value
    with contextlib.suppress(MalformedPrediction):
        assert decode_probabilities(damaged[:end]).ndim == 3


# ------------------------------------------------------------------------------------------------- classes of pixels

FEW_VALUES = st.sampled_from([0.0, -0.0, 0.25, 0.5, 1.0, float("nan"), float("inf"), -float("inf")])


@given(
    arrays.arrays(
        st.sampled_from([np.float32, np.float64]), arrays.array_shapes(min_dims=3, max_dims=3), elements=FEW_VALUES
    )
)
def test_class_ids_are_numpys_argmax_with_ties_and_nan(probabilities: NDArray[Any]) -> None:
    assert np.array_equal(class_ids(probabilities), probabilities.argmax(axis=0))


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize(
    "shape",
    [(1, 3, 4), (2, 1, 1), (21, 97, 301), (255, 50, 60), (3, 1, 400_000), (3, 400_000, 1), (4, 0, 5), (4, 5, 0)],
)
def test_class_ids_of_every_size_and_kind(shape: tuple[int, int, int], kind: np.dtype[Any]) -> None:
    probabilities = np.random.default_rng(7).integers(0, 900, shape).astype(kind)
    found = class_ids(probabilities)
    assert found.dtype == np.uint8
    assert np.array_equal(found, probabilities.argmax(axis=0))


UNUSUAL: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "turned": lambda array: array.transpose(0, 2, 1),
    "classes last in memory": lambda array: np.ascontiguousarray(array.transpose(1, 2, 0)).transpose(2, 0, 1),
    "mirrored": lambda array: array[::-1, ::-1, ::-1],
    "every other pixel": lambda array: array[:, ::2, 1::2],
    "cut out": lambda array: array[1:, 5:-5, 7:-7],
    "unaligned": lambda array: np.frombuffer(b"x" + array.tobytes(), "<f4", offset=1).reshape(array.shape),
    "the same row again and again": lambda array: np.broadcast_to(array[:, :1], array.shape),
}


@pytest.mark.parametrize("made", UNUSUAL.values(), ids=UNUSUAL)
def test_class_ids_and_confidence_wherever_the_numbers_lie(made: Callable[[NDArray[Any]], NDArray[Any]]) -> None:
    probabilities = made(np.random.default_rng(8).random((6, 211, 503), dtype=np.float32))
    assert np.array_equal(class_ids(probabilities), probabilities.argmax(axis=0))
    assert np.array_equal(confidence(probabilities), np.rint(probabilities.max(axis=0) * 255))


def test_class_ids_take_memory_for_some_bands_alone() -> None:
    probabilities = np.frombuffer(b"x" + bytes(4 * 21 * 600 * 800), np.float32, offset=1).reshape(21, 600, 800)
    for find in (class_ids, confidence):
        with peak_memory() as peak:
            find(probabilities)
        assert peak() < 6 * MEGABYTE


@pytest.mark.parametrize(
    ("of_classes", "level"),
    [
        ([0.0, 1.0], 255),
        ([0.5, 0.5], 128),  # 127.5; halves go to the even neighbour
        ([0.1, 0.9], 230),
        ([1 / 255], 1),
        ([0.0019], 0),
        ([-0.5], 0),
        ([1.5], 255),
        ([float("inf"), 0.0], 255),
        ([float("nan"), 0.5], 0),
    ],
)
def test_confidence_is_the_largest_probability_in_255ths(of_classes: list[float], level: int) -> None:
    probabilities = np.array(of_classes, np.float32)[:, None, None]
    assert confidence(probabilities).tolist() == [[level]]


@pytest.mark.parametrize("shape", [(3, 4), (1, 3, 4, 5), (0, 3, 4), (256, 3, 4)])
def test_what_are_no_probabilities_has_no_classes(shape: tuple[int, ...]) -> None:
    for find in (class_ids, confidence):
        with pytest.raises(ValueError, match=re.escape(f"(1…255, height, width) probabilities, not {shape}")):
            find(np.zeros(shape, np.float32))


# ---------------------------------------------------------------------------------------------------------- PNG masks

COLOURS = [(255, 255, 255), (44, 160, 44), (31, 119, 180)]


@given(arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, max_side=40)), st.integers(0, 256))
def test_a_mask_comes_back_and_pillow_sees_its_ids_and_colours(ids: NDArray[np.uint8], count: int) -> None:
    colours = [(one, 255 - one, one // 2) for one in range(count)]
    body = encode_mask_png(ids, colours)
    assert np.array_equal(decode_mask_png(body), ids)
    image = opened(body)
    assert (image.format, image.mode, image.size) == ("PNG", "P", ids.shape[::-1])
    assert np.array_equal(np.array(image), ids)
    palette = np.array([*colours, *[(255, 255, 255)] * (256 - count)])
    assert np.array_equal(np.array(image.convert("RGB")), palette[ids])


def test_a_mask_that_is_part_of_another_is_encoded() -> None:
    whole = np.arange(200, dtype=np.uint8).reshape(10, 20)
    assert np.array_equal(decode_mask_png(encode_mask_png(whole[::2, 3:9], COLOURS)), whole[::2, 3:9])


def test_argmax_of_the_probabilities_is_the_mask_as_png() -> None:
    probabilities = np.random.default_rng(9).dirichlet(np.ones(5), (40, 60)).transpose(2, 0, 1).astype(np.float32)
    ids = class_ids(decode_probabilities(probabilities_body(probabilities)))
    assert np.array_equal(decode_mask_png(encode_mask_png(ids, COLOURS)), ids)


@pytest.mark.parametrize(
    "ids",
    [np.zeros((2, 3), np.int64), np.zeros((2, 3), bool), np.zeros(6, np.uint8), np.zeros((1, 2, 3), np.uint8)],
    ids=["integers", "booleans", "a row", "a stack"],
)
def test_only_masks_are_encoded(ids: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match=r"\(height, width\) uint8 class ids, not"):
        encode_mask_png(ids, COLOURS)


def test_no_more_colours_than_ids_are_encoded() -> None:
    with pytest.raises(ValueError, match="256"):
        encode_mask_png(np.zeros((2, 3), np.uint8), [(0, 0, 0)] * 257)


def test_a_colour_out_of_range_is_not_encoded() -> None:
    with pytest.raises(ValueError, match="256"):
        encode_mask_png(np.zeros((2, 3), np.uint8), [(0, 0, 300)])


@pytest.mark.parametrize("mode", ["L", "P"])
def test_masks_in_grey_and_with_a_palette_are_decoded(mode: str) -> None:
    ids = np.arange(256, dtype=np.uint8).reshape(8, 32)
    image = Image.fromarray(ids)
    if mode == "P":
        image.putpalette(bytes(range(256)) * 3)
    assert np.array_equal(decode_mask_png(encoded(image)), ids)


def test_a_mask_of_one_bit_has_the_classes_0_and_1() -> None:
    ids = np.random.default_rng(1).integers(0, 2, (13, 21), dtype=np.uint8)
    assert np.array_equal(decode_mask_png(encoded(Image.fromarray(ids.astype(bool)))), ids)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "I;16"])
def test_pictures_are_no_masks(mode: str) -> None:
    with pytest.raises(MalformedPrediction, match="expected is indexed or grey"):
        decode_mask_png(encoded(Image.new(mode, (4, 3))))


@pytest.mark.parametrize("file_format", ["JPEG", "GIF", "BMP", "TIFF"])
def test_other_files_are_no_masks(file_format: str) -> None:
    with pytest.raises(MalformedPrediction, match="did not answer with a PNG; the answer begins b'"):
        decode_mask_png(encoded(Image.new("L", (4, 3)), file_format))


MASKS = [
    encode_mask_png(np.random.default_rng(2).integers(0, 3, (9, 14), dtype=np.uint8), COLOURS),
    encoded(Image.new("1", (9, 7))),
    encoded(Image.new("L", (30, 30), 7), dpi=(72, 72)),
]


@given(st.sampled_from(MASKS), st.data())
def test_damaged_masks_are_decoded_or_refused(mask: bytes, data: st.DataObject) -> None:
    damaged = bytearray(mask)
    changes = st.lists(st.tuples(st.integers(0, len(mask) - 1), st.integers(0, 255)), max_size=4)
    for place, value in data.draw(changes):
        damaged[place] = value
    end = data.draw(st.one_of(st.just(len(mask)), st.integers(0, len(mask))))
    with contextlib.suppress(MalformedPrediction):
        assert decode_mask_png(bytes(damaged[:end])).ndim == 2

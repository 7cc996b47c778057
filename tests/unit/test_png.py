"""PNG files made by hand: every kind and depth, interlacing, too few and too many pixels, bombs."""

import random
import struct
import zlib

import numpy as np
import pytest
from labelloop.errors import MalformedPrediction
from labelloop.masks import decode_mask_png
from labelloop.pictures import PIXEL_LIMIT
from labelloop.png import GREY, GREY_ALPHA, PALETTE, RGB, RGBA, SIGNATURE, Header, find_damage
from PIL import Image

from tests.unit.memory import MEGABYTE, peak_memory
from tests.unit.picture_files import encoded

COLOURS = bytes(range(48))


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def header(width: int, height: int, depth: int = 8, colour: int = GREY, interlace: int = 0) -> bytes:
    return SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))


def png(start: bytes, *data: bytes, before: bytes = b"", between: bytes = b"") -> bytes:
    return start + before + between.join(chunk(b"IDAT", one) for one in data) + chunk(b"IEND", b"")


def packed(rows: list[list[int]], depth: int) -> bytes:
    """Rows without a filter, the first pixel in the highest bits."""
    out = b""
    for row in rows:
        bits = "".join(f"{sample:0{depth}b}" for sample in row)
        bits += "0" * (-len(bits) % 8)
        out += b"\0" + bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
    return out


@pytest.mark.parametrize("colour", [GREY, PALETTE])
@pytest.mark.parametrize("depth", [1, 2, 4, 8])
@pytest.mark.parametrize("width", [1, 3, 8, 17])
def test_ids_are_the_numbers_in_the_file_at_every_depth(depth: int, colour: int, width: int) -> None:
    dice = random.Random(depth)
    rows = [[dice.randrange(2**depth) for _ in range(width)] for _ in range(5)]
    before = chunk(b"PLTE", COLOURS) if colour == PALETTE else b""
    body = png(header(width, 5, depth, colour), zlib.compress(packed(rows, depth)), before=before)
    found = decode_mask_png(body)
    assert (found.tolist(), found.dtype.str) == (rows, "|u1")


@pytest.mark.parametrize("size", [1, 2, 4, 5, 9])
@pytest.mark.parametrize("depth", [4, 8])
def test_interlaced_masks_are_read(size: int, depth: int) -> None:
    """Adam7: seven smaller pictures, of which some have no pixels."""
    ids = np.random.default_rng(size).integers(0, 2**depth, (size, size + 1), dtype=np.uint8)
    starts = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    passes = [ids[y::rows, x::columns] for y, x, rows, columns in starts]
    data = b"".join(packed(one.tolist(), depth) for one in passes if one.size)
    body = png(header(size + 1, size, depth, GREY, 1), zlib.compress(data))
    assert np.array_equal(decode_mask_png(body), ids)


ROWS = [[1, 2, 3], [4, 5, 6]]
DATA = zlib.compress(packed(ROWS, 8))


@pytest.mark.parametrize(
    "body",
    [
        png(header(3, 2), *(DATA[at : at + 1] for at in range(len(DATA)))),
        png(header(3, 2), DATA[:5], b"", DATA[5:]),
        png(header(3, 2), DATA, before=chunk(b"tEXt", b"a\0b")),
        png(header(3, 2), zlib.compress(packed(ROWS, 8), 0)),
        png(header(3, 2), DATA + b"after the end of the stream"),
        bytearray(png(header(3, 2), DATA)),
    ],
    ids=["byte by byte", "in three chunks", "with a text", "not compressed", "with a rest", "a bytearray"],
)
def test_a_mask_is_read_however_its_data_come(body: bytes) -> None:
    assert decode_mask_png(body).tolist() == ROWS


@pytest.mark.parametrize(
    "begin",
    [
        b"",
        SIGNATURE,
        header(3, 2)[:28],
        SIGNATURE + chunk(b"IDAT", bytes(13)),
        header(0, 2),
        header(3, 0),
        header(3, 2, 3),
        header(3, 2, 4, RGB),
        header(3, 2, 8, 1),
    ],
    ids=["empty", "signature", "cut short", "no IHDR", "no width", "no height", "3 bits", "RGB of 4", "no such colour"],
)
def test_what_begins_as_no_png_has_no_header(begin: bytes) -> None:
    assert Header.from_bytes(begin) is None
    with pytest.raises(MalformedPrediction, match="did not answer with a PNG; the answer begins b'"):
        decode_mask_png(begin)


@pytest.mark.parametrize(
    ("colour", "depth", "row_size"),
    [
        (GREY, 16, 7),
        (RGB, 8, 10),
        (RGB, 16, 19),
        (GREY_ALPHA, 8, 7),
        (GREY_ALPHA, 16, 13),
        (RGBA, 8, 13),
        (RGBA, 16, 25),
    ],
)
def test_files_of_more_than_one_number_for_a_pixel_are_counted(colour: int, depth: int, row_size: int) -> None:
    body = png(header(3, 2, depth, colour), zlib.compress(bytes(2 * row_size)))
    found = Header.from_bytes(body)
    assert found == (3, 2, depth, colour, False)
    assert (found.data_size, found.is_mask, find_damage(body, found)) == (2 * row_size, False, None)
    with pytest.raises(MalformedPrediction, match=f"colour type {colour} of {depth} bits"):
        decode_mask_png(body)


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16", "LA", "RGB", "RGBA"])
def test_nothing_is_wrong_with_what_pillow_writes(mode: str) -> None:
    body = encoded(Image.new(mode, (13, 7)))
    found = Header.from_bytes(body)
    assert found is not None
    assert find_damage(body, found) is None


@pytest.mark.parametrize(
    ("body", "damage"),
    [
        (header(3, 2), "is cut short"),
        (png(header(3, 2)), "is cut short"),
        (png(header(3, 2), DATA)[:-24], "is cut short"),
        (png(header(3, 2), DATA[:-1]), "is cut short"),
        (png(header(3, 2), DATA[:5], DATA[5:], between=chunk(b"tEXt", b"a\0b")), "is cut short"),
        (png(header(3, 2), b"not zlib"), "is damaged: Error -3"),
        (png(header(3, 2), DATA[:-1] + b"\0"), "is damaged: Error -3 while decompressing data: incorrect data check"),
        (png(header(3, 3), DATA), "holds fewer than its 3x3 pixels"),
        (png(header(3, 1), DATA), "holds more than its 3x1 pixels"),
        (png(header(3, 2), zlib.compress(bytes(7))), "holds fewer"),
        (png(header(3, 2), zlib.compress(bytes(9))), "holds more"),
    ],
)
def test_missing_and_damaged_data_are_found(body: bytes, damage: str) -> None:
    found = Header.from_bytes(body)
    assert found is not None
    assert (find_damage(body, found) or "").startswith(damage)
    with pytest.raises(MalformedPrediction, match=f"the endpoint's mask {damage}"):
        decode_mask_png(body)


@pytest.mark.parametrize(
    "body",
    [
        png(header(3, 2)[:-1] + b"\0", DATA),
        png(header(3, 2), zlib.compress(b"\x09\1\2\3\0\4\5\6")),
    ],
    ids=["a wrong checksum", "an unknown filter"],
)
def test_what_only_decoding_finds_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedPrediction, match="mask is damaged"):
        decode_mask_png(body)


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**32 - 1, 2**32 - 1), (PIXEL_LIMIT + 1, 1)])
def test_masks_of_too_many_pixels_are_refused(size: tuple[int, int]) -> None:
    complaint = f"mask has {size[0]}x{size[1]} pixels; at most {PIXEL_LIMIT} are read"
    with pytest.raises(MalformedPrediction, match=complaint):
        decode_mask_png(png(header(*size), DATA))


def test_as_many_pixels_as_are_read_are_read() -> None:
    body = png(header(10_000, 5_000, 1), zlib.compress(bytes(5_000 * 1_251)))
    assert PIXEL_LIMIT == 10_000 * 5_000
    assert not decode_mask_png(body).any()


@pytest.mark.parametrize("unpacked", [100 * MEGABYTE, 7])
def test_a_bomb_is_refused_without_its_memory(unpacked: int) -> None:
    """A hundred megabytes from a hundred kilobytes, under the header of a small mask or of a large one."""
    bomb = zlib.compress(bytes(unpacked))
    for width, height in ((3, 2), (10_000, 5_000)):
        body = png(header(width, height), bomb)
        with peak_memory() as peak, pytest.raises(MalformedPrediction, match="holds"):
            decode_mask_png(body)
        assert peak() < MEGABYTE

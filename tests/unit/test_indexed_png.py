"""PNG masks made by hand: every depth, interlacing, too few and too many pixels, bombs."""

import random
import struct
import zlib

import numpy as np
import pytest
from labelloop.errors import MalformedPrediction
from labelloop.indexed_png import SIGNATURE, check_png
from labelloop.masks import decode_mask_png
from labelloop.pictures import PIXEL_LIMIT

from tests.unit.memory import MEGABYTE, peak_memory

GREY, RGB, PALETTE = 0, 2, 3
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
    ("body", "complaint"),
    [
        (b"", "did not answer with a PNG; the answer begins b''"),
        (SIGNATURE, "did not answer with a PNG"),
        (header(3, 2)[:28], "did not answer with a PNG"),
        (SIGNATURE + chunk(b"IDAT", bytes(13)), "did not answer with a PNG"),
        (header(3, 2), "cut short"),
        (png(header(3, 2)), "cut short"),
        (png(header(3, 2), DATA)[:-24], "cut short"),
        (png(header(3, 2), DATA[:-1]), "cut short"),
        (png(header(3, 2), DATA[:5], DATA[5:], between=chunk(b"tEXt", b"a\0b")), "cut short"),
        (png(header(3, 2), b"not zlib"), "damaged PNG: Error -3"),
        (png(header(3, 2), DATA[:-1] + b"\0"), "damaged PNG: Error -3 while decompressing data: incorrect data check"),
        (png(header(3, 3), DATA), "mask of 3x3 pixels holds fewer"),
        (png(header(3, 1), DATA), "mask of 3x1 pixels holds more"),
        (png(header(3, 2), zlib.compress(bytes(7))), "holds fewer"),
        (png(header(3, 2), zlib.compress(bytes(9))), "holds more"),
        (png(header(3, 2, 16), DATA), "colour type 0 of 16 bits"),
        (png(header(3, 2, 8, RGB), DATA), "colour type 2 of 8 bits"),
        (png(header(0, 2), DATA), "0x2 pixels"),
        (png(header(3, 0), DATA), "3x0 pixels"),
        (png(header(60_000, 60_000), DATA), f"60000x60000 pixels; at most {PIXEL_LIMIT} are read"),
        (png(header(2**32 - 1, 2**32 - 1), DATA), "4294967295x4294967295 pixels"),
        (png(header(3, 2)[:-1] + b"\0", DATA), "damaged PNG"),
    ],
)
def test_what_is_no_mask_is_refused(body: bytes, complaint: str) -> None:
    with pytest.raises(MalformedPrediction, match=complaint):
        decode_mask_png(body)


def test_an_unknown_filter_is_refused() -> None:
    with pytest.raises(MalformedPrediction, match="damaged PNG"):
        decode_mask_png(png(header(3, 2), zlib.compress(b"\x09\1\2\3\0\4\5\6")))


def test_as_many_pixels_as_are_read_are_read() -> None:
    assert PIXEL_LIMIT == 10_000 * 5_000
    assert check_png(png(header(10_000, 5_000, 1), zlib.compress(bytes(5_000 * 1_251)))).data_size == 5_000 * 1_251


@pytest.mark.parametrize("unpacked", [100 * MEGABYTE, 7])
def test_a_bomb_is_refused_without_its_memory(unpacked: int) -> None:
    """A hundred megabytes from a hundred kilobytes, under the header of a small mask or of a large one."""
    bomb = zlib.compress(bytes(unpacked))
    for width, height in ((3, 2), (10_000, 5_000)):
        body = png(header(width, height), bomb)
        with peak_memory() as peak, pytest.raises(MalformedPrediction, match="holds"):
            decode_mask_png(body)
        assert peak() < MEGABYTE

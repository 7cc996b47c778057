"""PNG files before they are decoded: what the header says, and whether the data are as much as it says.

    file   := signature chunk*            chunk := length(4) kind(4) content crc(4)      all integers big-endian
    IHDR   := width(4) height(4) bit depth(1) colour type(1) compression(1) filter(1) interlace(1)
    IDAT*  := zlib stream of rows, each a filter byte and the samples of its pixels, packed into whole bytes

Pillow takes the missing rows of a short zlib stream for black, or class 0, so somebody has to count.
Source: https://www.w3.org/TR/png-3/
"""

import struct
import zlib
from collections.abc import Buffer, Iterator
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6  # colour types
_CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
_DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGBA: (8, 16)}
_IHDR = struct.Struct(">8sI4sIIBBBBB")
_CHUNK = struct.Struct(">I4s")
_CRC_SIZE = 4
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))  # x y dx dy
_WHOLE = ((0, 0, 1, 1),)
_PIECE = 1 << 16  # bytes fed to zlib or taken from it at a time


class Header(NamedTuple):
    """What IHDR says; width and height in pixels, depth in bits of a sample, colour one of the colour types."""

    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool

    @classmethod
    def from_bytes(cls, body: Buffer) -> Self | None:
        """The header at the beginning of a file; None where it is no PNG's."""
        begin = bytes(memoryview(body).cast("B")[: _IHDR.size])
        if len(begin) < _IHDR.size or not begin.startswith(SIGNATURE) or begin[12:16] != b"IHDR":
            return None
        _, _, _, width, height, depth, colour, _, _, interlace = _IHDR.unpack(begin)
        if not width * height or depth not in _DEPTHS.get(colour, ()):
            return None
        return cls(width, height, depth, colour, bool(interlace))

    @property
    def channels(self) -> int:
        """Samples of a pixel."""
        return _CHANNELS[self.colour]

    @property
    def is_mask(self) -> bool:
        """Whether it has one number of up to 8 bits for each pixel: indexed, or grey."""
        return self.channels == 1 and self.depth <= 8

    @property
    def data_size(self) -> int:
        """Bytes of all rows, filter bytes included."""
        size, bits = 0, self.depth * self.channels
        for x, y, step_x, step_y in _ADAM7 if self.interlaced else _WHOLE:
            columns, rows = -(-(self.width - x) // step_x), -(-(self.height - y) // step_y)
            size += rows * (1 + -(-columns * bits // 8)) if columns > 0 else 0
        return size

    def ids(self, samples: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The numbers in a mask's file for what Pillow made of them: grey of 2 and 4 bits it spreads over 0…255."""
        if self.colour == GREY and self.depth in (2, 4):
            samples //= 255 // ((1 << self.depth) - 1)
        return samples


def find_damage(body: Buffer, header: Header) -> str | None:
    """What is wrong with a file's data, said of the file: "is cut short"; None where they are as much as they should.

    Never more than a little is unpacked at a time.
    """
    try:
        size = _unpacked_size(_data(memoryview(body).cast("B")), header.data_size)
    except zlib.error as error:
        return f"is damaged: {error}"
    if size is None:
        return "is cut short"
    if size != header.data_size:
        return f"holds {'fewer' if size < header.data_size else 'more'} than its {header.width}x{header.height} pixels"
    return None


def _unpacked_size(pieces: Iterator[memoryview], limit: int) -> int | None:
    """Bytes of a zlib stream unpacked, counted until they are more than the limit; None where it does not end."""
    stream, size = zlib.decompressobj(), 0
    for piece in pieces:
        unpacked = stream.decompress(piece, _PIECE)
        while unpacked and size <= limit:
            size += len(unpacked)
            unpacked = stream.decompress(stream.unconsumed_tail, _PIECE)
        if stream.eof or size > limit:
            return size
    return None


def _data(view: memoryview) -> Iterator[memoryview]:
    """The content of the first row of IDAT chunks, in pieces."""
    at, begun = len(SIGNATURE), False
    while at + _CHUNK.size <= len(view):
        length, kind = _CHUNK.unpack_from(view, at)
        at += _CHUNK.size
        if kind == b"IDAT":
            begun = True
            end = min(at + length, len(view))
            yield from (view[start : min(start + _PIECE, end)] for start in range(at, end, _PIECE))
        elif begun:
            return
        at += length + _CRC_SIZE

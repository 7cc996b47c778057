"""PNG masks before they are decoded: what the header says, and whether the data are as much as it says.

    file   := signature chunk*            chunk := length(4) kind(4) content crc(4)      all integers big-endian
    IHDR   := width(4) height(4) bit depth(1) colour type(1) compression(1) filter(1) interlace(1)
    IDAT*  := zlib stream of rows, each a filter byte and the samples of its pixels, packed into whole bytes

Pillow takes the missing rows of a short zlib stream for class 0, so somebody has to count.
Source: https://www.w3.org/TR/png-3/
"""

import struct
import zlib
from collections.abc import Buffer, Iterator
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from labelloop.errors import MalformedPrediction
from labelloop.pictures import PIXEL_LIMIT

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_IHDR = struct.Struct(">8sI4sIIBBBBB")
_CHUNK = struct.Struct(">I4s")
_CRC_SIZE = 4
_GREY, _PALETTE = 0, 3
_DEPTHS = (1, 2, 4, 8)
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))  # x y dx dy
_WHOLE = ((0, 0, 1, 1),)
_PIECE = 1 << 16  # bytes fed to zlib or taken from it at a time


class Header(NamedTuple):
    """What a mask's IHDR says; width and height in pixels, depth in bits."""

    width: int
    height: int
    depth: int
    grey: bool
    interlaced: bool

    @classmethod
    def from_bytes(cls, body: Buffer) -> Self:
        """Read the beginning of a file.

        Raises:
            MalformedPrediction: no PNG, neither indexed nor grey, more than 8 bits, or more than PIXEL_LIMIT pixels.
        """
        begin = bytes(memoryview(body).cast("B")[: _IHDR.size])
        if len(begin) < _IHDR.size or not begin.startswith(SIGNATURE) or begin[12:16] != b"IHDR":
            raise MalformedPrediction(f"the endpoint did not answer with a PNG; the answer begins {begin[:16]!r}.")
        _, _, _, width, height, depth, colour, _, _, interlace = _IHDR.unpack(begin)
        if colour not in (_GREY, _PALETTE) or depth not in _DEPTHS:
            raise MalformedPrediction(
                f"the endpoint's mask has colour type {colour} of {depth} bits; expected is indexed or grey of up to 8."
            )
        if not 0 < width * height <= PIXEL_LIMIT:
            raise MalformedPrediction(
                f"the endpoint's mask has {width}x{height} pixels; at most {PIXEL_LIMIT} are read."
            )
        return cls(width, height, depth, colour == _GREY, bool(interlace))

    @property
    def data_size(self) -> int:
        """Bytes of all rows, filter bytes included."""
        size = 0
        for x, y, step_x, step_y in _ADAM7 if self.interlaced else _WHOLE:
            columns, rows = -(-(self.width - x) // step_x), -(-(self.height - y) // step_y)
            size += rows * (1 + -(-columns * self.depth // 8)) if columns > 0 else 0
        return size

    def ids(self, samples: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The numbers in the file for what Pillow made of them: grey of 2 and 4 bits it spreads over 0…255."""
        if self.grey and self.depth in (2, 4):
            samples //= 255 // ((1 << self.depth) - 1)
        return samples


def check_png(body: Buffer) -> Header:
    """The header of a mask whose data are as much as the header says; never more than a little is unpacked at a time.

    Raises:
        MalformedPrediction: see `Header.from_bytes`; or less or more data, or damaged ones.
    """
    header = Header.from_bytes(body)
    size = _unpacked_size(_data(memoryview(body).cast("B")), header.data_size)
    if size != header.data_size:
        raise MalformedPrediction(
            f"the endpoint's mask of {header.width}x{header.height} pixels holds "
            f"{'fewer' if size < header.data_size else 'more'}."
        )
    return header


def _unpacked_size(pieces: Iterator[memoryview], limit: int) -> int:
    """Bytes of a zlib stream unpacked, counted until they are more than the limit."""
    stream, size = zlib.decompressobj(), 0
    try:
        for piece in pieces:
            unpacked = stream.decompress(piece, _PIECE)
            while unpacked and size <= limit:
                size += len(unpacked)
                unpacked = stream.decompress(stream.unconsumed_tail, _PIECE)
            if stream.eof or size > limit:
                return size
    except zlib.error as error:
        raise MalformedPrediction(f"the endpoint's mask is a damaged PNG: {error}") from error
    raise MalformedPrediction("the endpoint's mask is a PNG that is cut short.")


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

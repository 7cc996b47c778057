"""A picture's colours as a short list, and for each pixel its place in it.

Masks are areas of few colours, so the ends of areas are looked up, not pixels: sorting 12 million takes half a second,
this a tenth of it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

OTHERS = 255  # the code of all colours for which the list has no place
BAND = 1 << 20  # pixels looked at together
_COLOUR = 0xFFFFFF


class ListedColours(NamedTuple):
    """`colours` are numbers, `counts` (256,) their pixels, `codes` (H, W), uint8, each pixel's place, or OTHERS.

    A colour is red + 256 * green + 65536 * blue; in a grey picture of 16 bits the level.
    """

    codes: NDArray[np.uint8]
    colours: Sequence[int]
    counts: NDArray[np.int64]

    @classmethod
    def of_image(cls, image: Image.Image, known: Sequence[int]) -> Self:
        """All colours of a picture where they are few; where not, of those that are not in `known` only the first.

        Raises:
            ValueError: more than 255 known ones.
        """
        if len(known) > OTHERS:
            raise ValueError(f"at most {OTHERS} colours are told apart, not {len(known)}")
        colours, counts = list(known), np.zeros(OTHERS + 1, np.int64)
        codes = np.empty((image.height, image.width), np.uint8)
        for top, band in _bands(image):
            found, lengths = _coded(band, colours)
            counts += np.bincount(found, lengths, OTHERS + 1).astype(np.int64)
            rows = np.repeat(found, lengths).reshape(-1, image.width)
            codes[top : top + len(rows)] = rows
        return cls(codes, colours, counts)


def _bands(image: Image.Image) -> Iterator[tuple[int, NDArray[np.uint32]]]:
    """The first row of each band, and the colours of its pixels, row by row."""
    step = max(1, BAND // image.width)
    for top in range(0, image.height, step):
        band = image.crop((0, top, image.width, min(top + step, image.height)))
        if band.mode == "I;16":
            yield top, np.frombuffer(band.tobytes(), "<u2").astype(np.uint32)
        else:
            yield top, np.frombuffer(band.convert("RGB").tobytes("raw", "RGBX"), "<u4") & np.uint32(_COLOUR)


def _coded(pixels: NDArray[np.uint32], colours: list[int]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The codes of the runs of alike pixels, and their lengths; new colours are put on the list while there is room."""
    starts = np.concatenate(([0], np.flatnonzero(pixels[1:] != pixels[:-1]) + 1))
    different, places = np.unique(pixels[starts], return_inverse=True)
    new = different[~np.isin(different, colours)]
    colours.extend(new[: OTHERS - len(colours)].tolist())
    order = np.argsort(colours)
    ranks = np.searchsorted(colours, different, sorter=order).clip(max=len(colours) - 1)
    codes = np.where(np.take(colours, order[ranks]) == different, order[ranks], OTHERS).astype(np.uint8)
    return codes[places], np.diff(starts, append=len(pixels))

"""The pixels of a mask's file, whatever its form: which are alike, how many, and where.

A file is decoded to codes (H, W), uint8: the values of a file of one channel; of others each colour's place in a list.
Memory is that of the decoded picture, the codes, and some rows.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelloop.mask_checks.listed_colours import BAND, OTHERS, ListedColours
from labelloop.mask_checks.reading import PALETTE_SIZE, Form, Sample
from labelloop.palette import Colour
from labelloop.png import Header

BORDER = 4  # pixels: how far smoothing reaches, about, when a mask is halved or doubled
_WHITE = 255
_DEEP = 16  # bits
_LEVEL = 257  # of 16 bits, for one of 8
_RAMP = [(level, level, level) for level in range(PALETTE_SIZE)]


class Pixels(NamedTuple):
    """What a mask's file holds: codes (H, W), uint8, a sample for each code that occurs, and the palette."""

    codes: NDArray[np.uint8]
    samples: Mapping[int, Sample]
    form: Form
    palette: Sequence[Colour] = ()

    @classmethod
    def of_image(cls, image: Image.Image, header: Header | None, colours: Sequence[Colour]) -> Self:
        """The pixels of a picture.

        Args:
            image: as it was opened.
            header: of a PNG; None of a JPEG.
            colours: those to be told apart however many others there are; at most 255.

        Raises:
            OSError, SyntaxError, ValueError: the file is damaged.
        """
        depth = header.depth if header else 8
        if image.mode == "P":
            return cls._indexed(image)
        if image.mode in ("1", "L"):
            samples = np.array(image, np.uint8)
            return cls._grey(header.ids(samples) if header else samples, (1 << depth) - 1)
        if image.mode == "LA" and depth < _DEEP:
            return cls._grey(np.asarray(image.getchannel("L")), _WHITE)
        if image.mode == "I;16":
            return cls._listed(ListedColours.of_image(image, []), Form.GREY, _deep_grey)
        known = [red | green << 8 | blue << 16 for red, green, blue in colours]
        return cls._listed(ListedColours.of_image(image, known), Form.COLOURED, _deep if depth == _DEEP else _shallow)

    @classmethod
    def _indexed(cls, image: Image.Image) -> Self:
        codes, entries = np.asarray(image), image.getpalette("RGB") or []
        palette = [(red, green, blue) for red, green, blue in zip(*[iter(entries)] * 3, strict=True)]
        if palette == _RAMP:  # what Pillow makes of grey: no colours that anybody chose
            return cls._grey(codes, _WHITE)
        first = {colour: value for value, colour in reversed(list(enumerate(palette)))}

        def sample(value: int, pixels: int) -> Sample:
            colour = palette[value] if value < len(palette) else None
            return Sample(value, colour, pixels, repeated=colour is not None and first[colour] != value)

        return cls(codes, {value: sample(value, pixels) for value, pixels in _counts(codes)}, Form.INDEXED, palette)

    @classmethod
    def _grey(cls, codes: NDArray[np.uint8], white: int) -> Self:
        counts = _counts(codes)
        return cls(codes, {one: Sample(one, _grey(one * _WHITE // white), pixels) for one, pixels in counts}, Form.GREY)

    @classmethod
    def _listed(cls, listed: ListedColours, form: Form, sample: Callable[[int, int], Sample]) -> Self:
        counts = [(code, int(listed.counts[code])) for code in np.flatnonzero(listed.counts).tolist()]
        told = {code: sample(listed.colours[code], pixels) for code, pixels in counts if code != OTHERS}
        untold = {code: Sample(None, None, pixels) for code, pixels in counts if code == OTHERS}
        return cls(listed.codes, told | untold, form)

    def painted(self, values: Mapping[int, int]) -> NDArray[np.uint8]:
        """(H, W), uint8: the value of each pixel's code, 0 where it has none."""
        return np.asarray(Image.fromarray(self.codes).point([values.get(code, 0) for code in range(PALETTE_SIZE)]))

    def count_beside(self, known: Collection[int]) -> int:
        """How many pixels have no known code, but one that has near them."""
        is_known = self.painted(dict.fromkeys(known, 1))
        step = max(1, BAND // is_known.shape[1])
        return sum(_count_beside(is_known, top, top + step) for top in range(0, len(is_known), step))


def count_transparent(image: Image.Image) -> int:
    """How many pixels are not opaque; none of a file of one channel, which is read by its values."""
    if image.mode == "RGB" and image.has_transparency_data:
        image = image.convert("RGBA")
    if image.mode not in ("LA", "RGBA"):
        return 0
    return sum(image.getchannel("A").histogram()[:_WHITE])


def _counts(codes: NDArray[np.uint8]) -> list[tuple[int, int]]:
    return [(code, pixels) for code, pixels in enumerate(Image.fromarray(codes).histogram()) if pixels]


def _grey(level: int) -> Colour:
    return level, level, level


def _deep_grey(level: int, pixels: int) -> Sample:
    of_eight_bits = _grey(level // _LEVEL) if level % _LEVEL == 0 else None
    return Sample(level, of_eight_bits, pixels)


def _deep(colour: int, pixels: int) -> Sample:
    """Pillow keeps the upper eight bits of each channel: as good for a colour, but not the number that was written."""
    return _shallow(colour, pixels)._replace(value=None)


def _shallow(colour: int, pixels: int) -> Sample:
    red, green, blue = colour & 255, colour >> 8 & 255, colour >> 16
    return Sample(red if red == green == blue else None, (red, green, blue), pixels)


def _count_beside(is_known: NDArray[np.uint8], top: int, bottom: int) -> int:
    """Of rows top to bottom, how many pixels are 0 and at most BORDER from one that is 1, on either axis."""
    start = max(0, top - BORDER)
    near = is_known[start : bottom + BORDER]
    beside = _widened(near) > near
    return int(np.count_nonzero(beside[top - start : bottom - start]))


def _widened(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The largest of the square of BORDER pixels to each side of each pixel."""
    for axis in (0, 1):
        lines = np.moveaxis(values, axis, 0)
        found = lines.copy()
        for shift in range(1, BORDER + 1):
            np.maximum(found[shift:], lines[:-shift], out=found[shift:])
            np.maximum(found[:-shift], lines[shift:], out=found[:-shift])
        values = np.moveaxis(found, 0, axis)
    return values

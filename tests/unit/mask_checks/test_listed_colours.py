"""Colours of pictures as lists and codes, against numpy's own counting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from labelloop.mask_checks.listed_colours import BAND, OTHERS, ListedColours
from numpy.typing import NDArray
from PIL import Image

from tests.unit.memory import MEGABYTE, peak_memory

SIZES = arrays.array_shapes(min_dims=2, max_dims=2, max_side=9)
FEW = st.integers(0, 3) | st.integers(0, 255)
PICTURES = SIZES.flatmap(lambda size: arrays.arrays(np.uint8, (*size, 3), elements=FEW))


def numbers(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    weighted: NDArray[np.int64] = pixels.astype(np.int64) @ np.array([1, 256, 65536])
    return weighted


def agrees(found: ListedColours, wanted: NDArray[np.int64]) -> bool:
    """Whether each pixel's code is the place of its colour."""
    return np.array_equal(np.take(found.colours, found.codes), wanted)


@given(PICTURES)
def test_each_pixel_has_the_place_of_its_colour(pixels: NDArray[np.uint8]) -> None:
    found = ListedColours.of_image(Image.fromarray(pixels), [])
    colours, counts = np.unique(numbers(pixels), return_counts=True)
    assert agrees(found, numbers(pixels))
    assert dict(zip(found.colours, found.counts.tolist(), strict=False)) == dict(
        zip(colours.tolist(), counts.tolist(), strict=True)
    )


@given(PICTURES, st.lists(st.integers(0, 2**24 - 1), unique=True, max_size=9))
def test_known_colours_come_first(pixels: NDArray[np.uint8], known: list[int]) -> None:
    found = ListedColours.of_image(Image.fromarray(pixels), known)
    assert found.colours[: len(known)] == known
    assert agrees(found, numbers(pixels))


@pytest.mark.parametrize("mode", ["RGBA", "CMYK"])
def test_other_modes_are_read_as_rgb(mode: str) -> None:
    image = Image.new("RGB", (3, 2), (1, 2, 3)).convert(mode)
    assert ListedColours.of_image(image, []).colours == [1 + 2 * 256 + 3 * 65536]


def test_grey_of_16_bits_is_listed_by_level() -> None:
    levels = np.array([[0, 257, 65535], [3, 3, 0]], np.uint16)
    found = ListedColours.of_image(Image.fromarray(levels), [])
    assert found.colours == [0, 3, 257, 65535]
    assert agrees(found, levels.astype(np.int64))


def test_of_many_colours_the_known_ones_are_told_apart() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    pixels[100:120, 50] = (9, 8, 7)
    known = 9 + 8 * 256 + 7 * 65536
    found = ListedColours.of_image(Image.fromarray(pixels), [known])
    assert (len(found.colours), found.colours[0], int(found.counts.sum())) == (OTHERS, known, 300 * 400)
    assert int(found.counts[OTHERS]) == int(np.count_nonzero(found.codes == OTHERS)) > 100_000
    assert np.array_equal(found.codes == 0, numbers(pixels) == known)


def test_more_known_colours_than_codes_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 255 colours are told apart, not 256"):
        ListedColours.of_image(Image.new("RGB", (1, 1)), range(256))


@pytest.mark.parametrize("size", [(1, 3), (BAND // 2, 5), (BAND + 1, 2), (1000, 3000)])
def test_bands_make_no_difference(size: tuple[int, int]) -> None:
    width, height = size
    pixels = (np.arange(width * height) // 1000 % 7).reshape(height, width).astype(np.uint8)
    found = ListedColours.of_image(Image.fromarray(pixels).convert("RGB"), [])
    assert agrees(found, pixels.astype(np.int64) * (1 + 256 + 65536))


def test_memory_is_that_of_the_codes_and_a_band() -> None:
    image = Image.new("RGB", (4000, 3000))
    with peak_memory() as peak:
        ListedColours.of_image(image, [])
    assert peak() < 12 * MEGABYTE + 20 * BAND

"""What files of every form hold, pixel by pixel."""

import struct
import zlib
from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from labelloop.mask_checks.listed_colours import BAND, OTHERS
from labelloop.mask_checks.pixels import BORDER, Pixels, count_transparent
from labelloop.mask_checks.reading import Form, Sample
from labelloop.palette import Colour
from labelloop.png import GREY_ALPHA, PALETTE, RGB, Header
from PIL import Image

from tests.unit.mask_files import AREAS, BLUE, GREEN, ORANGE, WHITE, Ids, as_ground_truth, filled, grey, ids
from tests.unit.picture_files import encoded, opened
from tests.unit.test_png import chunk, header, packed, png

BLACK = (0, 0, 0)


def pixels_of(body: bytes, colours: list[Colour] | None = None) -> Pixels:
    return Pixels.of_image(opened(body), Header.from_bytes(body), colours or [])


def samples(body: bytes) -> tuple[Form, list[Sample]]:
    found = pixels_of(body)
    return found.form, list(found.samples.values())


def deep(colour_type: int, *channels: int) -> bytes:
    """A PNG of one pixel of 16 bits a channel."""
    return png(header(1, 1, 16, colour_type), zlib.compress(b"\0" + struct.pack(f">{len(channels)}H", *channels)))


@pytest.mark.parametrize(
    ("palette", "colours"),
    [
        (filled([WHITE, GREEN, BLUE]), [(WHITE, False), (GREEN, False), (WHITE, True)]),
        ([ORANGE] * 8, [(ORANGE, False), (ORANGE, True), (ORANGE, True)]),
        ([GREEN, BLUE], [(GREEN, False), (BLUE, False), (None, False)]),
    ],
    ids=["filled up", "of one colour", "too short"],
)
def test_indexed_pixels_have_a_value_and_the_palettes_colour(
    palette: list[Colour], colours: list[tuple[Colour | None, bool]]
) -> None:
    values = [[0, 1, 1], [7, 7, 7]]
    plte = chunk(b"PLTE", bytes(chain(*palette)))
    body = png(header(3, 2, 8, PALETTE), zlib.compress(packed(values, 8)), before=plte)
    found = pixels_of(body)
    assert (found.form, found.palette, found.codes.tolist()) == (Form.INDEXED, palette, values)
    told = zip((0, 1, 7), (1, 2, 3), colours, strict=True)
    assert list(found.samples.values()) == [Sample(one, colour, n, repeated) for one, n, (colour, repeated) in told]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (grey(ids([0, 7], [7, 255])), [(0, 0), (7, 7), (255, 255)]),
        (png(header(2, 1, 1), zlib.compress(packed([[0, 1]], 1))), [(0, 0), (1, 255)]),
        (png(header(2, 1, 2), zlib.compress(packed([[1, 3]], 2))), [(1, 85), (3, 255)]),
        (png(header(2, 1, 4), zlib.compress(packed([[1, 15]], 4))), [(1, 17), (15, 255)]),
        (encoded(Image.fromarray(ids([0, 9])).convert("P")), [(0, 0), (9, 9)]),
        (encoded(Image.fromarray(ids([0, 9])).convert("LA")), [(0, 0), (9, 9)]),
        (encoded(Image.fromarray(np.array([[0, 257, 65535]], np.uint16))), [(0, 0), (257, 1), (65535, 255)]),
    ],
)
def test_grey_pixels_have_a_value_and_a_level(body: bytes, found: list[tuple[int, int]]) -> None:
    form, told = samples(body)
    assert form is Form.GREY
    assert [(one.value, one.colour) for one in told] == [(value, (level,) * 3) for value, level in found]


def test_a_level_of_16_bits_between_those_of_8_is_no_colour() -> None:
    assert samples(encoded(Image.fromarray(np.array([[7]], np.uint16)))) == (Form.GREY, [Sample(7, None, 1)])


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (encoded(Image.new("RGB", (2, 1), GREEN)), Sample(None, GREEN, 2)),
        (encoded(Image.new("RGB", (2, 1), (7, 7, 7))), Sample(7, (7, 7, 7), 2)),
        (encoded(Image.new("RGBA", (2, 1), GREEN)), Sample(None, GREEN, 2)),
        (deep(RGB, 44 * 257, 160 * 257, 44 * 257), Sample(None, GREEN, 1)),
        (deep(RGB, 7, 7, 7), Sample(None, BLACK, 1)),
        (deep(GREY_ALPHA, 7, 65535), Sample(None, BLACK, 1)),
    ],
)
def test_pixels_of_several_channels_have_a_colour(body: bytes, found: Sample) -> None:
    assert samples(body) == (Form.COLOURED, [found])


def test_of_too_many_colours_the_known_ones_are_told() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    noise[0, :9] = GREEN
    found = pixels_of(encoded(Image.fromarray(noise)), [BLUE, GREEN])
    assert found.samples[1] == Sample(None, GREEN, 9)
    assert found.samples[OTHERS] == Sample(
        None, None, 3600 - sum(one.pixels for one in found.samples.values() if one.colour)
    )


def test_pixels_of_a_jpeg_need_no_header() -> None:
    image = opened(encoded(Image.new("L", (8, 8), 9), "JPEG"))
    assert Pixels.of_image(image, None, []).samples == {9: Sample(9, (9, 9, 9), 64)}


@given(arrays.arrays(np.uint8, (3, 4)), st.dictionaries(st.integers(0, 255), st.integers(0, 255)))
def test_pixels_are_painted_by_code(values: Ids, painted: dict[int, int]) -> None:
    found = pixels_of(grey(values)).painted(painted)
    assert found.tolist() == [[painted.get(value, 0) for value in row] for row in values.tolist()]


@given(arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, max_side=14), elements=st.integers(0, 2)))
def test_pixels_beside_known_ones_are_counted(values: Ids) -> None:
    known = np.argwhere(values > 0)
    distances = [np.abs(known - place).max(axis=1, initial=0) for place in np.argwhere(values == 0)]
    wanted = sum(bool(len(known)) and bool((one <= BORDER).any()) for one in distances)
    assert pixels_of(grey(values)).count_beside([1, 2]) == wanted


@pytest.mark.parametrize(("width", "height"), [(BAND // 8, 24), (1, 40)])
def test_pixels_beside_known_ones_are_counted_across_bands(width: int, height: int) -> None:
    values = np.zeros((height, width), np.uint8)
    values[height // 2] = 1
    assert Pixels(values, {}, Form.GREY).count_beside([1]) == 2 * BORDER * width


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (as_ground_truth(AREAS), 0),
        (encoded(opened(as_ground_truth(AREAS)), transparency=0), 0),
        (encoded(Image.new("RGBA", (3, 2), (*GREEN, 255))), 0),
        (encoded(Image.new("RGBA", (3, 2), (*GREEN, 254))), 6),
        (encoded(Image.new("LA", (3, 2), (7, 0))), 6),
        (encoded(Image.new("RGB", (3, 2), GREEN), transparency=GREEN), 6),
        (encoded(Image.new("RGB", (3, 2), GREEN), transparency=BLUE), 0),
        (encoded(Image.new("L", (3, 2), 7), transparency=7), 0),
    ],
)
def test_pixels_that_are_not_opaque_are_counted(body: bytes, count: int) -> None:
    assert count_transparent(opened(body)) == count

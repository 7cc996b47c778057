"""Masks that are in doubt: never repaired, never taken for others."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from labelloop.mask_checks.doctor import examine_mask
from labelloop.palette import Colour
from PIL import Image

from tests.unit.any_masks import VIVID, WITH_WHITE, codes, label_images, trained_on
from tests.unit.mask_files import AREAS, COLOURS, as_ground_truth, in_colours
from tests.unit.picture_files import encoded, opened

SMOOTH = [Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BILINEAR, Image.Resampling.HAMMING]


@pytest.mark.parametrize("resampling", SMOOTH, ids=lambda one: one.name)
@pytest.mark.parametrize("size", [(30, 20), (45, 30), (100, 70)])
def test_smoothed_colours_are_never_repaired(size: tuple[int, int], resampling: Image.Resampling) -> None:
    smoothed = in_colours(AREAS).resize((61, 41), Image.Resampling.NEAREST).resize(size, resampling)
    found = examine_mask(encoded(smoothed), COLOURS, size=size)
    assert (codes(found), found.repaired, found.values) == (["MASK_ANTI_ALIASED"], None, ())


@pytest.mark.parametrize("quality", [10, 50, 75, 95, 100])
@pytest.mark.parametrize("subsampling", [0, 2])
def test_jpegs_are_never_repaired(quality: int, subsampling: int) -> None:
    body = encoded(in_colours(AREAS), "JPEG", quality=quality, subsampling=subsampling)
    for file in (body, encoded(opened(body))):
        found = examine_mask(file, COLOURS, size=(60, 40))
        assert (found.is_usable, found.repaired) == (False, None)


@given(st.data(), WITH_WHITE, VIVID)
def test_a_pixel_of_another_colour_is_never_repaired(
    data: st.DataObject, colours: Mapping[int, Colour], stray: Colour
) -> None:
    assume(stray not in colours.values())
    values = data.draw(label_images(colours))
    image = in_colours(values, colours)
    image.putpixel((0, 0), stray)
    found = examine_mask(encoded(image), colours, size=None)
    assert (found.is_usable, found.repaired) == (False, None)


@given(st.data(), WITH_WHITE, st.integers(0, 254))
def test_a_pixel_of_another_value_is_never_repaired(
    data: st.DataObject, colours: Mapping[int, Colour], stray: int
) -> None:
    assume(stray not in colours)
    values = data.draw(label_images(colours))
    values[0, 0] = stray
    found = examine_mask(as_ground_truth(values, colours), colours, size=None)
    assert (codes(found), found.repaired) == (["MASK_VALUE_NOT_IN_COLOUR_MAP"], None)


@given(alpha=st.integers(0, 254), x=st.integers(0, 59), y=st.integers(0, 39))
def test_a_pixel_that_is_not_opaque_is_never_repaired(alpha: int, x: int, y: int) -> None:
    image = in_colours(AREAS, mode="RGBA")
    image.putpixel((x, y), (*image.getpixel((x, y))[:3], alpha))  # type: ignore[index]
    found = examine_mask(encoded(image), COLOURS, size=(60, 40))
    assert (codes(found), found.repaired) == (["MASK_TRANSPARENT"], None)


WHOLE = as_ground_truth(AREAS)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_damaged_byte_never_changes_a_pixel_unnoticed(place: int, change: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[place] ^= change
    found = examine_mask(bytes(damaged), COLOURS, size=(60, 40))
    if found.is_usable:
        assert np.array_equal(trained_on(bytes(damaged), found), AREAS)


@given(st.integers(0, len(WHOLE) - 1))
def test_a_mask_that_is_cut_short_is_refused_or_whole_in_all_its_pixels(length: int) -> None:
    found = examine_mask(WHOLE[:length], COLOURS, size=(60, 40))
    if found.is_usable:
        assert np.array_equal(trained_on(WHOLE[:length], found), AREAS)
    else:
        assert codes(found) in (["MASK_DAMAGED"], ["MASK_NOT_A_PICTURE"])


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda rest: WHOLE[:40] + rest))
def test_any_bytes_are_refused(body: bytes) -> None:
    assert not examine_mask(body, COLOURS, size=None).is_usable

"""Masks that others made, repaired to the pixel."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from labelloop.mask_checks.doctor import examine_mask
from labelloop.mask_checks.reading import ColourMap
from labelloop.palette import Colour
from PIL import Image

from tests.unit.any_masks import MAPS, VALUES, WITH_WHITE, codes, label_images, size_of, trained_on
from tests.unit.mask_files import (
    AREAS,
    BLUE,
    COLOURS,
    GREEN,
    ORANGE,
    WHITE,
    Ids,
    as_ground_truth,
    decoded,
    filled,
    grey,
    in_colours,
    indexed,
)
from tests.unit.picture_files import encoded, opened

# ------------------------------------------------------------------------------------------------------ what is right


@given(st.data(), WITH_WHITE)
def test_a_mask_of_ground_truth_is_left_as_it_is(data: st.DataObject, colours: Mapping[int, Colour]) -> None:
    values = data.draw(label_images(colours, 255))
    found = examine_mask(as_ground_truth(values, colours), colours, size=size_of(values))
    assert (codes(found), found.repaired, found.is_usable) == ([], None, True)
    assert found.values == tuple(sorted(set(values.ravel().tolist()) - {255}))


@given(st.data(), MAPS)
def test_a_grey_mask_of_values_is_left_as_it_is(data: st.DataObject, colours: Mapping[int, Colour]) -> None:
    values = data.draw(label_images(colours, 255))
    found = examine_mask(grey(values), colours, size=size_of(values))
    assert (codes(found), found.repaired) == ([], None)


@pytest.mark.parametrize("colours", [{0: None, 1: None, 2: None, 3: None}, dict.fromkeys(range(255))])
def test_an_old_colour_map_without_colours_will_do(colours: dict[int, None]) -> None:
    found = examine_mask(as_ground_truth(AREAS), colours, size=(60, 40))
    assert (codes(found), found.repaired, found.values) == ([], None, (0, 1, 2, 3))


def test_transparent_entries_of_a_palette_do_not_matter() -> None:
    body = encoded(opened(as_ground_truth(AREAS)), transparency=bytes([0, 9, 255, 255]))
    found = examine_mask(body, COLOURS, size=(60, 40))
    assert (codes(found), found.repaired) == ([], None)


# ---------------------------------------------------------------------------------------------------- what is repaired


@given(st.data(), WITH_WHITE.filter(lambda colours: len(colours) > 1))
def test_wrong_indices_are_repaired_by_their_colours(data: st.DataObject, colours: Mapping[int, Colour]) -> None:
    """The palette in any order, full or short: as Ground Truth in summer 2020, or programs that make PNGs smaller."""
    places = data.draw(st.permutations(list(colours)))
    is_full = data.draw(st.booleans())
    palette = [colours[value] for value in places]
    palette = filled(palette) if is_full else palette
    assume(not ColourMap(colours).is_listed_by(palette))
    values = data.draw(label_images(colours, *[255] * is_full))
    table = np.full(256, 255, np.uint8)
    table[places] = range(len(places))
    body = indexed(table[values], palette)
    found = examine_mask(body, colours, size=size_of(values))
    assert np.array_equal(trained_on(body, found), values)
    assert codes(found) in ([], ["MASK_INDICES_WRONG"], ["MASK_DEPTH"], ["MASK_DEPTH", "MASK_INDICES_WRONG"])
    assert ("MASK_INDICES_WRONG" in codes(found)) == (not np.array_equal(table[values], values))


@pytest.mark.parametrize(("mode", "channels"), [("RGB", 3), ("RGBA", 4)])
@given(st.data(), WITH_WHITE)
def test_a_mask_in_colours_is_repaired(
    mode: str, channels: int, data: st.DataObject, colours: Mapping[int, Colour]
) -> None:
    values = data.draw(label_images(colours))
    body = encoded(in_colours(values, colours, mode))
    found = examine_mask(body, colours, size=size_of(values))
    assert np.array_equal(trained_on(body, found), values)
    assert codes(found) == ["MASK_NOT_SINGLE_CHANNEL"]
    assert found.problems[0].value == channels


FORMS: dict[str, Callable[[Ids], bytes]] = {
    "palette of 1 bit": lambda values: indexed(values, [WHITE, GREEN], bits=1),
    "palette of 2 bits": lambda values: indexed(values, [WHITE, GREEN, BLUE, ORANGE], bits=2),
    "palette of 4 bits": lambda values: indexed(values, [WHITE, GREEN, BLUE, ORANGE], bits=4),
    "black and white": lambda values: encoded(Image.fromarray(values.astype(bool))),
    "grey of 16 bits": lambda values: encoded(Image.fromarray(values.astype(np.uint16))),
    "grey and opaque": lambda values: encoded(Image.fromarray(values).convert("LA")),
    "grey three times": lambda values: encoded(Image.fromarray(values).convert("RGB")),
    "grey and interlaced": lambda values: grey(values),
}
COLOURFUL: dict[int, Colour | None] = {0: ORANGE, 1: GREEN}


@pytest.mark.parametrize("form", FORMS)
@given(values=label_images(COLOURFUL))
def test_other_forms_of_values_are_repaired(form: str, values: Ids) -> None:
    body = FORMS[form](values)
    found = examine_mask(body, COLOURFUL, size=size_of(values))
    assert found.is_usable
    assert np.array_equal(trained_on(body, found), values)
    assert opened(found.repaired or body).mode in ("P", "L")


@pytest.mark.parametrize("form", ["1", "L", "I;16", "RGB"])
def test_grey_colours_of_the_map_are_repaired(form: str) -> None:
    colours: dict[int, Colour | None] = {3: (0, 0, 0), 7: WHITE}
    values = np.where(AREAS > 1, 7, 3).astype(np.uint8)
    image = in_colours(values, colours, "L")
    image = Image.fromarray(np.array(image, np.uint16) * 257) if form == "I;16" else image.convert(form)
    found = examine_mask(encoded(image), colours, size=(60, 40))
    assert found.repaired is not None
    assert np.array_equal(decoded(found.repaired), values)


@given(st.data(), WITH_WHITE)
def test_the_repaired_mask_is_as_ground_truth_writes_it(data: st.DataObject, colours: Mapping[int, Colour]) -> None:
    values = data.draw(label_images(colours))
    found = examine_mask(encoded(in_colours(values, colours)), colours, size=None)
    assert found.repaired == as_ground_truth(values, colours)
    again = examine_mask(found.repaired, colours, size=size_of(values))
    assert (codes(again), again.repaired, again.values) == ([], None, found.values)


def test_classes_without_a_colour_get_one() -> None:
    found = examine_mask(encoded(Image.fromarray(AREAS % 2).convert("RGB")), {0: None, 1: None}, size=None)
    assert found.repaired is not None
    assert opened(found.repaired).getpalette()[:9] != [255] * 9  # type: ignore[index]
    assert opened(found.repaired).getpalette()[:3] == [255] * 3  # type: ignore[index]


# ---------------------------------------------------------------------------------------------------------- new values


@given(st.data(), WITH_WHITE)
def test_values_become_others(data: st.DataObject, colours: Mapping[int, Colour]) -> None:
    targets = data.draw(st.lists(VALUES, min_size=len(colours), max_size=len(colours), unique=True))
    new_values = dict(zip(colours, targets, strict=True))
    values = data.draw(label_images(colours, 255))
    body = as_ground_truth(values, colours)
    found = examine_mask(body, colours, size=size_of(values), new_values=new_values)
    table = np.full(256, 255, np.uint8)
    table[list(new_values)] = targets
    assert np.array_equal(trained_on(body, found), table[values])
    renumbered = {new_values[value]: colour for value, colour in colours.items()}
    assert examine_mask(found.repaired or body, renumbered, size=None).repaired is None


def test_values_become_others_in_what_is_repaired() -> None:
    body = encoded(in_colours(AREAS))
    found = examine_mask(body, COLOURS, size=(60, 40), new_values={1: 2, 2: 1, 9: 3})
    assert found.repaired is not None
    assert np.array_equal(decoded(found.repaired), np.array([0, 2, 1, 3], np.uint8)[AREAS])


def test_classes_are_joined_where_they_become_one_value() -> None:
    found = examine_mask(as_ground_truth(AREAS), COLOURS, size=None, new_values={1: 2})
    assert found.repaired is not None
    right = decoded(as_ground_truth(AREAS))
    assert np.array_equal(decoded(found.repaired), np.where(right == 1, 2, right))


@pytest.mark.parametrize("new_values", [{1: 255}, {1: 256}, {1: -1}])
def test_new_values_that_are_no_class_are_refused(new_values: Mapping[int, int]) -> None:
    with pytest.raises(ValueError, match="values cannot become others like this"):
        examine_mask(as_ground_truth(AREAS), COLOURS, size=None, new_values=new_values)

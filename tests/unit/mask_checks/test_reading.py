"""By value or by colour: which class the pixels of a mask have."""

import pytest
from labelloop.mask_checks.reading import ColourMap, Form, Reading, Sample, read_samples
from labelloop.palette import Colour

from tests.unit.mask_files import BLUE, GREEN, ORANGE, WHITE, filled

BLACK, GREY, PINK = (0, 0, 0), (128, 128, 128), (255, 0, 255)
DENSE: dict[int, Colour | None] = {0: WHITE, 1: GREEN, 2: BLUE}
GAPS: dict[int, Colour | None] = {0: WHITE, 2: GREEN, 5: BLUE}
UNKNOWN: dict[int, Colour | None] = {0: None, 1: None, 2: None}
PARTLY: dict[int, Colour | None] = {0: WHITE, 1: None, 2: BLUE}
SHARED: dict[int, Colour | None] = {0: WHITE, 1: GREEN, 2: GREEN}
AS_LISTED = filled([WHITE, GREEN, BLUE])

BY_VALUE, BY_COLOUR, AMBIGUOUS, REFUSED = "by value", "by colour", "ambiguous", "refused"


def how(reading: Reading) -> str:
    if not reading.is_complete:
        return REFUSED
    return AMBIGUOUS if reading.ambiguous else BY_COLOUR if reading.by_colour else BY_VALUE


def samples_of(palette: list[Colour], values: list[int]) -> list[Sample]:
    return [Sample(value, palette[value], 1, palette.index(palette[value]) < value) for value in values]


@pytest.mark.parametrize(
    ("colours", "palette", "values", "reading", "classes"),
    [
        (DENSE, filled([WHITE, GREEN, BLUE]), [0, 1, 2], BY_VALUE, (0, 1, 2)),
        (DENSE, filled([WHITE, GREEN, BLUE]), [0, 1, 255], BY_VALUE, (0, 1, 255)),
        (DENSE, filled([WHITE, GREEN, BLUE]), [255], BY_VALUE, (255,)),
        (DENSE, filled([WHITE, GREEN, BLUE]), [0, 7], REFUSED, (0, None)),
        (DENSE, filled([WHITE, GREEN, BLUE]), [7], REFUSED, (None,)),
        # Values and colours of classes, crosswise: Ground Truth's masks of summer 2020.
        (DENSE, filled([WHITE, BLUE, GREEN]), [0, 1, 2], BY_COLOUR, (0, 2, 1)),
        (DENSE, filled([WHITE, BLUE, GREEN]), [1], BY_COLOUR, (2,)),
        (DENSE, filled([GREEN, BLUE, WHITE]), [0, 1, 2], BY_COLOUR, (1, 2, 0)),
        (DENSE, filled([GREEN, BLUE, WHITE]), [0, 1, 2, 255], BY_COLOUR, (1, 2, 0, 255)),
        (DENSE, filled([WHITE, GREEN, PINK, BLUE]), [0, 1, 3], BY_COLOUR, (0, 1, 2)),
        (DENSE, [*filled([WHITE, GREEN], PINK)[:255], BLUE], [0, 1, 255], BY_COLOUR, (0, 1, 2)),
        (DENSE, [*filled([WHITE, BLUE], PINK)[:255], GREY], [0, 1, 255], BY_COLOUR, (0, 2, 255)),
        ({1: WHITE, 2: BLUE}, filled([WHITE, WHITE, BLUE]), [0, 2], REFUSED, (None, 2)),
        ({1: WHITE, 2: BLUE}, filled([WHITE, PINK, BLUE]), [0, 2], BY_COLOUR, (1, 2)),
        # Colours of nobody: only the values say something.
        (DENSE, filled([BLACK, GREY, PINK]), [0, 1, 2], BY_VALUE, (0, 1, 2)),
        (DENSE, filled([WHITE, GREY, PINK]), [0, 1, 2], BY_VALUE, (0, 1, 2)),
        (DENSE, filled([BLACK, GREY, PINK]), [0, 3], REFUSED, (0, None)),
        (UNKNOWN, filled([WHITE, BLUE, GREEN]), [0, 1, 2], BY_VALUE, (0, 1, 2)),
        (PARTLY, filled([WHITE, GREEN, BLUE]), [0, 1, 2], BY_VALUE, (0, 1, 2)),
        # Colours of some classes, and not their own.
        (DENSE, filled([WHITE, BLUE, PINK]), [0, 1, 2], AMBIGUOUS, (0, 1, 2)),
        (DENSE, filled([WHITE, BLUE, BLUE]), [0, 1, 2], AMBIGUOUS, (0, 1, 2)),
        (DENSE, filled([WHITE, GREEN]), [0, 1, 2], AMBIGUOUS, (0, 1, 2)),
        (PARTLY, filled([WHITE, BLUE, PINK]), [0, 1], BY_COLOUR, (0, 2)),
        # One colour for two classes says nothing of which.
        (SHARED, filled([WHITE, GREEN, GREEN]), [0, 1, 2], BY_VALUE, (0, 1, 2)),
        (SHARED, filled([GREEN, WHITE]), [0, 1], AMBIGUOUS, (0, 1)),
        (SHARED, filled([WHITE, PINK, PINK, GREEN]), [0, 3], REFUSED, (0, None)),
        # The colours one after the other, though the values have gaps: AWS's own correction of summer 2020.
        (GAPS, AS_LISTED, [0, 2, 5], BY_VALUE, (0, 2, 5)),
        (GAPS, AS_LISTED, [2, 5], BY_VALUE, (2, 5)),
        (GAPS, AS_LISTED, [0, 1, 2], BY_COLOUR, (0, 2, 5)),
        (GAPS, AS_LISTED, [0, 2], AMBIGUOUS, (0, 2)),
        (GAPS, AS_LISTED, [0], BY_VALUE, (0,)),
        (GAPS, [WHITE, GREEN, BLUE], [0, 2], BY_COLOUR, (0, 5)),
        (GAPS, filled([WHITE, PINK, GREEN, PINK, PINK, BLUE]), [0, 2, 5], BY_VALUE, (0, 2, 5)),
    ],
)  # fmt: skip
def test_indexed_masks(
    colours: dict[int, Colour | None],
    palette: list[Colour],
    values: list[int],
    reading: str,
    classes: tuple[int | None, ...],
) -> None:
    found = read_samples(samples_of(palette, values), ColourMap(colours), Form.INDEXED, palette)
    assert (how(found), found.classes) == (reading, classes)


def test_a_value_beyond_the_palette_has_no_colour() -> None:
    samples = [Sample(0, WHITE, 1), Sample(2, None, 1)]
    found = read_samples(samples, ColourMap(DENSE), Form.INDEXED, [WHITE])
    assert (how(found), found.classes) == (BY_VALUE, (0, 2))


@pytest.mark.parametrize(
    ("colours", "levels", "reading", "classes"),
    [
        (DENSE, [0, 1, 2], BY_VALUE, (0, 1, 2)),
        (DENSE, [0, 1, 255], BY_VALUE, (0, 1, 255)),
        (DENSE, [0, 3], REFUSED, (0, None)),
        (UNKNOWN, [0, 1, 255], BY_VALUE, (0, 1, 255)),
        ({0: BLACK, 1: GREY, 2: WHITE}, [0, 128, 255], BY_COLOUR, (0, 1, 2)),
        ({0: BLACK, 1: GREY, 2: GREEN}, [0, 128, 255], BY_COLOUR, (0, 1, 255)),
        ({0: BLACK, 1: WHITE}, [0, 255], AMBIGUOUS, (0, 255)),
        ({0: WHITE, 1: GREEN}, [255], AMBIGUOUS, (255,)),
        ({0: WHITE, 1: BLACK}, [0, 1], BY_VALUE, (0, 1)),
        ({0: (1, 1, 1), 1: (0, 0, 0)}, [0, 1], AMBIGUOUS, (0, 1)),
        ({0: (0, 0, 0), 1: (1, 1, 1)}, [0, 1], BY_VALUE, (0, 1)),
    ],
)
def test_grey_masks(
    colours: dict[int, Colour | None], levels: list[int], reading: str, classes: tuple[int | None, ...]
) -> None:
    samples = [Sample(level, (level, level, level), 1) for level in levels]
    found = read_samples(samples, ColourMap(colours), Form.GREY)
    assert (how(found), found.classes) == (reading, classes)


@pytest.mark.parametrize(
    ("colours", "pixels", "reading", "classes"),
    [
        (DENSE, [WHITE, GREEN, BLUE], BY_COLOUR, (0, 1, 2)),
        (DENSE, [WHITE], BY_COLOUR, (0,)),
        (DENSE, [WHITE, GREEN, ORANGE], REFUSED, (0, 1, None)),
        (DENSE, [BLACK, (1, 1, 1), (2, 2, 2)], BY_VALUE, (0, 1, 2)),
        (DENSE, [BLACK, WHITE], REFUSED, (None, 0)),
        (UNKNOWN, [BLACK, (1, 1, 1), WHITE], BY_VALUE, (0, 1, 255)),
        (UNKNOWN, [WHITE, GREEN], REFUSED, (None, None)),
        ({0: BLACK, 1: WHITE}, [BLACK, WHITE], BY_COLOUR, (0, 1)),
        ({0: BLACK, 1: GREEN}, [BLACK, GREEN, WHITE], REFUSED, (0, 1, None)),
        (SHARED, [WHITE, GREEN], REFUSED, (0, None)),
    ],
)
def test_masks_in_colours(
    colours: dict[int, Colour | None], pixels: list[Colour], reading: str, classes: tuple[int | None, ...]
) -> None:
    samples = [Sample(one[0] if len(set(one)) == 1 else None, one, 1) for one in pixels]
    found = read_samples(samples, ColourMap(colours), Form.COLOURED)
    assert (how(found), found.classes) == (reading, classes)


@pytest.mark.parametrize(("pixels", "classes"), [((9, 2), (0, None)), ((2, 9), (None, 1))])
def test_what_is_refused_is_told_by_what_more_pixels_go_by(
    pixels: tuple[int, int], classes: tuple[int | None, ...]
) -> None:
    """One sample has a class by its value, the other by its colour."""
    samples = [Sample(0, PINK, pixels[0]), Sample(7, GREEN, pixels[1])]
    assert read_samples(samples, ColourMap(DENSE), Form.INDEXED).classes == classes


def test_255_is_no_class() -> None:
    assert ColourMap({0: WHITE, 255: BLACK}).colours == {0: WHITE}

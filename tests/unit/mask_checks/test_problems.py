"""What is said of masks: which check, in which words, with which values."""

from typing import Any

import numpy as np
import pytest
from labelloop.checks import Level
from labelloop.mask_checks.doctor import examine_mask
from labelloop.palette import Colour
from PIL import Image

from tests.unit.mask_files import (
    AREAS,
    BLUE,
    COLOURS,
    GREEN,
    ORANGE,
    WHITE,
    Ids,
    as_ground_truth,
    filled,
    grey,
    ids,
    in_colours,
    indexed,
)
from tests.unit.picture_files import encoded

PINK, BLACK = (255, 0, 1), (0, 0, 0)
ROW = ids([0, 1, 2, 2])


def found(body: bytes, colours: dict[int, Colour | None] = COLOURS) -> list[tuple[str, str, Any]]:
    return [(check.code, message, value) for check, message, value in examine_mask(body, colours, size=None).problems]


def painted(values: Ids, *stray: tuple[int, int, Colour]) -> bytes:
    image = in_colours(values)
    for x, y, colour in stray:
        image.putpixel((x, y), colour)
    return encoded(image)


@pytest.mark.parametrize(
    ("body", "colours", "code", "message", "value"),
    [
        (
            grey(ids([0, 7, 7, 9])), COLOURS, "MASK_VALUE_NOT_IN_COLOUR_MAP",
            "3 of its 4 pixels have values of no class: 7 on 2, 9 on 1; the colour map has 0, 1, 2 and 1 more.",
            {"7": 2, "9": 1},
        ),
        (
            encoded(Image.fromarray(np.array([[0, 1, 300]], np.uint16))), COLOURS, "MASK_VALUE_NOT_IN_COLOUR_MAP",
            "1 of its 3 pixels have values of no class: 300 on 1; the colour map has 0, 1, 2 and 1 more.",
            {"300": 1},
        ),
        (
            painted(ROW, (0, 0, PINK)), COLOURS, "MASK_COLOUR_NOT_IN_COLOUR_MAP",
            "1 of its 4 pixels have colours of no class: #ff0001 on 1.",
            {"#ff0001": 1},
        ),
        (
            indexed(ids([0, 7, 7, 7]), filled([WHITE, *[PINK] * 6, GREEN])), {0: BLACK, 1: GREEN},
            "MASK_COLOUR_NOT_IN_COLOUR_MAP", "1 of its 4 pixels have colours of no class: #ffffff on 1.",
            {"#ffffff": 1},
        ),
        (
            encoded(Image.new("RGB", (4, 1))), COLOURS, "MASK_OF_ONE_CLASS",
            "0 of its 4 pixels are ignored. All others are of class 0.", [0],
        ),
        (
            grey(ids([255, 255, 1])), COLOURS, "MASK_OF_ONE_CLASS",
            "2 of its 3 pixels are ignored. All others are of class 1.", [1],
        ),
        (grey(ids([255, 255])), {1: GREEN}, "MASK_OF_ONE_CLASS", "2 of its 2 pixels are ignored.", []),
        (
            indexed(ROW, filled([WHITE, BLUE, GREEN])), COLOURS, "MASK_INDICES_WRONG",
            "Value 1 has the colour of class 2, value 2 has the colour of class 1.", {"1": [2], "2": [1]},
        ),
        (
            indexed(ROW, filled([WHITE, BLUE, PINK])), COLOURS, "MASK_COLOURS_AMBIGUOUS",
            "Value 1 has the colour of class 2.", {"1": [2]},
        ),
        (
            indexed(ids([0, 1, 255]), filled([WHITE, BLUE, PINK])), {0: WHITE, 1: GREEN, 2: WHITE, 3: BLUE},
            "MASK_COLOURS_AMBIGUOUS", "Value 1 has the colour of class 3.", {"1": [3]},
        ),
        (
            grey(ids([0, 255])), {0: BLACK, 1: WHITE}, "MASK_COLOURS_AMBIGUOUS",
            "Value 255 has the colour of class 1.", {"255": [1]},
        ),
        (
            indexed(ROW, filled([WHITE, PINK, BLUE])), COLOURS, "MASK_PALETTE_DIFFERS",
            "Value 1 is #ff0001, its class #2ca02c.", {"1": "#ff0001"},
        ),
        (
            painted(ROW), {0: WHITE, 1: GREEN, 2: BLUE, 3: BLUE}, "MASK_COLOURS_SHARED",
            "#1f77b4 is the colour of classes 2, 3.", {"#1f77b4": [2, 3]},
        ),
        (
            encoded(Image.fromarray(ROW), "JPEG", quality=100), COLOURS, "MASK_IS_JPEG",
            "It is a JPEG; 0 of its 4 pixels are not exactly of a class.", {},
        ),
        (painted(ROW), COLOURS, "MASK_NOT_SINGLE_CHANNEL", "It has 3 channels.", 3),
        (encoded(Image.fromarray(ids([0, 1]).astype(bool))), COLOURS, "MASK_DEPTH", "It has 1-bit pixels.", 1),
    ],
)  # fmt: skip
def test_what_is_said(body: bytes, colours: dict[int, Colour | None], code: str, message: str, value: Any) -> None:
    assert (code, message, value) in found(body, colours)


def test_the_most_frequent_are_named() -> None:
    values = ids([10, 11, 11, 12, 12, 12, 13, 13, 13, 13])
    [(_, message, value)] = found(grey(values))
    assert ": 13 on 4, 12 on 3, 11 on 2 and 1 more;" in message
    assert list(value) == ["13", "12", "11", "10"]


def test_colours_that_were_not_told_apart_come_last() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (50, 50, 3), dtype=np.uint8)
    [(_, message, value)] = found(encoded(Image.fromarray(noise)))
    assert list(value)[-1] == "others"
    assert "others" not in message


def test_smoothing_is_told_by_many_colours_beside_classes() -> None:
    body = encoded(in_colours(AREAS).resize((30, 20), Image.Resampling.BILINEAR).resize((60, 40)))
    [(code, message, _)] = found(body)
    assert code == "MASK_ANTI_ALIASED"
    assert message.endswith(" of them lie along areas of classes.")


@pytest.mark.parametrize(
    "strays",
    [
        [(19, y, PINK) for y in range(40)],
        [(19, y, PINK if y % 2 else ORANGE[::-1]) for y in range(40)],
        [(x, y, (9, x, y)) for x in range(60) for y in range(30)],
    ],
    ids=["a line", "a dotted line", "much of the mask"],
)
def test_colours_of_no_class_alone_are_no_smoothing(strays: list[tuple[int, int, Colour]]) -> None:
    [(code, _, _)] = found(painted(AREAS, *strays))
    assert code == "MASK_COLOUR_NOT_IN_COLOUR_MAP"


@pytest.mark.parametrize("body", [as_ground_truth(AREAS), grey(AREAS)])
def test_nothing_is_said_of_a_right_mask(body: bytes) -> None:
    assert found(body) == []


def test_a_mask_is_refused_for_one_reason() -> None:
    body = encoded(in_colours(AREAS), "JPEG", quality=5)
    [problem] = examine_mask(body, COLOURS, size=(40, 60)).problems
    assert (problem.check.code, problem.check.level) == ("MASK_SIZE_DIFFERS", Level.LEFT_OUT)

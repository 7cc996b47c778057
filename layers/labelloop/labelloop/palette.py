"""One colour for each class, the same in every picture, page and answer."""

import colorsys
import string
from collections.abc import Sequence

from labelloop.labels.masks import BACKGROUND

_GOLDEN_RATIO = 0.618033988749895  # steps of this share of the colour circle stay apart however many are taken
_HEX_DIGITS = 6
WHITE = (255, 255, 255)  # what Ground Truth gives BACKGROUND

Colour = tuple[int, int, int]


def class_colour(class_id: int) -> Colour:
    """Red, green and blue, 0…255 each."""
    hue = (0.58 + class_id * _GOLDEN_RATIO) % 1.0
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.85, 0.95)
    return round(red * 255), round(green * 255), round(blue * 255)


def colours(class_names: Sequence[str]) -> list[Colour]:
    """By class id."""
    return [class_colour(class_id) for class_id in range(len(class_names))]


def mask_colours(class_names: Sequence[str]) -> list[Colour]:
    """By class id; the background is white."""
    every = colours(class_names)
    return [WHITE, *every[1:]] if has_background(class_names) else every


def has_background(class_names: Sequence[str]) -> bool:
    """Whether class 0 is what belongs to no class, as in Ground Truth's masks."""
    return bool(class_names) and class_names[0].upper() == BACKGROUND


def rgb(text: str) -> Colour | None:
    """The colour of `#rrggbb`, None where the text is of another form."""
    digits = text.removeprefix("#")
    if len(digits) != _HEX_DIGITS or not set(digits) <= set(string.hexdigits):
        return None
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def hex_colour(colour: Colour) -> str:
    """As `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)

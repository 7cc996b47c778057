"""One colour for each class, the same in every picture, page and answer."""

import colorsys

_GOLDEN_RATIO = 0.618033988749895  # steps of this share of the colour circle stay apart however many are taken

Colour = tuple[int, int, int]


def class_colour(class_id: int) -> Colour:
    """Red, green and blue, 0…255 each."""
    hue = (0.58 + class_id * _GOLDEN_RATIO) % 1.0
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.85, 0.95)
    return round(red * 255), round(green * 255), round(blue * 255)


def hex_colour(class_id: int) -> str:
    """As `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*class_colour(class_id))

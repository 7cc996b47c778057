"""Masks as files: as Ground Truth writes them, and as others do."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from labelloop.palette import Colour
from numpy.typing import NDArray
from PIL import Image

from tests.unit.picture_files import encoded, opened

Ids = NDArray[np.uint8]

WHITE, GREEN, BLUE, ORANGE = (255, 255, 255), (44, 160, 44), (31, 119, 180), (255, 127, 14)
COLOURS: dict[int, Colour | None] = {0: WHITE, 1: GREEN, 2: BLUE, 3: ORANGE}


def ids(*rows: Sequence[int]) -> Ids:
    return np.array(rows, np.uint8)


AREAS = np.kron(ids([0, 1, 2], [3, 0, 1]), np.ones((20, 20), np.uint8))  # (40, 60)


def indexed(values: Ids, palette: Sequence[Colour], **options: Any) -> bytes:
    """An indexed PNG with just this palette."""
    image = Image.fromarray(values)
    image.putpalette(bytes(chain(*palette)))
    return encoded(image, **options)


def filled(palette: Sequence[Colour], colour: Colour = WHITE) -> list[Colour]:
    """A palette of 256 colours."""
    return [*palette, *[colour] * (256 - len(palette))]


def as_ground_truth(values: Ids, colours: Mapping[int, Colour | None] = COLOURS) -> bytes:
    """The palette has each class's colour at its value, and is white otherwise."""
    return indexed(values, [colours.get(value) or WHITE for value in range(256)])


def grey(values: Ids) -> bytes:
    return encoded(Image.fromarray(values))


def in_colours(values: Ids, colours: Mapping[int, Colour | None] = COLOURS, mode: str = "RGB") -> Image.Image:
    """A picture of the classes' colours."""
    pixels = np.array([[colours[value] for value in row] for row in values.tolist()], np.uint8)
    return Image.fromarray(pixels).convert(mode)


def decoded(body: bytes) -> Ids:
    """The values as Pillow reads them, which the built-in algorithm's pages speak of."""
    image = opened(body)
    assert image.mode in ("P", "L")
    return np.array(image)

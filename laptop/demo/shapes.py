"""Labelled pictures to try things with: coloured circles, squares and triangles on a dark, noisy ground.

A pure function of a seed: the same one gives the same bytes (with the same Pillow and NumPy). Boxes, masks and classes
of a picture are all made from its shapes, so they agree to the pixel.
"""

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from labelloop.labels.boxes import Box, BoxLabel, ImageSize
from labelloop.labels.masks import BACKGROUND
from PIL import Image, ImageDraw

CLASSES = ("circle", "square", "triangle")
CIRCLE, SQUARE, _TRIANGLE = range(len(CLASSES))
SIDE = 128  # pixels
MASK_CLASSES = (BACKGROUND, *CLASSES)  # by the value of a mask's pixels
MOST_SHAPES = 4
RADII = (0.09, 0.21)  # of the circle around a shape, as shares of the side
PLACING_TRIES = 30
JPEG_QUALITY = 90

type Colour = tuple[int, int, int]
type Point = tuple[float, float]


class Stream(IntEnum):
    """Independent sequences of pictures of one seed: what is trained on, and what nobody has seen."""

    LABELLED = 0
    HELD_OUT = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape that has found its place; `outline` are a polygon's corners, or a circle's bounding corners."""

    class_id: int
    outline: tuple[Point, ...]
    colour: Colour

    def draw(self, canvas: ImageDraw.ImageDraw, colour: Colour | int) -> None:
        """Fill the shape; its edge is not smoothed, so a box around its pixels is exact."""
        if self.class_id == CIRCLE:
            canvas.ellipse(self.outline, fill=colour)
        else:
            canvas.polygon(self.outline, fill=colour)

    def box(self) -> Box:
        """The smallest box that holds every pixel drawn."""
        mask = Image.new("L", (SIDE, SIDE))
        self.draw(ImageDraw.Draw(mask), 255)
        left, top, right, bottom = mask.getbbox() or (0, 0, 0, 0)
        return Box(self.class_id, left, top, right - left, bottom - top)


class LabelledPicture(NamedTuple):
    """A JPEG of `SIDE` x `SIDE` pixels and what is on it."""

    jpeg: bytes
    shapes: tuple[Shape, ...]

    @property
    def class_ids(self) -> tuple[int, ...]:
        """The classes that it shows, each once, in their order."""
        return tuple(sorted({shape.class_id for shape in self.shapes}))

    def boxes(self) -> BoxLabel:
        """A box around each shape."""
        return BoxLabel((ImageSize(SIDE, SIDE),), tuple(shape.box() for shape in self.shapes))

    def mask(self) -> npt.NDArray[np.uint8]:
        """(height, width): the class of each pixel, an index into `MASK_CLASSES`."""
        mask = Image.new("L", (SIDE, SIDE))
        canvas = ImageDraw.Draw(mask)
        for shape in self.shapes:
            shape.draw(canvas, 1 + shape.class_id)
        return np.array(mask)


def pictures(seed: int, stream: Stream, count: int, most_shapes: int = MOST_SHAPES) -> Iterator[LabelledPicture]:
    """`count` pictures, each with one to `most_shapes` shapes that do not touch."""
    rng = np.random.default_rng([seed, stream])
    return (_picture(rng, most_shapes) for _ in range(count))


def _picture(rng: np.random.Generator, most_shapes: int) -> LabelledPicture:
    shapes: list[Shape] = []
    for _ in range(int(rng.integers(1, most_shapes, endpoint=True))):
        shape = _place(rng, [placed.box() for placed in shapes])
        if shape is not None:
            shapes.append(shape)
    picture = _ground(rng)
    canvas = ImageDraw.Draw(picture)
    for shape in shapes:
        shape.draw(canvas, shape.colour)
    return LabelledPicture(_noisy_jpeg(picture, rng), tuple(shapes))


def _place(rng: np.random.Generator, taken: Sequence[Box]) -> Shape | None:
    """A shape apart from those already there; None where none of a few tries finds room."""
    for _ in range(PLACING_TRIES):
        shape = _shape(rng)
        if not any(_touch(shape.box(), box) for box in taken):
            return shape
    return None


def _shape(rng: np.random.Generator) -> Shape:
    class_id = int(rng.integers(len(CLASSES)))
    radius = float(rng.uniform(*RADII)) * SIDE
    x, y = (float(place) for place in rng.uniform(radius + 1, SIDE - radius - 1, 2))
    colour = _bright_colour(rng)
    if class_id == CIRCLE:
        return Shape(class_id, ((x - radius, y - radius), (x + radius, y + radius)), colour)
    corners = 4 if class_id == SQUARE else 3
    turn = float(rng.uniform(-0.35, 0.35)) + (math.pi / 4 if class_id == SQUARE else -math.pi / 2)
    angles = [turn + corner * math.tau / corners for corner in range(corners)]
    return Shape(class_id, tuple((x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles), colour)


def _bright_colour(rng: np.random.Generator) -> Colour:
    """Of any hue, independent of the class."""
    channels = [int(value) for value in rng.permutation([*rng.integers(30, 160, 2), rng.integers(190, 256)])]
    return channels[0], channels[1], channels[2]


def _ground(rng: np.random.Generator) -> Image.Image:
    """A dark colour that changes a little across the picture."""
    down, across = np.mgrid[0:SIDE, 0:SIDE][..., np.newaxis] / SIDE - 0.5
    slope = rng.normal(0, 20, (2, 3))
    return _image(rng.integers(15, 75, 3) + down * slope[0] + across * slope[1])


def _noisy_jpeg(picture: Image.Image, rng: np.random.Generator) -> bytes:
    noise = rng.normal(0, rng.uniform(4, 16), (SIDE, SIDE, 3))
    file = io.BytesIO()
    _image(np.asarray(picture) + noise).save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue()


def _image(values: npt.NDArray[np.float64]) -> Image.Image:
    """(H, W, 3) numbers as an RGB picture; what is out of 0…255 is clipped."""
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _touch(one: Box, other: Box) -> bool:
    """Whether fewer than two pixels lie between two boxes."""
    apart_x = one.left + one.width + 2 > other.left and other.left + other.width + 2 > one.left
    apart_y = one.top + one.height + 2 > other.top and other.top + other.height + 2 > one.top
    return apart_x and apart_y

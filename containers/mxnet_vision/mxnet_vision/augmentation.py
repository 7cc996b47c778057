"""Sizes and views of pictures: what a network sees of them, in training never twice the same."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Window = tuple[float, float, float, float]  # xmin, ymin, xmax, ymax as fractions of the picture


def working_size(picture: tuple[int, int], most: int, step: int) -> tuple[int, int]:
    """Width and height a network works at: `most` squared, but a smaller side is only rounded up to a multiple."""
    width, height = (min(most, -(-side // step) * step) for side in picture)
    return width, height


def resized(image: Image.Image, size: tuple[int, int], window: Window = (0, 0, 1, 1)) -> NDArray[np.uint8]:
    """The window of the picture at `size` (width, height), aspect not kept, as (height, width, 3) uint8."""
    left, top, right, bottom = window
    box = (left * image.width, top * image.height, right * image.width, bottom * image.height)
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR, box=box))


def random_window(rng: np.random.Generator) -> Window:
    """Half the time all of the picture, else a part of more than half of each side, in nearly its aspect."""
    if rng.random() < 0.5:
        return 0.0, 0.0, 1.0, 1.0
    side = rng.uniform(0.6, 1.0)
    width, height = (min(1.0, side * rng.uniform(0.9, 1.1)) for _ in range(2))
    x, y = rng.uniform(0, 1 - width), rng.uniform(0, 1 - height)
    return x, y, x + width, y + height


def recoloured(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Contrast, brightness and the gain of each channel moved a little; uint8 in, uint8 out, by a table for speed."""
    gains = rng.uniform(0.8, 1.2) * rng.uniform(0.9, 1.1, 3)
    levels = (np.arange(256) - 127.5)[:, None] * gains + 127.5 + rng.uniform(-20, 20)
    table = levels.clip(0, 255).astype(np.uint8)
    return np.stack([table[:, channel][pixels[..., channel]] for channel in range(3)], axis=-1)

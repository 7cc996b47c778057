"""What the network sees of a picture: a crop of `image_shape` in training, all of it in an answer.

Source: SageMaker developer guide, "Image Classification Hyperparameters" (`resize`, `image_shape`,
`augmentation_type`); the amounts are the built-in's, its lightness is HSV's value here.
"""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mxnet_vision.errors import ClientError
from mxnet_vision.samples import Sample

_HUE, _SATURATION, _VALUE = 51, 50, 50  # of 255; the hue's 51 are 36 of OpenCV's 180
_ROTATION, _SHEAR, _ASPECT = math.radians(10), 0.1, 0.25

Size = tuple[int, int]  # width, height


def view(
    sample: Sample, size: Size, resize: int, augmentation: str, rng: np.random.Generator | None
) -> NDArray[np.uint8]:
    """A crop of `size`, (height, width, 3) uint8, of the picture whose shorter side was brought to `resize` (0: as is).

    Out of the middle; out of anywhere, and changed as `augmentation` says, where there is an `rng` for it.

    Raises:
        ClientError: the picture is smaller than the crop, or cannot be decoded; the message names the record.
    """
    own = sample.size()
    factor = resize / min(own) if resize else 1.0
    width, height = (max(resize, round(side * factor)) for side in own)
    if width < size[0] or height < size[1]:
        raise ClientError(
            f"{sample.where}: the picture has {width}x{height} pixels, less than image_shape asks for, "
            f"{size[0]}x{size[1]}; give a resize of at least {max(size)}, or a smaller image_shape."
        )
    image = sample.image((width, height)).resize((width, height), Image.Resampling.BILINEAR)
    if rng is None or not augmentation:
        return _crop(image, size, (0.5, 0.5))
    if augmentation == "crop_color_transform":
        image = _transformed(image, rng)
    pixels = _crop(image, size, (rng.random(), rng.random()))
    pixels = pixels[:, ::-1] if rng.random() < 0.5 else pixels
    return pixels if augmentation == "crop" else _recoloured(pixels, rng)


def _crop(image: Image.Image, size: Size, place: tuple[float, float]) -> NDArray[np.uint8]:
    left, top = (round((most - side) * at) for most, side, at in zip(image.size, size, place, strict=True))
    return np.asarray(image.crop((left, top, left + size[0], top + size[1])))


def _recoloured(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Hue, saturation and value moved at random; the hue goes round."""
    colours = np.asarray(Image.fromarray(pixels).convert("HSV")).astype(np.int16)
    colours += np.rint(rng.uniform(-1, 1, 3) * (_HUE, _SATURATION, _VALUE)).astype(np.int16)
    colours[..., 0] %= 256
    return np.asarray(Image.fromarray(colours.clip(0, 255).astype(np.uint8), "HSV").convert("RGB"))


def _transformed(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Turned, sheared and stretched a little about its middle; what comes from outside is gray."""
    turn, shear = rng.uniform(-_ROTATION, _ROTATION), rng.uniform(-_SHEAR, _SHEAR)
    stretch = math.sqrt(1 + rng.uniform(-_ASPECT, _ASPECT))
    turned = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    matrix = turned @ np.array([[1, shear], [0, 1]]) @ np.diag([stretch, 1 / stretch])
    middle = np.array(image.size) / 2
    offset = middle - matrix @ middle
    data = (*matrix[0], offset[0], *matrix[1], offset[1])
    affine, bilinear = Image.Transform.AFFINE, Image.Resampling.BILINEAR
    return image.transform(image.size, affine, data, bilinear, fillcolor=(127, 127, 127))

"""What the network sees of a picture and its mask: all of it for an answer, a crop at a random scale in training.

As in GluonCV: the shorter side is brought near `base_size`, times a random factor in training, and a crop is cut out.
Unlike there, a picture is not enlarged to reach `base_size`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mxnet_vision.augmentation import Window, recoloured, resized
from mxnet_vision.models.semantic_segmentation.masks import IGNORED
from mxnet_vision.samples import Sample

SIZE_STEP = 16  # pixels; the stride of the deepest map, so that all maps have whole cells
_SCALES = (0.7, 1.4)  # of a training picture about its working size
_LONGEST = 4  # the longer side at work, in shorter sides: bounds what a very long picture costs

Size = tuple[int, int]  # width, height


def scaled(size: Size, shorter_side: int) -> Size:
    """The size with at most that many pixels on its shorter side, and a bounded longer one."""
    factor = min(1.0, shorter_side / min(size), _LONGEST * shorter_side / max(size))
    width, height = (max(1, round(side * factor)) for side in size)
    return width, height


def whole_size(size: Size, shorter_side: int) -> Size:
    """The size at which the network sees all of a picture: `scaled`, rounded up to whole cells."""
    width, height = (-(-side // SIZE_STEP) * SIZE_STEP for side in scaled(size, shorter_side))
    return width, height


@dataclass(frozen=True, slots=True)
class View:
    """`shorter_side` of pictures at work, in pixels, and (width, height) of their crops."""

    shorter_side: int
    crop: Size

    def whole(self, sample: Sample, mask: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """All of the picture at its `whole_size`, and its mask as it is."""
        size = whole_size(sample.size(), self.shorter_side)
        return resized(sample.image(size), size), mask

    def central(self, sample: Sample, mask: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """The crop out of the middle."""
        return self._cut(sample, mask, scaled(sample.size(), self.shorter_side), (0.5, 0.5))

    def random(
        self, sample: Sample, mask: NDArray[np.uint8], rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """A crop out of anywhere at a random scale, mirrored and recoloured."""
        factor = rng.uniform(*_SCALES)
        width, height = (max(1, round(side * factor)) for side in scaled(sample.size(), self.shorter_side))
        pixels, cut = self._cut(sample, mask, (width, height), (rng.random(), rng.random()))
        if rng.random() < 0.5:
            pixels, cut = pixels[:, ::-1], cut[:, ::-1]
        return recoloured(pixels, rng), cut

    def _cut(
        self, sample: Sample, mask: NDArray[np.uint8], size: Size, place: tuple[float, float]
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """The crop of the picture resized to `size`; what it reaches beyond the picture is gray and ignored.

        `place` says where in the room there is, from 0 (left, top) to 1.
        """
        width, height = (min(most, side) for most, side in zip(self.crop, size, strict=True))
        x, y = ((side - part) * at for side, part, at in zip(size, (width, height), place, strict=True))
        window = (x / size[0], y / size[1], (x + width) / size[0], (y + height) / size[1])
        left, top = (
            round((most - part) * at) for most, part, at in zip(self.crop, (width, height), place, strict=True)
        )
        pixels = np.full((self.crop[1], self.crop[0], 3), 127, np.uint8)
        cut = np.full((self.crop[1], self.crop[0]), IGNORED, np.uint8)
        inside = np.s_[top : top + height, left : left + width]
        pixels[inside] = resized(sample.image(size), (width, height), window)
        cut[inside] = nearest(mask, (width, height), window)
        return pixels, cut


def nearest(mask: NDArray[np.uint8], size: Size, window: Window) -> NDArray[np.uint8]:
    """The window of the mask at `size` (width, height): each pixel the one at its centre."""
    left, top, right, bottom = window
    height, width = mask.shape
    columns = _centres(left, right, size[0], width)
    rows = _centres(top, bottom, size[1], height)
    return mask[np.ix_(rows, columns)]


def _centres(low: float, high: float, count: int, pixels: int) -> NDArray[np.int64]:
    places = (low + (high - low) * (np.arange(count) + 0.5) / count) * pixels
    return places.astype(np.int64).clip(0, pixels - 1)

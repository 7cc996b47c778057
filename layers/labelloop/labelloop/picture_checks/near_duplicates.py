"""Pictures that look almost the same: their thumbnails correlate.

A hash of 64 bits, as dHash is, calls pictures alike that show different things on the same plain ground: small objects
on white, cells under a microscope. Sixteen by sixteen pixels in colour keep those apart, and cost no more to compare.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelloop.picture_checks.sample import LabelledPicture
from labelloop.pictures import rgb

SIDE = 16  # pixels of a thumbnail
ALIKE = 0.98  # correlation from which on two pictures are
_FLAT = 2.0  # of 255: a smaller standard deviation is a picture without content
_BLOCK = 512  # pictures of one side that are compared at a time
# EXIF 2.32, section 4.6.4
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

type Thumbnail = NDArray[np.float32]
"""(SIDE * SIDE * 3,): the channels of an upright thumbnail, of mean 0 and length 1."""


class Look(NamedTuple):
    """What a picture looks like."""

    picture: LabelledPicture
    thumbnail: Thumbnail


class Pair(NamedTuple):
    """Two pictures that look alike, one of each side of the split; `correlation` is 1 where they look the same."""

    training: LabelledPicture
    validation: LabelledPicture
    correlation: float


def thumbnail(image: Image.Image, orientation: int) -> Thumbnail | None:
    """What a picture looks like, upright; None where it is all of one colour, and so like any other such."""
    values = np.asarray(_upright(image, orientation), dtype=np.float32).ravel()
    values -= values.mean()
    return values / np.linalg.norm(values) if values.std() >= _FLAT else None


def near_duplicates(looks: Sequence[Look]) -> Iterator[Pair]:
    """Each validation picture that looks like one that is trained on, with the one that is most like it."""
    training = [look for look in looks if not look.picture.validates]
    validation = [look for look in looks if look.picture.validates]
    if not training:
        return
    seen = np.stack([look.thumbnail for look in training])
    for start in range(0, len(validation), _BLOCK):
        block = validation[start : start + _BLOCK]
        correlations = np.stack([look.thumbnail for look in block]) @ seen.T
        for look, row in zip(block, correlations, strict=True):
            most = int(row.argmax())
            if row[most] >= ALIKE:
                yield Pair(training[most].picture, look.picture, min(float(row[most]), 1.0))


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    whole = image.convert("RGB") if image.mode in ("1", "P") else image  # whose values cannot be averaged
    small = rgb(whole.resize((SIDE, SIDE), Image.Resampling.BOX))
    return small.transpose(_TURNS[orientation]) if orientation in _TURNS else small

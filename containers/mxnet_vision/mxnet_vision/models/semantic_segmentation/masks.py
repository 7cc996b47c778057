"""Labelled masks: reading them, and how far a segmentation agrees with them.

A mask is a uint8 array of shape (height, width), a class number for each pixel, `IGNORED` where nobody labelled.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from mxnet_vision.errors import ClientError
from mxnet_vision.samples import PIXEL_LIMIT, Sample

IGNORED = 255
_DEPTH, _COLOUR = 24, 25  # bytes of a PNG file: bits of a sample, and its colour type
_GRAY, _PALETTE = 0, 3


def read_mask(sample: Sample, num_classes: int) -> NDArray[np.uint8]:
    """The mask of a sample's label, a PNG whose pixel values are class numbers; a palette's colours mean nothing.

    Raises:
        ClientError: it is no such PNG, not of the picture's size, or has a class that is not below `num_classes`;
            the message names the record.
    """
    mask = _decoded(sample)
    width, height = sample.size()
    if mask.shape != (height, width):
        raise ClientError(
            f"{sample.where}: the mask has {mask.shape[1]}x{mask.shape[0]} pixels and its picture {width}x{height}."
        )
    highest = int(np.max(mask, where=mask != IGNORED, initial=0))
    if highest >= num_classes:
        raise ClientError(f"{sample.where}: class {highest} of the mask is not below num_classes, {num_classes}.")
    return mask


def _decoded(sample: Sample) -> NDArray[np.uint8]:
    try:
        image = Image.open(io.BytesIO(sample.label), formats=["PNG"])
        if image.width * image.height > PIXEL_LIMIT:
            raise ClientError(f"{sample.where}: the mask has more than {PIXEL_LIMIT} pixels.")
        depth, colour = sample.label[_DEPTH], sample.label[_COLOUR]
        if not (colour == _PALETTE or (colour == _GRAY and depth == 8)):
            raise ClientError(
                f"{sample.where}: the mask must be a PNG of one 8-bit channel, gray or palette, of class numbers."
            )
        return np.array(image)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise ClientError(f"{sample.where}: the mask cannot be decoded as a PNG.") from error


def confusion(truth: NDArray[np.uint8], found: NDArray[np.uint8], num_classes: int) -> NDArray[np.int64]:
    """Pixels by true class (rows) and found class (columns), (num_classes, num_classes), without the ignored ones."""
    labelled = truth != IGNORED
    pairs = truth[labelled].astype(np.int64) * num_classes + found[labelled]
    return np.bincount(pairs, minlength=num_classes**2).reshape(num_classes, num_classes)


def mean_intersection_over_union(pixels: NDArray[np.int64]) -> float:
    """The mean over the classes that occur in the masks; 0.0 where no pixel is labelled.

    Args:
        pixels: see `confusion`.
    """
    common, labelled = np.diag(pixels), pixels.sum(axis=1)
    union = labelled + pixels.sum(axis=0) - common
    occurring = labelled > 0
    return float(np.mean(common[occurring] / union[occurring])) if occurring.any() else 0.0


def pixel_accuracy(pixels: NDArray[np.int64]) -> float:
    """The share of labelled pixels that are right; 0.0 where none is labelled."""
    return float(np.trace(pixels) / max(1, pixels.sum()))

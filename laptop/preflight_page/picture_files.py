"""Pictures and masks of a manifest, opened to be shown: within bounds, whatever is wrong with them."""

import io
import struct
from collections.abc import Mapping

import numpy as np
from labelloop import aws
from labelloop.masks import CLASS_LIMIT
from labelloop.palette import class_colour
from labelloop.pictures import FORMATS, PIXEL_LIMIT
from labelloop.store import Objects, S3Uri
from PIL import Image, ImageOps

BYTES = 64 * 1024 * 1024  # of a picture's file, at most
UNREADABLE = (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError)  # what Pillow raises
_GAP = 4  # pixels
_INDEXED = ("P", "L")
_HEIGHT, _WIDTH = 180, 240  # pixels, at most, of a picture beside its mask


def open_picture(objects: Objects, uri: S3Uri) -> Image.Image:
    """The picture, RGB, as it is stored: so training sees it, whatever EXIF says.

    Raises:
        LabelloopError: it cannot be read.
        UNREADABLE: it cannot be opened.
    """
    return _open(objects, uri).convert("RGB")


def open_mask(objects: Objects, uri: S3Uri) -> Image.Image:
    """The mask as people see it, RGB: one without colours of its own gets those of its classes.

    Raises:
        LabelloopError: it cannot be read.
        UNREADABLE: it cannot be opened.
    """
    file = _open(objects, uri)
    if file.mode != "L":
        return file.convert("RGB")
    coloured = file.copy()
    coloured.putpalette([0, 0, 0, *(part for value in range(1, CLASS_LIMIT + 1) for part in class_colour(value))])
    return coloured.convert("RGB")


def pixel_counts(objects: Objects, uri: S3Uri) -> Mapping[int, int] | None:
    """How many pixels have each value; None of a mask whose pixels are no indices.

    Raises:
        LabelloopError: it cannot be read.
        UNREADABLE: it cannot be opened.
    """
    mask = _open(objects, uri)
    if mask.mode not in _INDEXED:
        return None
    counts = np.bincount(np.asarray(mask).ravel())
    return {value: int(count) for value, count in enumerate(counts) if count}


def side_by_side(picture: Image.Image, mask: Image.Image) -> Image.Image:
    """Both in one, each as large as has room."""
    fitting = (
        ImageOps.contain(picture, (_WIDTH, _HEIGHT)),
        ImageOps.contain(mask, (_WIDTH, _HEIGHT), Image.Resampling.NEAREST),
    )
    both = Image.new("RGB", (sum(one.width for one in fitting) + _GAP, max(one.height for one in fitting)), "white")
    both.paste(fitting[0], (0, 0))
    both.paste(fitting[1], (fitting[0].width + _GAP, 0))
    return both


def _open(objects: Objects, uri: S3Uri) -> Image.Image:
    with aws.naming_errors():
        data = objects.read(uri, limit=BYTES)
    file = Image.open(io.BytesIO(data), formats=FORMATS)
    if file.width * file.height > PIXEL_LIMIT:
        raise ValueError(f"{uri} has {file.width}x{file.height} pixels")
    return file

"""From the network's coarse scores to answers at the picture's own size.

Source: SageMaker developer guide, "Semantic Segmentation Algorithm" (inference), and "Common Data Formats" (Record).
"""

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mxnet_vision.models import Answer, NotAcceptableError, asked_for
from mxnet_vision.models.semantic_segmentation.loss import softmax
from mxnet_vision.models.semantic_segmentation.record import framed_record

ANSWER_LIMIT = 100 * 2**20  # bytes; no call of SageMaker returns more
_BAND = 2**18  # probabilities at a time: what a core's cache holds

Floats = NDArray[np.float32]
Size = tuple[int, int]  # width, height


def answer(scores: Floats, size: Size, accept: str) -> Answer:
    """Class numbers or probabilities, in the form asked for.

    Args:
        scores: (classes, h, w) of the network.
        size: of the picture.
        accept: the header; PNG where it has no wish.

    Raises:
        NotAcceptableError: another form was asked for, or one with more bytes than `ANSWER_LIMIT`.
    """
    forms = {"image/png": _png, "application/x-protobuf": _record, "application/x-recordio-protobuf": _record}
    content_type, write = asked_for(accept, {name: (name, form) for name, form in forms.items()})
    return Answer(write(scores, size), content_type)


def _png(scores: Floats, size: Size) -> bytes:
    file = io.BytesIO()
    Image.fromarray(class_ids(scores, size)).save(file, "PNG")
    return file.getvalue()


def _record(scores: Floats, size: Size) -> bytes:
    width, height = size
    count = len(scores) * height * width
    if count * 4 > ANSWER_LIMIT:
        raise NotAcceptableError(
            f"Probabilities of {len(scores)} classes at {width}x{height} pixels have {count * 4} bytes, more than "
            f"{ANSWER_LIMIT}; ask for image/png."
        )
    target = np.empty((len(scores), height, width), np.float32)
    for rows, probabilities in bands(scores, size):
        target[:, rows] = probabilities
    return framed_record(target)


def class_ids(scores: Floats, size: Size) -> NDArray[np.uint8]:
    """The most probable class of each pixel, (height, width)."""
    ids = np.empty((size[1], size[0]), np.uint8)
    for rows, probabilities in bands(scores, size):
        ids[rows] = probabilities.argmax(axis=0)
    return ids


def bands(scores: Floats, size: Size) -> Iterator[tuple[slice, Floats]]:
    """Probabilities (classes, rows, width) of some rows of the picture at a time.

    Scores are interpolated between the centres of their cells, as in training, then softmax makes them probabilities.
    """
    width, height = size
    step = max(1, _BAND // (len(scores) * width))
    above, below, down = _between(scores.shape[1], height)
    left, right, across = _between(scores.shape[2], width)
    for start in range(0, height, step):
        rows = slice(start, min(start + step, height))
        narrow = _mixed(scores[:, above[rows]], scores[:, below[rows]], down[rows, np.newaxis])
        yield rows, softmax(_mixed(narrow[:, :, left], narrow[:, :, right], across), axis=0)


def _mixed(one: Floats, other: Floats, share: Floats) -> Floats:
    other -= one
    other *= share
    other += one
    return other


def _between(cells: int, pixels: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """For each pixel the cells on both sides of its centre, and the share of the second one."""
    places = ((np.arange(pixels) + 0.5) * cells / pixels - 0.5).clip(0, cells - 1)
    low = places.astype(np.int64)
    return low, (low + 1).clip(max=cells - 1), (places - low).astype(np.float32)

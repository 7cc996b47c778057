"""What a semantic-segmentation endpoint says: probabilities of classes, or a mask of class ids.

    application/x-protobuf   one RecordIO record holding a Record: features["target"], float32, and features["shape"] =
                             [1, C, H, W], int32
    image/png                a mask, one class id per pixel, in a palette or in grey

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/semantic-segmentation.html
"""

import io
import math
import os
from collections.abc import Buffer, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelloop.errors import MalformedPrediction, MalformedRecord
from labelloop.palette import Colour
from labelloop.pictures import PIXEL_LIMIT
from labelloop.png import Header, find_damage
from labelloop.record import Record, Tensor
from labelloop.recordio import read_records

CLASS_LIMIT = 254  # classes of a model; 255 marks pixels that belong to none
_BAND = 1 << 18  # pixels looked at together: what a core's cache about holds
_CORES = ThreadPoolExecutor(os.process_cpu_count(), "class-ids")
_IDS = 255  # distinct ids that a comparison in uint8 can count
_PALETTE_SIZE, _WHITE = 256, b"\xff"


def decode_probabilities(body: Buffer) -> NDArray[np.float32]:
    """The probabilities (C, H, W), float32, 1 ≤ C ≤ 254, as a view on the body wherever it holds them in one piece.

    A view may be unaligned, and is read-only where the body is. Whether the numbers are finite is not looked at.

    Raises:
        MalformedPrediction: not one RecordIO record with a Record in it, or its shape and numbers do not fit.
    """
    try:
        record = _only_record(body)
    except MalformedRecord as error:
        raise MalformedPrediction(f"the endpoint did not answer with probabilities: {error}") from error
    values, shape = _tensor(record, "target", np.float32), _tensor(record, "shape", np.int32)
    sides = shape.tolist() if shape.size == len("1CHW") else []
    if not sides or sides[0] != 1 or min(sides) < 1 or sides[1] > CLASS_LIMIT or math.prod(sides) != values.size:
        raise MalformedPrediction(
            f"the endpoint answered {values.size} probabilities in the shape {shape[:8].tolist()}; "
            f"expected is [1, classes up to {CLASS_LIMIT}, height, width]."
        )
    return values.reshape(sides[1:])


def _only_record(body: Buffer) -> Record:
    records = read_records(body)
    payload = next(records, None)
    if payload is None or next(records, None) is not None:
        raise MalformedRecord("expected is one RecordIO record, neither none nor more")
    return Record.from_bytes(payload)


def _tensor(record: Record, name: str, dtype: type[np.generic]) -> NDArray[Any]:
    tensor = record.features.get(name)
    if not isinstance(tensor, Tensor) or tensor.values.dtype != dtype:
        raise MalformedPrediction(f'the endpoint\'s answer has no {dtype.__name__} feature "{name}".')
    return tensor.values


def class_ids(probabilities: NDArray[Any]) -> NDArray[np.uint8]:
    """The most probable class of each pixel: (C, H, W), 1 ≤ C ≤ 255, to (H, W) uint8.

    The same as `np.argmax(probabilities, axis=0)`: of equals the first, and NaN before any number; but by a running
    maximum over the classes, band by band of rows and as many bands at a time as there are cores: in a fraction of its
    time, and with memory for those bands alone.

    Raises:
        ValueError: another number of dimensions or classes.
    """
    ids = _per_pixel(probabilities)
    bands = list(_bands(*ids.shape))
    side_by_side = _CORES.map if len(bands) > 1 else map
    list(side_by_side(_find_class_ids, [probabilities[:, rows] for rows in bands], [ids[rows] for rows in bands]))
    return ids


def _find_class_ids(planes: NDArray[Any], ids: NDArray[np.uint8]) -> None:
    """Put into `ids`, all 0, which plane is the largest at each pixel."""
    largest: NDArray[Any] = planes[0].copy()
    aligned = np.empty_like(largest)
    larger = np.empty(ids.shape, np.bool_)
    place = larger.view(np.uint8)
    for number in range(1, len(planes)):
        plane = planes[number]
        if not plane.flags.aligned:  # to copy it first is less work than two passes over it as it is
            np.copyto(aligned, plane)
            plane = aligned
        np.greater(plane, largest, out=larger)
        np.maximum(plane, largest, out=largest)
        np.multiply(place, np.uint8(number), out=place)
        np.maximum(ids, place, out=ids)
    if np.isnan(largest.max()):
        np.copyto(ids, planes.argmax(axis=0), casting="unsafe")


def confidence(probabilities: NDArray[Any]) -> NDArray[np.uint8]:
    """The largest probability of each pixel, 0…1 as 0…255, rounded: (C, H, W), 1 ≤ C ≤ 255, to (H, W) uint8.

    What is outside of 0…1 is brought to its ends, NaN to 0.

    Raises:
        ValueError: another number of dimensions or classes.
    """
    levels = _per_pixel(probabilities)
    for rows in _bands(*probabilities.shape[1:]):
        largest = np.maximum.reduce(probabilities[:, rows], axis=0)
        levels[rows] = np.rint(np.fmin(np.fmax(largest, 0), 1) * 255)
    return levels


def _per_pixel(probabilities: NDArray[Any]) -> NDArray[np.uint8]:
    if probabilities.ndim != len("CHW") or not 1 <= len(probabilities) <= _IDS:
        raise ValueError(f"expected are (1…{_IDS}, height, width) probabilities, not {probabilities.shape}")
    return np.zeros(probabilities.shape[1:], np.uint8)


def _bands(height: int, width: int) -> Iterator[slice]:
    """Whole rows, of about _BAND pixels together."""
    step = max(1, _BAND // max(1, width))
    return (slice(top, top + step) for top in range(0, height if width else 0, step))


def decode_mask_png(body: Buffer) -> NDArray[np.uint8]:
    """The class ids (H, W), uint8, of an indexed or grey PNG with 1, 2, 4 or 8 bits per pixel.

    Ids are the numbers in the file: 0 and 1 in one of 1 bit, whatever grey a viewer makes of them.

    Raises:
        MalformedPrediction: no such PNG, a damaged one, or one of more than `pictures.PIXEL_LIMIT` pixels.
    """
    header = _mask_header(body)
    try:
        with Image.open(io.BytesIO(body), formats=["PNG"]) as file:
            samples = np.array(file, np.uint8)
    except (OSError, SyntaxError, ValueError, EOFError) as error:  # what Pillow raises on damaged files
        raise MalformedPrediction(f"the endpoint's mask is damaged: {error}") from error
    return header.ids(samples)


def _mask_header(body: Buffer) -> Header:
    header = Header.from_bytes(body)
    if header is None:
        begin = bytes(memoryview(body).cast("B")[:16])
        raise MalformedPrediction(f"the endpoint did not answer with a PNG; the answer begins {begin!r}.")
    if not header.is_mask:
        raise MalformedPrediction(
            f"the endpoint's mask has colour type {header.colour} of {header.depth} bits; "
            "expected is indexed or grey of up to 8."
        )
    if header.width * header.height > PIXEL_LIMIT:
        raise MalformedPrediction(
            f"the endpoint's mask has {header.width}x{header.height} pixels; at most {PIXEL_LIMIT} are read."
        )
    damage = find_damage(body, header)
    if damage is not None:
        raise MalformedPrediction(f"the endpoint's mask {damage}.")
    return header


def encode_mask_png(ids: NDArray[np.uint8], colours: Sequence[Colour]) -> bytes:
    """Class ids (H, W), uint8, as an indexed PNG of 8 bits per pixel with the colours of the classes in their order.

    Unused entries of the palette are white, as in Ground Truth's masks. Pillow's own compression level is the knee of
    the curve: 1.2 ms and 4.8 KB for a street scene of 480x360, where the best takes 8 ms to save a fifth of that.

    Raises:
        ValueError: more than 256 colours, or ids that are no (H, W) uint8.
    """
    if ids.ndim != len("HW") or ids.dtype != np.uint8:
        raise ValueError(f"expected are (height, width) uint8 class ids, not {ids.shape} {ids.dtype}")
    if len(colours) > _PALETTE_SIZE:
        raise ValueError(f"a palette has {_PALETTE_SIZE} colours at most, not {len(colours)}")
    image = Image.fromarray(ids)
    image.putpalette(bytes(chain(*colours)).ljust(3 * _PALETTE_SIZE, _WHITE))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()

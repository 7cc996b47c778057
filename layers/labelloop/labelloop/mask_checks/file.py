"""A mask's file opened, or the reason why it cannot be used whatever its pixels are."""

import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from PIL import Image

from labelloop.checks import Check
from labelloop.checks import masks as checks
from labelloop.errors import InvalidPicture, PictureTooLarge, UnsupportedMediaType
from labelloop.mask_checks.pixels import Pixels, count_transparent
from labelloop.palette import Colour
from labelloop.picture_checks.header import read_header
from labelloop.pictures import DAMAGE, FORMATS, JPEG_START, PIXEL_LIMIT
from labelloop.png import Header, find_damage

Size = tuple[int, int]  # width, height in pixels
DEPTH = 8  # bits, of a mask as it should be
_REFUSALS = {
    UnsupportedMediaType: checks.MASK_NOT_A_PICTURE,
    PictureTooLarge: checks.MASK_TOO_LARGE,
    InvalidPicture: checks.MASK_DAMAGED,
}


class Problem(NamedTuple):
    """One thing that is the matter: a sentence, and the values or colours with the pixels that have them."""

    check: Check
    message: str
    value: Any = msgspec.UNSET


class MaskFile(NamedTuple):
    """`channels` are the samples of a pixel, `depth` the bits of each."""

    pixels: Pixels
    is_jpeg: bool
    channels: int
    depth: int


def open_mask(body: bytes, colours: Sequence[Colour], size: Size | None) -> MaskFile | Problem:
    """Decode a PNG or JPEG.

    Args:
        body: the file.
        colours: those to be told apart, see `Pixels.of_image`.
        size: of the picture, where it is known.
    """
    header = Header.from_bytes(body)
    try:
        found = (header.width, header.height) if header else read_header(body).size
        problem = _problem_of_size(found, size) or _problem_of_data(body, header)
        return problem or _decoded(body, header, colours)
    except (UnsupportedMediaType, PictureTooLarge, InvalidPicture) as error:
        return Problem(_REFUSALS[type(error)], error.message)
    except DAMAGE as error:
        return Problem(checks.MASK_DAMAGED, f"Its pixels cannot be decoded: {error}.")


def _problem_of_size(found: Size, size: Size | None) -> Problem | None:
    shown = f"It has {_text(found)} pixels"
    if found[0] * found[1] > PIXEL_LIMIT:
        return Problem(checks.MASK_TOO_LARGE, f"{shown}; at most {PIXEL_LIMIT} are examined.")
    if size is None or found == size:
        return None
    how = ""
    if found == size[::-1]:
        how = ": width and height are exchanged"
    elif found[0] * size[1] == found[1] * size[0]:
        how = f": it is scaled by {found[0] / size[0]:.3g}"
    return Problem(checks.MASK_SIZE_DIFFERS, f"{shown}, its picture {_text(size)}{how}.", list(found))


def _problem_of_data(body: bytes, header: Header | None) -> Problem | None:
    if header is None:
        return (
            None if body.startswith(JPEG_START) else Problem(checks.MASK_DAMAGED, "Its header is not the first chunk.")
        )
    damage = find_damage(body, header)
    return None if damage is None else Problem(checks.MASK_DAMAGED, f"It {damage}.")


def _decoded(body: bytes, header: Header | None, colours: Sequence[Colour]) -> MaskFile | Problem:
    with Image.open(io.BytesIO(body), formats=FORMATS) as image:
        image.load()
        transparent = count_transparent(image)
        if transparent:
            share = f"{transparent} of its {image.width * image.height} pixels"
            return Problem(checks.MASK_TRANSPARENT, f"{share} are not opaque.", transparent)
        channels, depth = (header.channels, header.depth) if header else (len(image.getbands()), DEPTH)
        return MaskFile(Pixels.of_image(image, header, colours), header is None, channels, depth)


def _text(size: Size) -> str:
    return f"{size[0]}x{size[1]}"

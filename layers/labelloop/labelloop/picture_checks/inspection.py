"""What is the matter with one picture, found with as few of its bytes as will do."""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import Any, NamedTuple, Self

import msgspec

from labelloop.checks import Check, Level
from labelloop.checks.pictures import (
    PICTURE_CHANNELS,
    PICTURE_DAMAGED,
    PICTURE_EMPTY,
    PICTURE_EXTENSION,
    PICTURE_MISSING,
    PICTURE_NOT_JPEG_OR_PNG,
    PICTURE_NOT_READABLE,
    PICTURE_NOT_UPRIGHT,
    PICTURE_ROTATED_BY_EXIF,
    PICTURE_SIZE_DIFFERS,
    PICTURE_TOO_LARGE,
)
from labelloop.endpoint import BODY_LIMIT
from labelloop.errors import (
    InvalidPicture,
    LabelloopError,
    ObjectNotFound,
    ObjectNotReadable,
    PictureTooLarge,
    UnsupportedMediaType,
)
from labelloop.picture_checks.header import PictureHeader, decode, read_header
from labelloop.picture_checks.near_duplicates import SIDE, Thumbnail, thumbnail
from labelloop.picture_checks.sample import LabelledPicture
from labelloop.pictures import PIXEL_LIMIT, UPRIGHT
from labelloop.store import Objects, ObjectStart, S3Uri

START_SIZE = 32 << 10  # bytes that hold most headers
WHOLE_LIMIT = 16 << 20  # bytes of a picture that are read at most
_HEADER_SIZES = (START_SIZE, 256 << 10, 4 << 20)  # EXIF, previews and colour profiles can make a header long
_DIGEST_SIZE = 16
_EXTENSIONS = {
    ".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".jfif": "JPEG", ".png": "PNG", ".gif": "GIF", ".bmp": "BMP",
    ".tif": "TIFF", ".tiff": "TIFF", ".webp": "WebP", ".heic": "HEIC", ".heif": "HEIC", ".avif": "AVIF",
}  # fmt: skip
_REFUSALS = {
    ObjectNotFound: PICTURE_MISSING,
    ObjectNotReadable: PICTURE_NOT_READABLE,
    UnsupportedMediaType: PICTURE_NOT_JPEG_OR_PNG,
    PictureTooLarge: PICTURE_TOO_LARGE,
    InvalidPicture: PICTURE_DAMAGED,
}


class Problem(NamedTuple):
    """One thing that is the matter; `value` is what the label says of it, where it does."""

    check: Check
    message: str
    value: Any = msgspec.UNSET

    @classmethod
    def from_error(cls, error: LabelloopError) -> Self:
        """What a refusal means."""
        return cls(_REFUSALS[type(error)], error.public.rstrip(".") + ".")


class Inspection(NamedTuple):
    """What is known of a picture.

    Attributes:
        problems: what is the matter with it.
        content: a digest of its first START_SIZE bytes and of their number in all; empty where it is no picture.
        is_small: whether an endpoint can be asked about it.
        is_decodable: whether its pixels are whole; None where that was not tried.
        thumbnail: what it looks like, where it could be decoded and is not all of one colour.
    """

    picture: LabelledPicture
    problems: tuple[Problem, ...] = ()
    content: bytes = b""
    is_small: bool = False
    is_decodable: bool | None = None
    thumbnail: Thumbnail | None = None

    @property
    def failed(self) -> Check | None:
        """The first check for which its line is left out, if there is one."""
        checks = (problem.check for problem in self.problems)
        return next((check for check in checks if check.level is Level.LEFT_OUT), None)

    @property
    def is_usable(self) -> bool:
        """Whether it can be trained on."""
        return self.failed is None


class _Opened(NamedTuple):
    start: ObjectStart
    header: PictureHeader


def inspect_header(picture: LabelledPicture, objects: Objects) -> Inspection:
    """Look at the beginning of a picture, and at no more than its header needs."""
    return _inspection(picture, _open(picture, objects, _HEADER_SIZES))


def inspect_whole(picture: LabelledPicture, objects: Objects) -> Inspection:
    """Read a picture whole, once, and decode it too; of one above WHOLE_LIMIT or PIXEL_LIMIT look at the header."""
    opened = _open(picture, objects, (WHOLE_LIMIT,))
    found = _inspection(picture, opened)
    if isinstance(opened, Problem) or not opened.start.is_whole or opened.header.pixels > PIXEL_LIMIT:
        return found
    try:
        look = thumbnail(decode(opened.start.data, SIDE), opened.header.orientation)
    except InvalidPicture as error:
        return found._replace(problems=(*found.problems, Problem.from_error(error)), is_decodable=False)
    return found._replace(thumbnail=look, is_decodable=True)


def _open(picture: LabelledPicture, objects: Objects, sizes: Sequence[int]) -> _Opened | Problem:
    """The header of a picture, from as many of its first bytes as it takes; each size is tried after the other."""
    uri, problem = S3Uri.from_text(picture.uri), Problem(PICTURE_EMPTY, "It has 0 bytes.")
    for size in sizes:
        try:
            start = objects.read_start(uri, size)
        except (ObjectNotFound, ObjectNotReadable) as error:
            return Problem.from_error(error)
        if not start.size:
            break
        try:
            return _Opened(start, read_header(start.data))
        except (UnsupportedMediaType, PictureTooLarge) as error:
            return Problem.from_error(error)
        except InvalidPicture as error:
            problem = Problem.from_error(error)
        if start.is_whole:
            break
    return problem


def _inspection(picture: LabelledPicture, opened: _Opened | Problem) -> Inspection:
    if isinstance(opened, Problem):
        return Inspection(picture, (opened,))
    start, header = opened
    size = _size_problem(start, header)
    problems = (_name_problem(picture, header), _frame_problem(picture, header), _channel_problem(header), size)
    content = blake2b(start.data[:START_SIZE], digest_size=_DIGEST_SIZE, salt=start.size.to_bytes(8)).digest()
    return Inspection(picture, tuple(filter(None, problems)), content, is_small=size is None)


def _name_problem(picture: LabelledPicture, header: PictureHeader) -> Problem | None:
    extension = PurePosixPath(picture.uri).suffix.lower()
    if _EXTENSIONS.get(extension, header.file_format) == header.file_format:
        return None
    return Problem(PICTURE_EXTENSION, f"It is a {header.file_format}; its name ends in {extension}.")


def _frame_problem(picture: LabelledPicture, header: PictureHeader) -> Problem | None:
    """Whether label and pixels agree on the size, and on what is up."""
    if picture.size is None or picture.size == header.size:
        return None if header.orientation == UPRIGHT else Problem(PICTURE_NOT_UPRIGHT, _frame(picture, header))
    stored, said = _shown(header.size), _shown(picture.size)
    value = dict(zip(("width", "height"), picture.size, strict=True))
    if picture.size == header.upright_size:
        message = f"Its label is of {said} pixels; stored are {stored}, with EXIF orientation {header.orientation}."
        return Problem(PICTURE_ROTATED_BY_EXIF, message, value)
    return Problem(PICTURE_SIZE_DIFFERS, f"It has {stored} pixels; its label says {said}.", value)


def _frame(picture: LabelledPicture, header: PictureHeader) -> str:
    """Which pixels the label is of, as far as its size tells."""
    turned = f"Its EXIF orientation is {header.orientation}"
    if picture.size is None:
        return f"{turned}."
    if header.upright_size != header.size:
        return f"{turned}; its label is of the pixels as they are stored."
    return f"{turned}; whether its label is of the upright picture cannot be told from the size."


def _channel_problem(header: PictureHeader) -> Problem | None:
    return None if header.is_plain else Problem(PICTURE_CHANNELS, f"It is {header.channels}.")


def _size_problem(start: ObjectStart, header: PictureHeader) -> Problem | None:
    if start.size > BODY_LIMIT:
        message = f"It has {start.size:,} bytes; an endpoint takes at most {BODY_LIMIT:,}."
    elif header.pixels > PIXEL_LIMIT:
        message = f"It has {_shown(header.size)} pixels; of a client's picture at most {PIXEL_LIMIT:,} are read."
    else:
        return None
    return Problem(PICTURE_TOO_LARGE, message)


def _shown(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"

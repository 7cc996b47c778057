"""What the first bytes of a JPEG or PNG say of it, and whether the rest can be decoded."""

import io
import re
from typing import NamedTuple

from PIL import Image

from labelloop.errors import InvalidPicture, PictureTooLarge, UnsupportedMediaType
from labelloop.pictures import DAMAGE, FORMATS, JPEG_START, UPRIGHT, exif_orientation

_PNG_START = b"\x89PNG\r\n\x1a\n"
_BIT_DEPTH = 24  # where a PNG has it: https://www.w3.org/TR/png-3/#11IHDR
_FIRST_ON_ITS_SIDE = 5  # of EXIF's orientations
_SHOWN = 8  # bytes of what nobody knows
_MODES = {
    "1": "black and white",
    "L": "grey",
    "LA": "grey with transparency",
    "I;16": "grey",
    "P": "of a palette",
    "RGB": "of three channels",
    "RGBA": "of colours with transparency",
    "CMYK": "CMYK",
}
# What stands for pictures in datasets by mistake, by how it begins.
_KINDS = (
    (rb"GIF8", "a GIF"),
    (rb"RIFF....WEBP", "a WebP"),
    (rb"II\*\0|MM\0\*", "a TIFF"),
    (rb"BM", "a BMP"),
    (rb"....ftypavi", "an AVIF"),
    (rb"....ftyp(hei|hev|mif)", "a HEIC"),
    (rb"\0\0\0\x0cjP  ", "a JPEG 2000"),
    (rb"%PDF", "a PDF"),
    (rb"PK\x03\x04", "a ZIP archive"),
    (rb"\x1f\x8b", "gzipped"),
    (rb"/9j/|iVBORw0KGgo|data:image/", "text: a picture in base64"),
    (rb"version https://git-lfs", "a pointer of Git LFS, not the file itself"),
    (rb"(\xef\xbb\xbf)?\s*<(\?xml[^>]*>\s*<)?(!--.*?-->\s*<)?svg", "an SVG"),
    (rb"(\xef\xbb\xbf)?\s*<(!doctype\s+)?html", "an HTML page"),
    (rb"(\xef\xbb\xbf)?\s*<\?xml", "XML, as an error of S3 is"),
    (rb"\s*[{\[]", "JSON"),
)


class PictureHeader(NamedTuple):
    """What a picture is before it is decoded.

    Attributes:
        file_format: JPEG or PNG.
        size: width and height in pixels, as they are stored.
        mode: as Pillow calls it.
        bits: of each channel.
        orientation: as EXIF says, 1…8; 1 is upright.
    """

    file_format: str
    size: tuple[int, int]
    mode: str
    bits: int
    orientation: int

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height once it is turned as EXIF says."""
        width, height = self.size
        return (height, width) if self.orientation >= _FIRST_ON_ITS_SIDE else (width, height)

    @property
    def pixels(self) -> int:
        """How many it has."""
        return self.size[0] * self.size[1]

    @property
    def is_plain(self) -> bool:
        """Whether it has three channels of eight bits."""
        return (self.mode, self.bits) == ("RGB", 8)

    @property
    def channels(self) -> str:
        """Its channels in words."""
        return _MODES.get(self.mode, self.mode) + (", 16 bits each" if self.bits > 8 else "")


def read_header(data: bytes) -> PictureHeader:
    """What a picture's first bytes say; how many are needed depends on its metadata.

    Raises:
        UnsupportedMediaType: neither JPEG nor PNG; the message says what else.
        PictureTooLarge: of more pixels than Pillow opens.
        InvalidPicture: damaged, or these bytes end before the pixels begin.
    """
    if not data.startswith((JPEG_START, _PNG_START)):
        raise UnsupportedMediaType(f"It is {_kind(data)}.")
    is_png = data.startswith(_PNG_START)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as file:
            bits = data[_BIT_DEPTH] if is_png else 8
            return PictureHeader("PNG" if is_png else "JPEG", file.size, file.mode, bits, _orientation(file))
    except Image.DecompressionBombError as error:
        raise PictureTooLarge("It has more pixels than are read.") from error
    except DAMAGE as error:
        raise InvalidPicture("Its header is damaged.") from error


def decode(data: bytes, side: int) -> Image.Image:
    """Decode a whole file; a JPEG is scaled down on the way, as far as both its sides stay at least `side` pixels.

    Raises:
        InvalidPicture: it is cut short or damaged.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as file:
            file.draft(None, (side, side))
            file.load()
            return file
    except DAMAGE as error:
        raise InvalidPicture(f"Its pixels cannot be decoded: {error}.") from error


def _orientation(file: Image.Image) -> int:
    """What EXIF says; a picture is no worse for metadata that cannot be read."""
    try:
        return exif_orientation(Image.Image.getexif(file))  # a PNG's own getexif would first decode the pixels
    except DAMAGE:
        return UPRIGHT


def _kind(data: bytes) -> str:
    found = (words for begin, words in _KINDS if re.match(begin, data, re.DOTALL | re.IGNORECASE))
    return next(found, f"data that begins {data[:_SHOWN].hex(' ')}")

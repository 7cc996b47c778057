"""Pictures that clients send: opened within bounds, turned upright, made fit for an endpoint."""

import io
import struct
from typing import NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

from labelloop.endpoint import BODY_LIMIT
from labelloop.errors import InvalidPicture, PictureTooLarge, UnsupportedMediaType
from labelloop.prediction import PictureSize

FORMATS = ("JPEG", "PNG")
PIXEL_LIMIT = 50_000_000
JPEG_TYPE = "image/jpeg"
JPEG_START = b"\xff\xd8\xff"
UPRIGHT = 1  # of EXIF's orientations
DAMAGE = (OSError, SyntaxError, ValueError, struct.error)  # what Pillow raises on damaged files
_ORIENTATION_TAG = 0x0112  # EXIF 2.32, section 4.6.4
_ORIENTATIONS = range(1, 9)
_JPEG_QUALITY = 95


class Picture(NamedTuple):
    """A client's picture.

    `body` is what is sent to the endpoint: the client's own bytes where those are upright and RGB. `image` is upright
    and RGB; `exif_orientation` is what the client's file said, 1 for upright.
    """

    body: bytes
    image: Image.Image
    size: PictureSize
    exif_orientation: int

    def body_for(self, media_type: str) -> bytes:
        """What is sent where that type is expected: a JPEG made of the picture where only a JPEG is.

        Raises:
            PictureTooLarge: it has too many bytes.
        """
        if media_type != JPEG_TYPE or self.body.startswith(JPEG_START):
            return self.body
        body = encode(self.image, "JPEG")
        _check_size(body)
        return body


def read_picture(data: bytes) -> Picture:
    """Open, bound, decode and turn a JPEG or PNG.

    Raises:
        PictureTooLarge: too many pixels, found from the header alone, or too many bytes.
        UnsupportedMediaType: neither JPEG nor PNG.
        InvalidPicture: cut short or damaged.
    """
    _check_size(data)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as file:
            if file.width * file.height > PIXEL_LIMIT:
                raise PictureTooLarge(
                    f"the picture has {file.width}x{file.height} pixels; at most {PIXEL_LIMIT} are read."
                )
            orientation = exif_orientation(file.getexif())
            as_sent = file.mode == "RGB" and orientation == UPRIGHT
            upright = rgb(ImageOps.exif_transpose(file))
    except UnidentifiedImageError as error:
        raise UnsupportedMediaType("the body is neither a JPEG nor a PNG picture.") from error
    except Image.DecompressionBombError as error:
        raise PictureTooLarge(f"the picture has too many pixels; at most {PIXEL_LIMIT} are read.") from error
    except DAMAGE as error:
        raise InvalidPicture(f"the picture is damaged: {error}") from error
    body = data if as_sent else encode(upright, "JPEG")
    _check_size(body)
    return Picture(body, upright, PictureSize(upright.width, upright.height), orientation)


def encode(image: Image.Image, file_format: str, out: io.BytesIO | None = None) -> bytes:
    """The picture as the bytes of a JPEG or PNG file, written into `out` where one is given."""
    file = io.BytesIO() if out is None else out
    image.save(file, file_format, **({"quality": _JPEG_QUALITY} if file_format == "JPEG" else {}))
    return file.getvalue()


def exif_orientation(exif: Image.Exif) -> int:
    """What EXIF says, 1…8; upright where it says nothing, or something else, as cameras do that do not know."""
    said = exif.get(_ORIENTATION_TAG, UPRIGHT)
    return int(said) if said in _ORIENTATIONS else UPRIGHT


def rgb(image: Image.Image) -> Image.Image:
    """Eight bits a channel; of sixteen the upper eight, where Pillow alone would make all but the darkest white."""
    return (image.point(lambda value: value / 256).convert("L") if image.mode == "I;16" else image).convert("RGB")


def _check_size(data: bytes) -> None:
    if len(data) > BODY_LIMIT:
        raise PictureTooLarge(
            f"the picture has {len(data)} bytes; an endpoint takes at most {BODY_LIMIT}.", hint="Send a smaller JPEG."
        )

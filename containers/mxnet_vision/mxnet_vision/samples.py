"""From the records of an epoch to the pictures and labels of samples.

An augmented manifest streams two records for each line: the picture's bytes, then the label's text, or the bytes
of the object its `-ref` attribute names.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from mxnet_vision.errors import ClientError

PIXEL_LIMIT = 100_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One manifest line as it came: `where` names it in errors."""

    picture: bytes
    label: bytes
    where: str
    epoch: int
    content_type: str = "application/x-recordio"  # of the channel it came through

    def size(self) -> tuple[int, int]:
        """Width and height of the picture, from its header.

        Raises:
            ClientError: it is not a picture; the message names the record.
        """
        try:
            return open_picture(self.picture).size
        except UndecodablePicture as error:
            raise ClientError(f"{self.where}: {error}.") from error

    def image(self, size: tuple[int, int]) -> Image.Image:
        """The decoded RGB picture, see `decode`.

        Raises:
            ClientError: it cannot be decoded; the message names the record.
        """
        try:
            return decode(self.picture, size)
        except UndecodablePicture as error:
            raise ClientError(f"{self.where}: {error}.") from error

    def label_json(self) -> object:
        """The label's JSON value; a JSON text inside a JSON string counts as that text.

        Raises:
            ClientError: it is not JSON; the message names the record.
        """
        try:
            value = json.loads(self.label)
            return json.loads(value) if isinstance(value, str) else value
        except (ValueError, RecursionError) as error:
            raise ClientError(f"{self.where}: the label is not JSON: {error}") from error


class UndecodablePicture(Exception):
    """Bytes that are not a picture, or one too large to open."""


def pair_up(records: Iterator[bytes], channel: str, epoch: int, content_type: str) -> Iterator[Sample]:
    """Samples of one epoch of a channel with that content type.

    Raises:
        ClientError: a picture without its label.
    """
    for number, picture in enumerate(records):
        where = f"Record {number} of channel '{channel}', epoch {epoch}"
        label = next(records, None)
        if label is None:
            raise ClientError(f"{where}: a picture without a label; AttributeNames must name both.")
        yield Sample(picture, label, where, epoch, content_type)


def open_picture(data: bytes) -> Image.Image:
    """The picture with its header read and its pixels not yet.

    Raises:
        UndecodablePicture: unknown format or more than `PIXEL_LIMIT` pixels.
    """
    try:
        image = Image.open(io.BytesIO(data))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise UndecodablePicture("the picture cannot be decoded") from error
    if image.width * image.height > PIXEL_LIMIT:
        raise UndecodablePicture(f"the picture has more than {PIXEL_LIMIT} pixels")
    return image


def decode(data: bytes, size: tuple[int, int]) -> Image.Image:
    """RGB pixels for work at `size` (width, height): a large JPEG is decoded at a half, a quarter or an eighth.

    Raises:
        UndecodablePicture: unknown format, cut short, or too many pixels.
    """
    image = open_picture(data)
    try:
        image.draft("RGB", size)
        return image.convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise UndecodablePicture("the picture cannot be decoded") from error

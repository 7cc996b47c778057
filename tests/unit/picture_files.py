"""Pictures as clients send them."""

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

ORIENTATION = 0x0112  # EXIF 2.32, section 4.6.4
RED, GREEN, BLUE, GREY = (220, 30, 30), (30, 170, 40), (30, 30, 220), (128, 128, 128)


def encoded(image: Image.Image, file_format: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


def picture(width: int = 40, height: int = 20, file_format: str = "PNG", mode: str = "RGB") -> bytes:
    return encoded(Image.new("RGB", (width, height), GREY).convert(mode), file_format)


def opened(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    return image


def oriented(image: Image.Image, orientation: object, file_format: str = "JPEG", **options: Any) -> bytes:
    """The pixels as they are, and EXIF's word on how they are to be turned."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return encoded(image, file_format, exif=exif, **options)


def noise(width: int = 200, height: int = 150, seed: int = 0) -> Image.Image:
    """Coloured noise, which no encoder makes much smaller."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def landscape(seed: int = 0, width: int = 320, height: int = 240) -> Image.Image:
    """Something that looks like itself when it is scaled: a few large patches of colour that run into each other."""
    patches = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(patches).resize((width, height), Image.Resampling.BICUBIC)


def png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG that claims a size and holds no pixel."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    header = struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + header + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))

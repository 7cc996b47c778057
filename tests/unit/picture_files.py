"""Pictures as clients send them."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

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


def png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG that claims a size and holds no pixel."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    header = struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + header + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))

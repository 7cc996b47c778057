"""What a picture's first bytes say; Pillow wrote the pictures."""

import contextlib
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelloop.errors import InvalidPicture, PictureTooLarge, UnsupportedMediaType
from labelloop.picture_checks.header import PictureHeader, decode, read_header
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.unit.picture_files import encoded, landscape, noise, opened, oriented, picture, png_header

WIDE = Image.new("RGB", (48, 32))
SIXTEEN_GREY = Image.fromarray(np.zeros((32, 48), np.uint16))


def png_of(bits: int, colour_type: int) -> bytes:
    """A PNG of 48 x 32 pixels up to its first data, of a kind that Pillow does not write."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", 48, 32, bits, colour_type, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (chunk, data)
    )


@pytest.mark.parametrize(
    ("data", "header", "channels"),
    [
        (encoded(WIDE, "JPEG"), PictureHeader("JPEG", (48, 32), "RGB", 8, 1), "of three channels"),
        (encoded(WIDE, "PNG"), PictureHeader("PNG", (48, 32), "RGB", 8, 1), "of three channels"),
        (encoded(WIDE, "JPEG", progressive=True), PictureHeader("JPEG", (48, 32), "RGB", 8, 1), "of three channels"),
        (
            encoded(WIDE, "MPO", save_all=True, append_images=[WIDE]),
            PictureHeader("JPEG", (48, 32), "RGB", 8, 1),
            "of three channels",
        ),
        (encoded(WIDE.convert("L"), "JPEG"), PictureHeader("JPEG", (48, 32), "L", 8, 1), "grey"),
        (encoded(WIDE.convert("CMYK"), "JPEG"), PictureHeader("JPEG", (48, 32), "CMYK", 8, 1), "CMYK"),
        (encoded(WIDE.convert("1")), PictureHeader("PNG", (48, 32), "1", 1, 1), "black and white"),
        (encoded(WIDE.convert("L")), PictureHeader("PNG", (48, 32), "L", 8, 1), "grey"),
        (encoded(WIDE.convert("LA")), PictureHeader("PNG", (48, 32), "LA", 8, 1), "grey with transparency"),
        (encoded(WIDE.convert("P"), bits=8), PictureHeader("PNG", (48, 32), "P", 8, 1), "of a palette"),
        (encoded(WIDE.convert("RGBA")), PictureHeader("PNG", (48, 32), "RGBA", 8, 1), "of colours with transparency"),
        (encoded(SIXTEEN_GREY), PictureHeader("PNG", (48, 32), "I;16", 16, 1), "grey, 16 bits each"),
        (png_of(16, 2), PictureHeader("PNG", (48, 32), "RGB", 16, 1), "of three channels, 16 bits each"),
    ],
)
def test_the_header_of_every_kind_of_picture(data: bytes, header: PictureHeader, channels: str) -> None:
    found = read_header(data)
    assert (found, found.channels) == (header, channels)
    assert found.is_plain == (channels == "of three channels")
    assert found.pixels == 48 * 32


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_says_how_the_pixels_are_turned(file_format: str, orientation: int) -> None:
    found = read_header(oriented(WIDE, orientation, file_format))
    assert (found.orientation, found.size) == (orientation, (48, 32))
    assert found.upright_size == ((48, 32) if orientation < 5 else (32, 48))


PROFILE = PngInfo()
PROFILE.add_text("Raw profile type exif", "\nexif\n 4\nno hexadecimal digits")


@pytest.mark.parametrize(
    "data",
    [
        encoded(WIDE, "JPEG", exif=b"Exif\0\0"),
        encoded(WIDE, "JPEG", exif=b"Exif\0\0nonsense"),
        encoded(WIDE, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff"),
        encoded(WIDE, "PNG", pnginfo=PROFILE),
    ],
    ids=["nothing", "nonsense", "nowhere", "as text"],
)
@pytest.mark.filterwarnings("ignore")
def test_a_picture_is_no_worse_for_metadata_that_cannot_be_read(data: bytes) -> None:
    found = read_header(data)
    assert (found.size, found.mode, found.orientation) == ((48, 32), "RGB", 1)


def heif(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (encoded(WIDE, "GIF"), "a GIF"),
        (encoded(WIDE, "WEBP"), "a WebP"),
        (encoded(WIDE, "TIFF"), "a TIFF"),
        (encoded(Image.new("I;16B", (4, 4)), "TIFF"), "a TIFF"),
        (encoded(WIDE, "BMP"), "a BMP"),
        (encoded(WIDE, "JPEG2000"), "a JPEG 2000"),
        (encoded(WIDE, "PDF"), "a PDF"),
        (heif(b"avif"), "an AVIF"),
        (heif(b"heic"), "a HEIC"),
        (heif(b"mif1"), "a HEIC"),
        (b"PK\x03\x04\x14\0", "a ZIP archive"),
        (b"\x1f\x8b\x08\0", "gzipped"),
        (b"/9j/4AAQSkZJRgABAQ", "text: a picture in base64"),
        (b"data:image/png;base64,iVBOR", "text: a picture in base64"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "a pointer of Git LFS, not the file itself"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn -->\n<svg/>', "an SVG"),
        (b"<!DOCTYPE html><html>", "an HTML page"),
        (b"\n<html><body>404", "an HTML page"),
        (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code>', "XML, as an error of S3 is"),
        (b' {"message": "Forbidden"}', "JSON"),
        (b"hello, hello", "data that begins 68 65 6c 6c 6f 2c 20 68"),
        (b"\xff\xd8", "data that begins ff d8"),
        (b"\x89PNG", "data that begins 89 50 4e 47"),
    ],
)
def test_what_is_neither_jpeg_nor_png_is_named(data: bytes, words: str) -> None:
    with pytest.raises(UnsupportedMediaType) as caught:
        read_header(data)
    assert caught.value.message == f"It is {words}."


def test_more_pixels_than_pillow_opens_are_refused() -> None:
    with pytest.raises(PictureTooLarge):
        read_header(png_header(60_000, 60_000))


WITH_MUCH_TO_SAY = {
    "exif": oriented(noise(), 6),
    "exif of a png": oriented(noise(), 6, "PNG"),
    "colour profile": encoded(noise(), "JPEG", icc_profile=b"p" * 150_000),
    "colour profile of a png": encoded(noise(), "PNG", icc_profile=bytes(noise(100, 100).tobytes())),
    "xmp": encoded(noise(), "JPEG", xmp=b'<x tiff:Orientation="8"/>' + b" " * 5_000),
}


@pytest.mark.parametrize("data", WITH_MUCH_TO_SAY.values(), ids=WITH_MUCH_TO_SAY)
@given(share=st.floats(0, 1))
@settings(max_examples=60)
def test_the_beginning_says_all_or_not_enough(data: bytes, share: float) -> None:
    with contextlib.suppress(InvalidPicture, UnsupportedMediaType):
        assert read_header(data[: int(len(data) * share)]) == read_header(data)


def test_the_beginning_is_enough() -> None:
    data = encoded(noise(1_000, 800), "JPEG")
    assert read_header(data[:1_000]) == read_header(data)
    with pytest.raises(InvalidPicture, match="Its header is damaged"):
        read_header(data[:100])


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_a_whole_picture_is_decoded(file_format: str) -> None:
    data = encoded(landscape(), file_format)
    found, wanted = (np.asarray(image.resize((8, 6)), int) for image in (decode(data, 16), opened(data)))
    assert abs(found - wanted).max() <= 4


@pytest.mark.parametrize(
    ("size", "side", "decoded"),
    [((320, 240), 16, (40, 30)), ((320, 240), 40, (80, 60)), ((320, 240), 300, (320, 240)), ((20, 9), 16, (20, 9))],
)
def test_a_jpeg_is_scaled_down_while_it_is_decoded(size: tuple[int, int], side: int, decoded: tuple[int, int]) -> None:
    assert decode(encoded(landscape(0, *size), "JPEG"), side).size == decoded


@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
@pytest.mark.parametrize(
    "data",
    [encoded(noise(), "JPEG"), encoded(noise(), "JPEG", progressive=True), encoded(noise(), "PNG")],
    ids=["baseline", "progressive", "png"],
)
def test_a_picture_that_is_cut_short_is_found(data: bytes, share: float) -> None:
    cut = data[: int(len(data) * share)]
    assert read_header(cut).size == (200, 150)
    with pytest.raises(InvalidPicture, match="Its pixels cannot be decoded: "):
        decode(cut, 16)


SEEDS = [
    *WITH_MUCH_TO_SAY.values(),
    picture(9, 7, "PNG", "P"),
    picture(9, 7, "JPEG", "CMYK"),
    encoded(noise(9, 7), "MPO", save_all=True, append_images=[noise(9, 7)]),
]


@pytest.mark.filterwarnings("ignore")  # Pillow's, of metadata that it cannot read
@settings(max_examples=300)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8), st.floats(0, 2))
def test_damaged_pictures_are_read_or_refused_and_nothing_else(
    seed: bytes, changes: list[tuple[float, int]], share: float
) -> None:
    damaged = bytearray(seed)
    for place, value in changes:
        damaged[int((len(damaged) - 1) * place**4)] = value  # more often in the header
    data = bytes(damaged[: int(len(damaged) * share)])
    with contextlib.suppress(InvalidPicture, PictureTooLarge, UnsupportedMediaType):
        header = read_header(data)
        if header.pixels < 1_000_000:
            assert min(decode(data, 4).size) > 0

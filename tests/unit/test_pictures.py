import contextlib
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelloop.endpoint import BODY_LIMIT
from labelloop.errors import InvalidPicture, PictureTooLarge, UnsupportedMediaType
from labelloop.pictures import PIXEL_LIMIT, encode, read_picture
from labelloop.prediction import PictureSize
from PIL import Image

from tests.unit.picture_files import BLUE, GREY, RED, encoded, opened, picture, png_header

TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT = (4, 4), (-5, 4), (4, -5), (-5, -5)
ORIENTATION = 0x0112


def marked() -> Image.Image:
    """48 x 32 pixels as stored: the first row begins red and ends blue."""
    image = Image.new("RGB", (48, 32), GREY)
    image.paste(RED, (0, 0, 16, 16))
    image.paste(BLUE, (32, 0, 48, 16))
    return image


def oriented(orientation: int, file_format: str) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return encoded(marked(), file_format, exif=exif, **({"quality": 95} if file_format == "JPEG" else {}))


def at(image: Image.Image, corner: tuple[int, int]) -> tuple[int, int, int]:
    x, y = corner
    colour = image.getpixel((x % image.width, y % image.height))
    assert isinstance(colour, tuple)
    return colour  # type: ignore[return-value]


# EXIF 2.32, section 4.6.4: where row 0 and column 0 of the stored picture lie in the one that was taken.
@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    ("orientation", "red", "blue"),
    [
        (1, TOP_LEFT, TOP_RIGHT),
        (2, TOP_RIGHT, TOP_LEFT),
        (3, BOTTOM_RIGHT, BOTTOM_LEFT),
        (4, BOTTOM_LEFT, BOTTOM_RIGHT),
        (5, TOP_LEFT, BOTTOM_LEFT),
        (6, TOP_RIGHT, BOTTOM_RIGHT),
        (7, BOTTOM_RIGHT, TOP_RIGHT),
        (8, BOTTOM_LEFT, TOP_LEFT),
    ],
)
def test_pictures_are_turned_upright_for_the_model_and_the_answer(
    file_format: str, orientation: int, red: tuple[int, int], blue: tuple[int, int]
) -> None:
    found = read_picture(oriented(orientation, file_format))
    assert found.exif_orientation == orientation
    assert found.size == (PictureSize(48, 32) if orientation < 5 else PictureSize(32, 48))
    sent = opened(found.body)
    assert sent.getexif().get(ORIENTATION, 1) == 1
    for image in (found.image, sent):
        assert (image.width, image.height) == (found.size.width, found.size.height)
        assert at(image, red) == pytest.approx(RED, abs=25)
        assert at(image, blue) == pytest.approx(BLUE, abs=25)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_means_nothing_is_upright(orientation: int) -> None:
    data = oriented(orientation, "JPEG")
    found = read_picture(data)
    assert (found.exif_orientation, found.body) == (1, data)


def test_an_orientation_that_is_no_number_is_upright() -> None:
    # TIFF, little-endian: one entry, the orientation, of type 2 (ASCII) instead of 3 (SHORT)
    exif = b"Exif\0\0II*\0" + struct.pack("<IHHHI4sI", 8, 1, ORIENTATION, 2, 2, b"6", 0)
    found = read_picture(encoded(marked(), "JPEG", exif=exif))
    assert (found.exif_orientation, found.size) == (1, PictureSize(48, 32))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_an_upright_rgb_picture_is_sent_as_it_came(file_format: str) -> None:
    data = picture(40, 20, file_format)
    assert read_picture(data).body is data


@pytest.mark.parametrize(
    ("mode", "file_format"),
    [
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
        ("1", "PNG"),
        ("L", "PNG"),
        ("LA", "PNG"),
        ("P", "PNG"),
        ("RGBA", "PNG"),
        ("I;16", "PNG"),
    ],
)
def test_other_pictures_are_sent_as_rgb_jpegs(mode: str, file_format: str) -> None:
    grey = Image.new("L", (40, 20), 255)
    grey.paste(0, (0, 0, 20, 20))
    image = Image.fromarray(np.array(grey).astype(np.uint16) * 257) if mode == "I;16" else grey.convert(mode)
    found = read_picture(encoded(image, file_format))
    sent = opened(found.body)
    assert (sent.format, sent.mode, found.image.mode, found.exif_orientation) == ("JPEG", "RGB", "RGB", 1)
    for rgb in (sent, found.image):
        assert at(rgb, TOP_LEFT) == pytest.approx((0, 0, 0), abs=3)
        assert at(rgb, TOP_RIGHT) == pytest.approx((255, 255, 255), abs=3)


def test_sixteen_bits_keep_their_shades() -> None:
    shades = [0, 0x3FFF, 0x8000, 0xFFFF]
    image = Image.new("I;16", (4, 1))
    for x, shade in enumerate(shades):
        image.putpixel((x, 0), shade)
    found = read_picture(encoded(image)).image
    assert [found.getpixel((x, 0)) for x in range(4)] == [(shade >> 8,) * 3 for shade in shades]


PLAIN = Image.new("RGB", (4, 4))
NOT_READ = {
    "nothing": b"",
    "text": b"hello",
    "json": b'{"image": 1}',
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "gif": encoded(PLAIN, "GIF"),
    "bmp": encoded(PLAIN, "BMP"),
    "tiff": encoded(PLAIN, "TIFF"),
    "webp": encoded(PLAIN, "WEBP"),
    "the beginning of a jpeg": b"\xff\xd8",
    "the beginning of a png": b"\x89PNG\r\n\x1a\n",
}


@pytest.mark.parametrize("data", NOT_READ.values(), ids=NOT_READ)
def test_what_is_neither_jpeg_nor_png_is_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedMediaType, match="neither a JPEG nor a PNG"):
        read_picture(data)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_picture_cut_short_is_refused(file_format: str, share: float) -> None:
    data = encoded(Image.effect_noise((200, 200), 60).convert("RGB"), file_format)
    with pytest.raises(InvalidPicture, match="the picture is damaged: "):
        read_picture(data[: int(len(data) * share)])


def test_sixty_thousand_pixels_square_are_refused_from_the_header_alone() -> None:
    with pytest.raises(PictureTooLarge, match=f"too many pixels; at most {PIXEL_LIMIT} are read"):
        read_picture(png_header(60_000, 60_000))


def test_a_pixel_too_many_is_refused_from_the_header_alone() -> None:
    assert PIXEL_LIMIT == 10_000 * 5_000
    with pytest.raises(PictureTooLarge, match="the picture has 10000x5001 pixels"):
        read_picture(png_header(10_000, 5_001))
    with pytest.raises(InvalidPicture):  # as many as are read: so the missing pixels are missed
        read_picture(png_header(10_000, 5_000))


def test_a_size_that_makes_pillow_warn_is_refused_too() -> None:
    with pytest.raises(PictureTooLarge), pytest.warns(Image.DecompressionBombWarning):
        read_picture(png_header(10_000, 10_000))


def test_more_bytes_than_an_endpoint_takes_are_refused_unread() -> None:
    with pytest.raises(PictureTooLarge, match="has 6291457 bytes; an endpoint takes at most 6291456") as caught:
        read_picture(b"\0" * (BODY_LIMIT + 1))
    assert caught.value.hint
    with pytest.raises(UnsupportedMediaType):
        read_picture(b"\0" * BODY_LIMIT)


def test_a_picture_that_grows_too_large_when_turned_is_refused() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 3
    noise = Image.merge("RGB", [Image.effect_noise((3000, 3000), 90) for _ in "RGB"])
    data = encoded(noise, "JPEG", quality=30, exif=exif)
    assert len(data) < BODY_LIMIT
    with pytest.raises(PictureTooLarge, match="Send a smaller JPEG"):
        read_picture(data)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_a_picture_is_encoded_in_the_form_asked_for(file_format: str) -> None:
    found = opened(encode(Image.new("RGB", (30, 20), RED), file_format))
    assert (found.format, found.size) == (file_format, (30, 20))
    assert at(found, (0, 0)) == pytest.approx(RED, abs=3)


SEEDS = [oriented(6, "JPEG"), oriented(6, "PNG"), picture(9, 7, "PNG", "P"), picture(9, 7, "JPEG", "CMYK")]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8), st.data())
def test_damaged_pictures_are_read_or_refused_and_nothing_else(
    seed: bytes, changes: list[tuple[int, int]], data: st.DataObject
) -> None:
    damaged = bytearray(seed)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    refusals = InvalidPicture, PictureTooLarge, UnsupportedMediaType
    with contextlib.suppress(*refusals):
        assert read_picture(bytes(damaged[: data.draw(st.integers(0, len(damaged)))])).image.mode == "RGB"


@pytest.mark.parametrize(
    ("file_format", "media_type", "sent"),
    [
        ("JPEG", "application/x-image", "as it is"),
        ("PNG", "application/x-image", "as it is"),
        ("JPEG", "image/jpeg", "as it is"),
        ("PNG", "image/jpeg", "as JPEG"),
    ],
)
def test_where_only_jpegs_are_taken_one_is_made(file_format: str, media_type: str, sent: str) -> None:
    data = picture(40, 20, file_format)
    body = read_picture(data).body_for(media_type)
    assert (body == data) == (sent == "as it is")
    assert (opened(body).format, opened(body).size) == ("JPEG" if sent == "as JPEG" else file_format, (40, 20))


def test_a_picture_that_is_too_large_as_jpeg_is_refused() -> None:
    """Noise of black and white pixels: one bit each in a PNG, many in a JPEG."""
    noise = np.random.default_rng(0).integers(0, 2, (3000, 3000, 1), dtype=np.uint8) * np.uint8(255)
    data = encoded(Image.fromarray(noise.repeat(3, axis=2)))
    assert len(data) < BODY_LIMIT
    with pytest.raises(PictureTooLarge):
        read_picture(data).body_for("image/jpeg")

"""Masks that cannot be used whatever their pixels are, and what opened ones are."""

import zlib

import pytest
from labelloop.mask_checks.file import MaskFile, Problem, Size, open_mask
from labelloop.pictures import PIXEL_LIMIT
from PIL import Image

from tests.unit.mask_files import AREAS, as_ground_truth, grey, in_colours
from tests.unit.picture_files import encoded, png_header
from tests.unit.test_png import chunk, header, png

MASK = as_ground_truth(AREAS)
JPEG = encoded(in_colours(AREAS), "JPEG")


@pytest.mark.parametrize(
    ("body", "size", "code", "message"),
    [
        (b"", None, "MASK_NOT_A_PICTURE", "It is data that begins ."),
        (b"GIF89a", None, "MASK_NOT_A_PICTURE", "It is a GIF."),
        (encoded(in_colours(AREAS), "BMP"), None, "MASK_NOT_A_PICTURE", "It is a BMP."),
        (MASK[:20], None, "MASK_DAMAGED", "Its header is damaged."),
        (MASK[:-60], None, "MASK_DAMAGED", "It is cut short."),
        (MASK[:8] + chunk(b"tEXt", b"a\0b") + MASK[8:], None, "MASK_DAMAGED", "Its header is not the first chunk."),
        (JPEG[:40], None, "MASK_DAMAGED", "Its header is damaged."),
        (JPEG[:-200], None, "MASK_DAMAGED", "Its pixels cannot be decoded: "),
        (png(header(3, 2), zlib.compress(bytes(4))), None, "MASK_DAMAGED", "It holds fewer than its 3x2 pixels."),
        (png(header(3, 2), zlib.compress(bytes(12))), None, "MASK_DAMAGED", "It holds more than its 3x2 pixels."),
        (png(header(3, 2)[:-1] + b"\0", zlib.compress(bytes(8))), None, "MASK_DAMAGED", "Its pixels cannot be decoded"),
        (png_header(60_000, 60_000), None, "MASK_TOO_LARGE", "60000x60000 pixels; at most 50000000 are examined."),
        (png_header(PIXEL_LIMIT + 1, 1), None, "MASK_TOO_LARGE", "It has 50000001x1 pixels"),
        (MASK, (40, 60), "MASK_SIZE_DIFFERS", "60x40 pixels, its picture 40x60: width and height are exchanged."),
        (MASK, (120, 80), "MASK_SIZE_DIFFERS", "It has 60x40 pixels, its picture 120x80: it is scaled by 0.5."),
        (MASK, (30, 20), "MASK_SIZE_DIFFERS", "It has 60x40 pixels, its picture 30x20: it is scaled by 2."),
        (MASK, (90, 60), "MASK_SIZE_DIFFERS", "It has 60x40 pixels, its picture 90x60: it is scaled by 0.667."),
        (MASK, (61, 40), "MASK_SIZE_DIFFERS", "It has 60x40 pixels, its picture 61x40."),
        (JPEG, (61, 40), "MASK_SIZE_DIFFERS", "It has 60x40 pixels, its picture 61x40."),
        (grey(AREAS), (40, 40), "MASK_SIZE_DIFFERS", "It has 60x40 pixels, its picture 40x40."),
        (encoded(in_colours(AREAS, mode="RGBA").rotate(9)), None, "MASK_TRANSPARENT", " pixels are not opaque"),
        (encoded(Image.new("LA", (3, 2), (0, 254))), None, "MASK_TRANSPARENT", "6 of its 6 pixels are not opaque."),
        (encoded(in_colours(AREAS), transparency=(44, 160, 44)), None, "MASK_TRANSPARENT", "800 of its 2400 pixels"),
    ],
)  # fmt: skip
def test_what_cannot_be_used(body: bytes, size: Size | None, code: str, message: str) -> None:
    found = open_mask(body, [], size)
    assert isinstance(found, Problem)
    assert found.check.code == code
    assert message in found.message


@pytest.mark.filterwarnings("ignore:Image size .* could be decompression bomb")
@pytest.mark.parametrize("size", [(13_000, 13_000), (40_000, 40_000)])
def test_a_jpeg_of_too_many_pixels(size: Size) -> None:
    """Its size alone is changed: https://www.w3.org/Graphics/JPEG/itu-t81.pdf, B.2.2."""
    frame = JPEG.index(b"\xff\xc0")
    body = JPEG[: frame + 5] + size[1].to_bytes(2) + size[0].to_bytes(2) + JPEG[frame + 9 :]
    found = open_mask(body, [], None)
    assert isinstance(found, Problem)
    assert found.check.code == "MASK_TOO_LARGE"


@pytest.mark.parametrize(
    ("body", "is_jpeg", "channels", "depth"),
    [
        (MASK, False, 1, 8),
        (grey(AREAS), False, 1, 8),
        (encoded(in_colours(AREAS)), False, 3, 8),
        (encoded(in_colours(AREAS, mode="RGBA")), False, 4, 8),
        (encoded(Image.new("LA", (3, 2), (0, 255))), False, 2, 8),
        (encoded(Image.new("I;16", (3, 2))), False, 1, 16),
        (encoded(Image.new("1", (3, 2))), False, 1, 1),
        (JPEG, True, 3, 8),
        (encoded(Image.fromarray(AREAS), "JPEG"), True, 1, 8),
        (encoded(in_colours(AREAS, mode="CMYK"), "JPEG"), True, 4, 8),
        (encoded(Image.fromarray(AREAS), transparency=1), False, 1, 8),
        (png(header(3, 2), zlib.compress(bytes(8)), before=chunk(b"tRNS", b"\0\0")), False, 1, 8),
    ],
)
def test_what_an_opened_mask_is(body: bytes, is_jpeg: bool, channels: int, depth: int) -> None:
    found = open_mask(body, [], None)
    assert isinstance(found, MaskFile)
    assert found[1:] == (is_jpeg, channels, depth)

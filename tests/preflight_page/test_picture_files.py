from pathlib import Path

import numpy as np
import pytest
from labelloop.masks import encode_mask_png
from labelloop.palette import class_colour
from labelloop.store import S3Uri
from PIL import Image

from laptop.commands.preflight_objects import FolderObjects
from laptop.preflight_page.picture_files import UNREADABLE, open_mask, open_picture, pixel_counts, side_by_side
from tests.unit.picture_files import BLUE, GREY, RED, encoded, picture, png_header

ONE = S3Uri("b", "one")


def stored(folder: Path, body: bytes) -> FolderObjects:
    (folder / "one").write_bytes(body)
    return FolderObjects(folder)


def test_pictures_are_shown_as_they_are_stored(tmp_path: Path) -> None:
    turned = Image.new("RGB", (40, 20), GREY)
    exif = turned.getexif()
    exif[0x0112] = 6
    assert open_picture(stored(tmp_path, encoded(turned, "JPEG", exif=exif)), ONE).size == (40, 20)


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1"])
def test_pictures_become_rgb(tmp_path: Path, mode: str) -> None:
    assert open_picture(stored(tmp_path, picture(mode=mode)), ONE).mode == "RGB"


@pytest.mark.parametrize("body", [b"", b"no picture", picture()[:60], png_header(20_000, 20_000), png_header(9, 9)])
def test_what_cannot_be_opened_is_an_error_that_is_known(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(UNREADABLE):
        open_picture(stored(tmp_path, body), ONE)


def test_a_mask_has_its_palettes_colours(tmp_path: Path) -> None:
    objects = stored(tmp_path, encode_mask_png(np.array([[0, 1]], np.uint8), [RED, BLUE]))
    mask = open_mask(objects, ONE)
    assert [mask.getpixel((x, 0)) for x in (0, 1)] == [RED, BLUE]


def test_a_grey_mask_gets_colours_that_can_be_told_apart(tmp_path: Path) -> None:
    grey = Image.fromarray(np.array([[0, 1, 2]], np.uint8))
    mask = open_mask(stored(tmp_path, encoded(grey)), ONE)
    assert [mask.getpixel((x, 0)) for x in range(3)] == [(0, 0, 0), class_colour(1), class_colour(2)]


def test_pixels_are_counted_by_value(tmp_path: Path) -> None:
    ids = np.array([[0, 1, 1], [255, 0, 1]], np.uint8)
    objects = stored(tmp_path, encoded(Image.fromarray(ids)))
    assert pixel_counts(objects, ONE) == {0: 2, 1: 3, 255: 1}


def test_colours_are_no_indices(tmp_path: Path) -> None:
    assert pixel_counts(stored(tmp_path, picture(mode="RGB")), ONE) is None


def test_picture_and_mask_stand_side_by_side() -> None:
    both = side_by_side(Image.new("RGB", (640, 480), RED), Image.new("RGB", (2, 2), BLUE))
    assert both.size == (240 + 4 + 180, 180)
    assert (both.getpixel((5, 5)), both.getpixel((250, 5))) == (RED, BLUE)

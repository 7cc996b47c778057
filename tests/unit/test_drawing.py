import numpy as np
import pytest
from labelloop.drawing import Corners, draw_boxes, draw_classes, draw_mask
from labelloop.palette import class_colour
from numpy.typing import NDArray
from PIL import Image, ImageChops

from tests.unit.picture_files import GREY

BLUE_CLASS, BRIGHT_CLASS = 0, 1  # of the palette's: one dark enough for white letters, one bright enough for black
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def grey(width: int = 640, height: int = 400) -> Image.Image:
    return Image.new("RGB", (width, height), GREY)


def draw(picture: Image.Image, *boxes: Corners, label: str = "", class_ids: tuple[int, ...] = ()) -> Image.Image:
    return draw_boxes(picture, boxes, [label] * len(boxes), class_ids or tuple(range(len(boxes))))


def colours(image: Image.Image, corners: tuple[int, int, int, int]) -> set[object]:
    part = image.crop(corners)
    return {colour for _, colour in part.getcolors(part.width * part.height) or []}


def test_a_box_is_framed_in_its_classes_colour_and_empty_inside() -> None:
    drawn = draw(grey(), (100, 100, 300, 200))
    for corner in ((101, 150), (299, 150), (200, 199)):
        assert drawn.getpixel(corner) == class_colour(0)
    assert colours(drawn, (110, 130, 290, 190)) == {GREY}
    assert colours(drawn, (310, 0, 640, 400)) == {GREY}


def test_the_picture_given_stays_as_it_is() -> None:
    picture = grey()
    draw(picture, (100, 100, 300, 200))
    assert ImageChops.difference(picture, grey()).getbbox() is None


def test_without_boxes_the_picture_comes_back_in_a_copy() -> None:
    picture = grey()
    drawn = draw(picture)
    assert drawn is not picture
    assert ImageChops.difference(drawn, picture).getbbox() is None


@pytest.mark.parametrize(
    ("size", "drawn_size"),
    [
        ((640, 400), (640, 400)),
        ((320, 10), (320, 10)),
        ((319, 10), (638, 20)),
        ((100, 160), (200, 320)),
        ((1, 1), (320, 320)),
    ],
)
def test_small_pictures_are_enlarged_by_a_whole_factor(size: tuple[int, int], drawn_size: tuple[int, int]) -> None:
    assert draw(grey(*size)).size == drawn_size


def test_boxes_of_small_pictures_grow_with_them() -> None:
    drawn = draw(grey(100, 160), (10, 40, 60, 140))
    assert drawn.getpixel((21, 200)) == drawn.getpixel((119, 200)) == class_colour(0)


def test_the_first_box_lies_on_top() -> None:
    drawn = draw(grey(), (100, 100, 300, 200), (100, 100, 300, 200))
    assert drawn.getpixel((101, 150)) == class_colour(0)


@pytest.mark.parametrize(("top", "above"), [(100, True), (0, False)])
def test_a_label_stands_above_its_box_or_inside_where_there_is_no_room(top: int, above: bool) -> None:
    drawn = draw(grey(), (100, top, 300, 380), label="circle 0.98")
    over, inside = (102, max(top - 12, 0), 112, top), (104, top + 4, 114, top + 14)
    assert (class_colour(0) in colours(drawn, over)) is above
    assert (colours(drawn, inside) == {GREY}) is above


@pytest.mark.parametrize(("class_id", "letters"), [(BLUE_CLASS, WHITE), (BRIGHT_CLASS, BLACK)])
def test_letters_are_readable_on_their_ground(class_id: int, letters: tuple[int, int, int]) -> None:
    found = colours(draw(grey(), (100, 100, 300, 200), label="HHHH", class_ids=(class_id,)), (100, 70, 300, 99))
    assert letters in found
    assert ({BLACK, WHITE} - {letters}) & found == set()


@pytest.mark.parametrize("box", [(50, 50, 50, 50), (0, 0, 640, 400), (630, 390, 640, 400)])
def test_boxes_without_area_and_at_the_edges_can_be_drawn(box: Corners) -> None:
    drawn = draw(grey(), box, label="square 0.50")
    assert drawn.size == (640, 400)
    assert class_colour(0) in colours(drawn, (0, 0, 640, 400))


def test_every_box_has_a_label_and_a_class() -> None:
    with pytest.raises(ValueError, match="shorter"):
        draw_boxes(grey(), [(1, 1, 2, 2), (3, 3, 4, 4)], ["circle"], [0, 0])


NAMES = ("BACKGROUND", "cat", "dog")
HALVES = np.repeat(np.array([[0, 1]], np.uint8), 200, axis=1).repeat(400, axis=0)  # (400, 400): left 0, right 1


def test_a_mask_is_laid_over_its_classes_and_leaves_the_background() -> None:
    drawn = draw_mask(grey(400, 400), HALVES, NAMES)
    assert colours(drawn, (0, 0, 199, 400)) == {GREY}
    ((inside,),) = (colours(drawn, (202, 0, 398, 398)),)
    assert inside == pytest.approx(
        [GREY[one] + 120 / 255 * (class_colour(1)[one] - GREY[one]) for one in range(3)], abs=1
    )


def test_classes_are_parted_by_a_line_in_their_colour() -> None:
    ids = np.where(HALVES == 0, 2, HALVES).astype(np.uint8)
    drawn = draw_mask(grey(400, 400), ids, NAMES)
    assert (drawn.getpixel((199, 200)), drawn.getpixel((200, 200))) == (class_colour(2), class_colour(1))
    turned = draw_mask(grey(400, 400), np.ascontiguousarray(ids.T), NAMES)
    assert (turned.getpixel((200, 199)), turned.getpixel((200, 200))) == (class_colour(2), class_colour(1))


@pytest.mark.parametrize(
    ("names", "ids", "shown"),
    [
        (NAMES, HALVES, {1}),
        (("cat", "dog"), HALVES, {0, 1}),
        # 255 belongs to no class
        (("cat", "dog"), np.where(HALVES == 0, 255, HALVES).astype(np.uint8), {1}),
        (NAMES, np.zeros((400, 400), np.uint8), set()),
    ],
)
def test_the_legend_below_names_the_classes_that_are_there(
    names: tuple[str, ...], ids: NDArray[np.uint8], shown: set[int]
) -> None:
    drawn = draw_mask(grey(400, 400), ids, names)
    assert (drawn.height > 400) == bool(shown)
    below = colours(drawn, (0, 400, *drawn.size)) if shown else set()
    assert {one for one in range(3) if class_colour(one) in below} == shown


def test_a_long_legend_goes_on_in_the_next_row() -> None:
    one_row = draw_classes(grey(400, 400), ["cat"], [0.5], [0])
    rows = draw_classes(grey(400, 400), [f"a rather long name {number}" for number in range(6)], [0.5] * 6, range(6))
    assert rows.width == one_row.width == 400
    assert rows.height > one_row.height > 400


def test_masks_of_small_pictures_are_enlarged_with_them() -> None:
    drawn = draw_mask(grey(100, 100), HALVES[:100, 150:250], NAMES)
    assert (drawn.width, drawn.getpixel((100, 100))) == (400, GREY)
    assert drawn.getpixel((300, 200)) != GREY

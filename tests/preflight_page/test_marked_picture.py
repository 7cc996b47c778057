import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.palette import class_colour
from PIL import Image

from laptop.preflight_page.marked_picture import LONGEST, Frame, marked

WHITE = (255, 255, 255)
PLACES = st.floats(-5_000, 5_000)


def picture(width: int = 640, height: int = 480) -> Image.Image:
    return Image.new("RGB", (width, height), WHITE)


def frame(x1: float, y1: float, x2: float, y2: float, class_id: int = 0) -> Frame:
    return Frame((x1, y1, x2, y2), "circle", class_id)


def colours(image: Image.Image) -> set[tuple[int, ...]]:
    found = image.getcolors(LONGEST * LONGEST)
    assert found is not None
    return {colour for _, colour in found if isinstance(colour, tuple)}


def test_without_a_chosen_frame_the_whole_picture_is_shown() -> None:
    image = marked(picture(), [frame(100, 100, 200, 200)], None)
    assert image.size == (320, 240)
    assert image.getpixel((50, 60)) == class_colour(0)
    assert image.getpixel((75, 75)) == WHITE


def test_the_chosen_frame_is_shown_large_among_its_neighbours() -> None:
    chosen, other = frame(300, 200, 340, 240), frame(330, 200, 380, 260, class_id=1)
    image = marked(picture(), [chosen, other], chosen)
    assert max(image.size) == LONGEST
    assert {class_colour(0), class_colour(1)} <= colours(image)
    blue = [x for x in range(image.width) if image.getpixel((x, image.height // 2)) == class_colour(0)]
    assert blue[-1] - blue[0] > LONGEST / 6


def test_what_reaches_beyond_the_picture_is_shown_there() -> None:
    chosen = frame(600, 200, 731, 300)
    image = marked(picture(), [chosen], chosen)
    assert image.getpixel((image.width - 20, image.height - 20)) != WHITE
    assert image.getpixel((20, image.height - 20)) == WHITE
    assert class_colour(0) in colours(image)


def test_a_box_elsewhere_is_shown_with_the_whole_picture() -> None:
    chosen = frame(1500, 56, 1650, 155)
    image = marked(picture(), [chosen], chosen)
    assert {WHITE, class_colour(0)} <= colours(image)


@given(PLACES, PLACES, PLACES, PLACES, st.integers(1, 3_000), st.integers(1, 3_000))
def test_whatever_the_box_a_bounded_picture_is_drawn(
    x1: float, y1: float, x2: float, y2: float, width: int, height: int
) -> None:
    chosen = frame(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    image = marked(picture(width, height), [chosen], chosen)
    assert max(image.size) <= LONGEST + 1
    assert min(image.size) >= 1


@pytest.mark.parametrize("size", [(4000, 3), (3, 4000), (1, 1)])
def test_odd_pictures_are_drawn_too(size: tuple[int, int]) -> None:
    assert max(marked(picture(*size), [], None).size) == LONGEST

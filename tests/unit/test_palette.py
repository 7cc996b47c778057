import itertools

import pytest
from labelloop.palette import Colour, class_colour, colours, hex_colour, mask_colours, rgb


def test_fifty_classes_have_fifty_colours() -> None:
    assert len({class_colour(class_id) for class_id in range(50)}) == 50


def test_the_first_ten_classes_are_told_apart_by_eye() -> None:
    pairs = itertools.combinations(map(class_colour, range(10)), 2)
    assert min(sum(abs(a - b) for a, b in zip(one, other, strict=True)) for one, other in pairs) > 60


@pytest.mark.parametrize(
    ("class_names", "expected"),
    [
        (("car", "road"), [class_colour(0), class_colour(1)]),
        (("BACKGROUND", "road"), [(255, 255, 255), class_colour(1)]),
        (("background", "road"), [(255, 255, 255), class_colour(1)]),
        (("road", "BACKGROUND"), [class_colour(0), class_colour(1)]),
        ((), []),
    ],
)
def test_the_background_of_masks_is_white(class_names: tuple[str, ...], expected: list[Colour]) -> None:
    assert mask_colours(class_names) == expected


@pytest.mark.parametrize("class_id", [0, 1, 7, 1000])
def test_hex_is_the_same_colour_for_web_pages(class_id: int) -> None:
    text = hex_colour(class_colour(class_id))
    assert text[0] == "#"
    assert tuple(bytes.fromhex(text[1:])) == class_colour(class_id)


def test_without_masks_a_class_called_background_is_like_others() -> None:
    assert colours(("background", "road")) == [class_colour(0), class_colour(1)]


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#2ca02c", (44, 160, 44)),
        ("#FFFFFF", (255, 255, 255)),
        ("2ca02c", (44, 160, 44)),
        ("#2ca02", None),
        ("#2ca02g", None),
        ("green", None),
        ("", None),
    ],
)
def test_a_colour_is_read_as_it_is_written(text: str, colour: Colour | None) -> None:
    assert rgb(text) == colour

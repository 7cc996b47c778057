import pytest
from hypothesis import given
from hypothesis import strategies as st

from laptop.preflight_page.box_sizes import SIDE, TOP, plot, share_unseen
from laptop.preflight_page.statistics import BoxSize
from tests.preflight_page.drawings import number, shapes, words

COLOURS = {"circle": (255, 0, 0), "square": (0, 0, 255)}
SHARES = st.floats(0.0001, 2)


def test_a_dot_for_each_box_in_its_class_colour_the_rare_on_top() -> None:
    drawing = plot(
        [BoxSize("square", 0.1, 0.1), BoxSize("circle", 0.5, 0.2), BoxSize("circle", 0.2, 0.5)], COLOURS, 0.03
    )
    dots = shapes(drawing, "circle")
    assert [dot.get("fill") for dot in dots] == ["#ff0000", "#ff0000", "#0000ff"]


def test_wide_is_right_and_high_is_up() -> None:
    wide, high = shapes(plot([BoxSize("circle", 0.5, 0.2), BoxSize("circle", 0.2, 0.5)], COLOURS, 0.03), "circle")
    assert number(wide, "cx") > number(high, "cx")
    assert number(wide, "cy") > number(high, "cy")


def test_a_class_without_a_colour_is_grey() -> None:
    (dot,) = shapes(plot([BoxSize("other", 0.5, 0.2)], COLOURS, 0.03), "circle")
    assert dot.get("fill") == "#808080"


@given(st.lists(st.builds(BoxSize, st.just("circle"), SHARES, SHARES), min_size=1, max_size=20))
def test_every_dot_lies_in_the_plot(boxes: list[BoxSize]) -> None:
    for dot in shapes(plot(boxes, COLOURS, 0.03), "circle"):
        assert TOP <= number(dot, "cy") <= TOP + SIDE
        assert 0 <= number(dot, "cx") - 64 <= SIDE + 0.1


@pytest.mark.parametrize(
    ("boxes", "first"),
    [
        ([BoxSize("circle", 0.5, 0.5)] * 300, "2 %"),
        ([BoxSize("circle", 0.01, 0.5)] * 300, "0.5 %"),
        ([BoxSize("circle", 0.5, 0.5)] * 300 + [BoxSize("circle", 0.001, 0.001)], "2 %"),
        ([BoxSize("circle", 0.00001, 0.5)] * 3, "0.1 %"),
    ],
)
def test_axes_begin_below_the_boxes_but_for_a_few(boxes: list[BoxSize], first: str) -> None:
    assert words(plot(boxes, COLOURS, 0.03))[1] == first


def test_the_part_that_is_not_seen_is_marked_and_said() -> None:
    boxes = [BoxSize("circle", 0.5, 0.5)] * 3 + [BoxSize("circle", 0.01, 0.5)]
    drawing = plot(boxes, COLOURS, 0.03)
    assert share_unseen(boxes, 0.03) == 0.25
    assert len(shapes(drawing, "path", "zone")) == 1
    assert "25.0% have a side shorter than 3.0%" in drawing.attrib["aria-label"]

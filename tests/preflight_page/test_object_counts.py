import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laptop.preflight_page.object_counts import Bar, bars, chart
from tests.preflight_page.drawings import number, shapes, words


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ({1: 10}, [Bar(1, 1, 10)]),
        ({3: 4, 1: 10}, [Bar(1, 1, 10), Bar(2, 2, 0), Bar(3, 3, 4)]),
        ({2: 1, 45: 1}, None),
    ],
)
def test_each_number_has_a_bar_as_long_as_there_is_room(objects: dict[int, int], expected: list[Bar] | None) -> None:
    found = bars(objects)
    assert found == expected if expected else [bar.name for bar in found[:2]] == ["2-3", "4-5"]


@given(st.dictionaries(st.integers(0, 5_000), st.integers(1, 100), min_size=1))
def test_no_picture_is_lost(objects: dict[int, int]) -> None:
    found = bars(objects)
    assert sum(bar.pictures for bar in found) == sum(objects.values())
    assert len(found) <= 31
    assert all(one.most + 1 == other.least for one, other in itertools.pairwise(found))


def test_bars_stand_on_the_axis_as_high_as_they_count() -> None:
    one, two = shapes(chart({1: 10, 2: 5}, "boxes"), "rect", "bar")
    assert number(one, "height") == pytest.approx(2 * number(two, "height"), abs=0.2)
    assert number(one, "y") + number(one, "height") == pytest.approx(number(two, "y") + number(two, "height"), abs=0.2)


def test_axes_are_named() -> None:
    assert {"0", "5", "10", "1", "2", "boxes in one picture", "pictures"} <= set(words(chart({1: 10, 2: 5}, "boxes")))

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laptop.preflight_page.scales import Linear, Logarithmic, linear_ticks, logarithmic_ticks, round_step

SHARES = st.floats(0.001, 1)


@pytest.mark.parametrize(("value", "place"), [(0, 100), (10, 0), (5, 50), (20, -100)])
def test_a_linear_scale(value: float, place: float) -> None:
    assert Linear(10, 100, 0)(value) == place


@pytest.mark.parametrize(("value", "place"), [(0.01, 0), (1, 100), (0.1, 50), (0.001, 0), (-1, 0), (7, 100)])
def test_a_logarithmic_scale_ends_at_its_ends(value: float, place: float) -> None:
    assert Logarithmic(0.01, 1, 0, 100)(value) == pytest.approx(place)


@given(SHARES, SHARES)
def test_equal_ratios_are_equally_far_apart(one: float, other: float) -> None:
    scale = Logarithmic(0.0001, 10, 0, 500)
    assert scale(2 * one) - scale(one) == pytest.approx(scale(2 * other) - scale(other))


@pytest.mark.parametrize(
    ("most", "count", "step"),
    [(1, 5, 1), (5, 5, 1), (6, 5, 2), (30, 30, 1), (31, 30, 2), (230, 4, 100), (1e6, 4, 500_000)],
)
def test_steps_are_round(most: float, count: int, step: int) -> None:
    assert round_step(most, count) == step


@given(st.integers(1, 10**9), st.integers(1, 12))
def test_ticks_begin_at_nought_and_reach_the_largest(most: int, count: int) -> None:
    ticks = linear_ticks(most, count)
    assert ticks[0] == 0
    assert ticks[-2] < most <= ticks[-1]
    assert len(ticks) <= count + 1


@pytest.mark.parametrize(
    ("least", "most", "ticks"),
    [
        (0.02, 1.0, [0.02, 0.05, 0.1, 0.2, 0.5, 1]),
        (0.03, 0.3, [0.05, 0.1, 0.2]),
        (0.001, 0.01, [0.001, 0.002, 0.005, 0.01]),
    ],
)
def test_logarithmic_ticks(least: float, most: float, ticks: list[float]) -> None:
    assert logarithmic_ticks(least, most) == pytest.approx(ticks)


@given(SHARES)
def test_logarithmic_ticks_lie_between_the_ends(least: float) -> None:
    ticks = logarithmic_ticks(least, 1.0)
    assert math.isclose(ticks[-1], 1.0)
    assert all(tick >= least * (1 - 1e-6) for tick in ticks)

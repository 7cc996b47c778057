"""From numbers to places on an axis, and which numbers are worth naming there."""

import math
from typing import NamedTuple

_STEPS = (1, 2, 5)


class Linear(NamedTuple):
    """Numbers 0…`most` on the pixels `start`…`end`."""

    most: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a number."""
        return self.start + (self.end - self.start) * value / self.most


class Logarithmic(NamedTuple):
    """Numbers `least`…`most` on the pixels `start`…`end`, equal ratios at equal distances."""

    least: float
    most: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a number; of one beyond the ends, the end."""
        within = min(max(value, self.least), self.most)
        return self.start + (self.end - self.start) * math.log(within / self.least) / math.log(self.most / self.least)


def round_step(most: float, count: int) -> int:
    """The least of 1, 2, 5, 10, 20, … that divides 0…`most` into at most `count` parts."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power * count >= most:
                return step * power
        power *= 10


def linear_ticks(most: float, count: int = 5) -> list[int]:
    """Round numbers from 0 up to `most` or one step beyond, about `count` of them."""
    step = round_step(most, count)
    return [step * index for index in range(math.ceil(most / step) + 1)]


def logarithmic_ticks(least: float, most: float) -> list[float]:
    """1, 2 and 5 times powers of ten, from `least` to `most`."""
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    ticks = [step * 10.0**power for power in powers for step in _STEPS]
    return [tick for tick in ticks if least * (1 - 1e-9) <= tick <= most * (1 + 1e-9)]

"""The chart of pictures by how many objects they have."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element

from laptop.preflight_page import svg
from laptop.preflight_page.scales import Linear, linear_ticks, round_step

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 400.0, 220.0, 64.0, 24.0, 12.0, 46.0
_BARS = 30  # at most, about
_GAP = 2.0


class Bar(NamedTuple):
    """Pictures that have `least` to `most` objects."""

    least: int
    most: int
    pictures: int

    @property
    def name(self) -> str:
        """Of its numbers of objects."""
        return str(self.least) if self.least == self.most else f"{self.least}-{self.most}"


def bars(objects: Mapping[int, int]) -> list[Bar]:
    """Pictures by number of objects, several numbers together where there are many."""
    step = round_step(max(objects) + 1, _BARS)
    counts: Counter[int] = Counter()
    for number, pictures in objects.items():
        counts[number // step] += pictures
    every = range(min(counts), max(counts) + 1)
    return [Bar(index * step, index * step + step - 1, counts[index]) for index in every]


def chart(objects: Mapping[int, int], what: str) -> Element:
    """A bar for each number of objects; `what` these are, as in "boxes"."""
    shown = bars(objects)
    most = max(bar.pictures for bar in shown)
    ticks = linear_ticks(most, 4)
    up, step = Linear(ticks[-1], TOP + HEIGHT, TOP), min(WIDTH / len(shown), 60.0)
    description = "; ".join(f"{bar.name}: {bar.pictures:,}" for bar in shown)
    drawing = svg.drawing(LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM, f"Pictures by number of {what}. {description}.")
    for tick in ticks:
        svg.shape(drawing, "line", x1=LEFT, x2=LEFT + WIDTH, y1=up(tick), y2=up(tick), class_="grid")
        svg.text(drawing, f"{tick:,}", LEFT - 7, up(tick) + 4, text_anchor="end")
    every = -(-len(shown) // 10)  # more names would not fit
    for index, bar in enumerate(shown):
        x, hint = LEFT + index * step + _GAP / 2, f"{bar.name} {what}: {bar.pictures:,} pictures"
        top = up(bar.pictures)
        svg.shape(drawing, "rect", hint, x=x, y=top, width=step - _GAP, height=up(0) - top, class_="bar")
        if index % every == 0:
            svg.text(drawing, bar.name, x + (step - _GAP) / 2, up(0) + 17, text_anchor="middle")
    svg.text(drawing, f"{what} in one picture", LEFT + WIDTH / 2, up(0) + 38, text_anchor="middle")
    turned = svg.turned_left(14, TOP + HEIGHT / 2)
    svg.text(drawing, "pictures", 14, TOP + HEIGHT / 2, text_anchor="middle", transform=turned)
    return drawing

"""The map of places: where in the picture boxes have their centres."""

from xml.etree.ElementTree import Element

from laptop.preflight_page import svg
from laptop.preflight_page.statistics import COLUMNS, ROWS

CELL, MARGIN, LEGEND = 12.5, 1.0, 42.0
_STEPS = 5  # of the legend


def heat_map(places: list[list[int]]) -> Element:
    """A cell for each region of the picture, the darker the more boxes; at least one box."""
    most = max(map(max, places))
    width, height = COLUMNS * CELL, ROWS * CELL
    drawing = svg.drawing(width + 2 * MARGIN, height + 2 * MARGIN + LEGEND, _description(places))
    for row, counts in enumerate(places):
        for column, count in enumerate(counts):
            if count:
                x, y = MARGIN + column * CELL, MARGIN + row * CELL
                _cell(drawing, x, y, count / most, f"{count:,}")
    svg.shape(drawing, "rect", x=MARGIN, y=MARGIN, width=width, height=height, class_="frame")
    _legend(drawing, height + 2 * MARGIN + 12, most)
    return drawing


def _cell(drawing: Element, x: float, y: float, share: float, hint: str = "") -> None:
    opacity = f"{0.12 + 0.88 * share:.2f}"  # one box alone must be seen
    svg.shape(drawing, "rect", hint, x=x, y=y, width=CELL, height=CELL, class_="heat", fill_opacity=opacity)


def _legend(drawing: Element, top: float, most: int) -> None:
    svg.text(drawing, "1", MARGIN, top + 11)
    start = MARGIN + 14
    for step in range(_STEPS):
        _cell(drawing, start + step * CELL, top, step / (_STEPS - 1))
    svg.text(drawing, f"{most:,} boxes with their centre here", start + _STEPS * CELL + 6, top + 11)


def _description(places: list[list[int]]) -> str:
    """The nine parts of the picture, in words."""
    total = sum(map(sum, places))
    thirds = [[0] * 3 for _ in range(3)]
    for row, counts in enumerate(places):
        for column, count in enumerate(counts):
            thirds[row * 3 // ROWS][column * 3 // COLUMNS] += count
    rows = ("at the top", "in the middle", "at the bottom")
    parts = (
        f"{name} {', '.join(f'{count / total:.0%}' for count in row)}" for name, row in zip(rows, thirds, strict=True)
    )
    return f"Where {total:,} boxes have their centres, from left to right: {'; '.join(parts)}."

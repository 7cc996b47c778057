"""The plot of box sizes: width against height, both as shares of the picture, on logarithmic axes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from labelloop.palette import Colour, hex_colour

from laptop.preflight_page import svg
from laptop.preflight_page.scales import Logarithmic, logarithmic_ticks
from laptop.preflight_page.statistics import BoxSize

SIDE, LEFT, RIGHT, TOP, BOTTOM = 400.0, 64.0, 24.0, 10.0, 46.0
_LEAST, _MOST = 0.001, 1.0
_RADIUS = 2.5
_OUTLIERS = 100  # one box in so many may lie on the edge of the plot
_NEUTRAL = (128, 128, 128)


def plot(boxes: Sequence[BoxSize], colours: Mapping[str, Colour], unseen: float) -> Element:
    """One dot for each box.

    Args:
        boxes: at least one.
        colours: by class name.
        unseen: a share of the picture's side; the region of boxes with a shorter one is marked.
    """
    least = _axis_begin(boxes, unseen)
    across = Logarithmic(least, _MOST, LEFT, LEFT + SIDE)
    up = Logarithmic(least, _MOST, TOP + SIDE, TOP)
    drawing = svg.drawing(LEFT + SIDE + RIGHT, TOP + SIDE + BOTTOM, _description(boxes, unseen))
    _mark_unseen(drawing, across, up, unseen)
    _axes(drawing, across, up, least)
    often = Counter(box.name for box in boxes)
    for box in sorted(boxes, key=lambda box: -often[box.name]):  # rare classes on top
        fill = hex_colour(colours.get(box.name, _NEUTRAL))
        svg.shape(drawing, "circle", cx=across(box.width), cy=up(box.height), r=_RADIUS, fill=fill, class_="dot")
    return drawing


def share_unseen(boxes: Sequence[BoxSize], unseen: float) -> float:
    """How many of the boxes lie in the marked region, of one."""
    return sum(min(box.width, box.height) < unseen for box in boxes) / len(boxes)


def _axis_begin(boxes: Sequence[BoxSize], unseen: float) -> float:
    """A tick below the marked region and below nearly all boxes; few slips of the mouse do not move the axis."""
    shorter_sides = sorted(min(box.width, box.height) for box in boxes)
    small = min(unseen, shorter_sides[len(boxes) // _OUTLIERS])
    return max((tick for tick in logarithmic_ticks(_LEAST, _MOST) if tick < small), default=_LEAST)


def _description(boxes: Sequence[BoxSize], unseen: float) -> str:
    widths, heights = (sorted(box[side] for box in boxes) for side in (1, 2))
    middle = len(boxes) // 2
    return (
        f"Sizes of {len(boxes)} boxes. Half are narrower than {widths[middle]:.1%} of the picture, half are lower than "
        f"{heights[middle]:.1%}; {share_unseen(boxes, unseen):.1%} have a side shorter than {unseen:.1%}."
    )


def _mark_unseen(drawing: Element, across: Logarithmic, up: Logarithmic, unseen: float) -> None:
    left, right, top, bottom, x, y = LEFT, LEFT + SIDE, TOP, TOP + SIDE, across(unseen), up(unseen)
    corners = [(left, top), (x, top), (x, y), (right, y), (right, bottom), (left, bottom)]
    svg.shape(drawing, "path", d=svg.rectangle_path(corners), class_="zone")
    svg.text(drawing, "smaller than the detector's grid", right - 6, bottom - 8, class_="zone-name", text_anchor="end")


def _axes(drawing: Element, across: Logarithmic, up: Logarithmic, least: float) -> None:
    bottom = TOP + SIDE
    for tick in logarithmic_ticks(least, _MOST):
        x, y, words = across(tick), up(tick), f"{tick * 100:g} %"
        svg.shape(drawing, "line", x1=x, x2=x, y1=TOP, y2=bottom, class_="grid")
        svg.shape(drawing, "line", x1=LEFT, x2=LEFT + SIDE, y1=y, y2=y, class_="grid")
        svg.text(drawing, words, x, bottom + 17, text_anchor="middle")
        svg.text(drawing, words, LEFT - 7, y + 4, text_anchor="end")
    svg.text(drawing, "width of the box, of the picture's", LEFT + SIDE / 2, bottom + 38, text_anchor="middle")
    turned = svg.turned_left(14, TOP + SIDE / 2)
    svg.text(drawing, "height of the box, of the picture's", 14, TOP + SIDE / 2, text_anchor="middle", transform=turned)

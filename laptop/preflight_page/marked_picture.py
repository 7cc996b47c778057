"""A piece of a picture with its boxes, and one of them marked."""

from collections.abc import Sequence
from typing import NamedTuple

from labelloop.drawing import Corners, draw_boxes
from labelloop.palette import class_colour
from PIL import Image, ImageDraw

LONGEST = 320  # pixels
_AROUND = 2.2  # times the box's longer side is shown
_LEAST_SHARE = 0.3  # of the picture's shorter side is shown at least
_BEYOND = 3.0  # times the picture's side is shown beyond its edge, at most, where the box lies there
_PADDING = 0.06
_OUTSIDE, _HATCH, _HATCH_STEP = (150, 150, 150), (190, 190, 190), 10


class Frame(NamedTuple):
    """A box to draw: x1, y1, x2, y2 in pixels of the picture."""

    corners: Corners
    name: str
    class_id: int


def marked(picture: Image.Image, frames: Sequence[Frame], chosen: Frame | None) -> Image.Image:
    """The surroundings of the chosen frame, it with its name and the others thin; the whole picture where none is."""
    view = _view(picture.size, chosen.corners if chosen else None)
    scale = LONGEST / max(view[2] - view[0], view[3] - view[1])
    canvas = _cut_out(picture, view, scale)
    draw = ImageDraw.Draw(canvas)
    for frame in frames:
        if frame is not chosen:
            place = _placed(frame.corners, view, scale)
            draw.rectangle(place, outline=class_colour(frame.class_id), width=1 if chosen else 2)
    if chosen is None:
        return canvas
    return draw_boxes(canvas, [_placed(chosen.corners, view, scale)], [chosen.name], [chosen.class_id])


def _view(size: tuple[int, int], box: Corners | None) -> Corners:
    """The part to show: around a box that is on the picture, else the whole picture, and the box."""
    if box is None:
        return 0.0, 0.0, float(size[0]), float(size[1])
    limits = _grown(size, box)
    if not _overlaps(size, box):
        return _padded(limits)
    left, top, right, bottom = (_within(place, *limits[axis % 2 :: 2]) for axis, place in enumerate(box))
    side = max((right - left) * _AROUND, (bottom - top) * _AROUND, min(size) * _LEAST_SHARE)
    x1, x2 = _span((left + right) / 2, side * 4 / 3, limits[0], limits[2])
    y1, y2 = _span((top + bottom) / 2, side, limits[1], limits[3])
    return x1, y1, x2, y2


def _padded(view: Corners) -> Corners:
    """A little larger, so that frames and names at its edge are seen."""
    by = _PADDING * max(view[2] - view[0], view[3] - view[1])
    return view[0] - by, view[1] - by, view[2] + by, view[3] + by


def _overlaps(size: tuple[int, int], box: Corners) -> bool:
    return box[0] < size[0] and box[1] < size[1] and box[2] > 0 and box[3] > 0


def _grown(size: tuple[int, int], box: Corners) -> Corners:
    """The picture, and beyond its edges so much of the box as is worth showing."""
    width, height = size
    left, top = max(min(box[0], 0.0), -_BEYOND * width), max(min(box[1], 0.0), -_BEYOND * height)
    right, bottom = max(min(box[2], (1 + _BEYOND) * width), width), max(min(box[3], (1 + _BEYOND) * height), height)
    return left, top, right, bottom


def _span(centre: float, length: float, low: float, high: float) -> tuple[float, float]:
    """A stretch of that length around the centre, moved to lie between the limits, or all between them."""
    if length >= high - low:
        return low, high
    start = _within(centre - length / 2, low, high - length)
    return start, start + length


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _cut_out(picture: Image.Image, view: Corners, scale: float) -> Image.Image:
    size = max(round((view[2] - view[0]) * scale), 1), max(round((view[3] - view[1]) * scale), 1)
    inside = max(view[0], 0.0), max(view[1], 0.0), min(view[2], picture.width), min(view[3], picture.height)
    place = _placed(inside, view, scale)
    part_size = max(round(place[2] - place[0]), 1), max(round(place[3] - place[1]), 1)
    canvas = _hatched(size)
    canvas.paste(picture.resize(part_size, Image.Resampling.LANCZOS, inside), (round(place[0]), round(place[1])))
    return canvas


def _hatched(size: tuple[int, int]) -> Image.Image:
    """What is no picture."""
    canvas = Image.new("RGB", size, _OUTSIDE)
    draw = ImageDraw.Draw(canvas)
    for x in range(-size[1], size[0], _HATCH_STEP):
        draw.line((x, size[1], x + size[1], 0), fill=_HATCH)
    return canvas


def _placed(corners: Corners, view: Corners, scale: float) -> Corners:
    """Corners of the picture as corners of what is shown."""
    left, top, right, bottom = corners
    x, y = view[:2]
    return (left - x) * scale, (top - y) * scale, (right - x) * scale, (bottom - y) * scale

"""Predictions drawn on pictures.

Pictures smaller than 320 pixels are enlarged by a whole factor, so that labels can be read.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from labelloop.labels.masks import IGNORED
from labelloop.palette import Colour, class_colour, has_background, mask_colours

Corners = tuple[float, float, float, float]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_LEAST_SIDE = 320  # pixels
_DARK_TEXT_FROM = 140  # of 255: brighter grounds than this carry black letters
_MASK_OPACITY, _EDGE_OPACITY = np.uint8(120), np.uint8(255)  # of 255
_LEGEND_GROUND, _LEGEND_GAP = "white", 4.0


def draw_boxes(
    picture: Image.Image, boxes: Iterable[Corners], labels: Sequence[str], class_ids: Sequence[int]
) -> Image.Image:
    """A copy of the picture with a frame and a label for each box (x1, y1, x2, y2 in pixels), the first on top."""
    canvas = _enlarged(picture)
    scale = canvas.width // picture.width
    draw = ImageDraw.Draw(canvas)
    line = max(2, max(canvas.size) // 300)
    font = _font(canvas)
    for box, label, class_id in reversed(list(zip(boxes, labels, class_ids, strict=True))):
        colour = class_colour(class_id)
        corners = [corner * scale for corner in box]
        draw.rectangle(corners, outline=colour, width=line)
        _write_label(draw, corners[0], corners[1], label, colour, font)
    return canvas


def draw_mask(picture: Image.Image, ids: NDArray[np.uint8], class_names: Sequence[str]) -> Image.Image:
    """A copy of the picture with a mask's classes laid over it, and below it what colours and shares they have.

    `ids` (H, W) are class ids of the picture's pixels, 255 for none. Background keeps its own colours.
    """
    canvas, every = _enlarged(picture), mask_colours(class_names)
    ground = 0 if has_background(class_names) else IGNORED
    opacity = np.where(_edges(ids), _EDGE_OPACITY, _MASK_OPACITY)
    opacity[ids == ground] = 0
    canvas.paste(_fitting(_colour_table(every)[ids], canvas), (0, 0), _fitting(opacity, canvas))
    counts = Image.fromarray(ids).histogram()[: len(every)]
    shown = sorted((one for one, count in enumerate(counts) if count and one != ground), key=lambda one: -counts[one])
    labels = [f"{class_names[one]} {counts[one] / ids.size:.1%}" for one in shown]
    return _with_legend(canvas, labels, [every[one] for one in shown])


def draw_classes(
    picture: Image.Image, class_names: Sequence[str], confidences: Sequence[float], class_ids: Sequence[int]
) -> Image.Image:
    """A copy of the picture, and below it the classes with their confidences, in the order given."""
    labels = [f"{name} {confidence:.2f}" for name, confidence in zip(class_names, confidences, strict=True)]
    return _with_legend(_enlarged(picture), labels, [class_colour(class_id) for class_id in class_ids])


def _enlarged(picture: Image.Image) -> Image.Image:
    scale = max(1, -(-_LEAST_SIDE // max(picture.size)))
    return picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.LANCZOS)


def _font(canvas: Image.Image) -> Font:
    return ImageFont.load_default(max(11, max(canvas.size) // 45))


def _write_label(draw: ImageDraw.ImageDraw, x: float, y: float, label: str, colour: Colour, font: Font) -> None:
    """Above the box's top left corner, or inside where there is no room above."""
    _, height = _label_size(draw, label, font)
    _write(draw, (x, y - height if y >= height else y), label, colour, font)


def _label_size(draw: ImageDraw.ImageDraw, label: str, font: Font) -> tuple[float, float]:
    left, top, right, bottom = draw.textbbox((0, 0), label, font=font)
    return right - left + 6, bottom - top + 6


def _write(draw: ImageDraw.ImageDraw, place: tuple[float, float], label: str, colour: Colour, font: Font) -> None:
    """Letters on a ground of that colour, whose top left corner is the place."""
    left, top, right, bottom = draw.textbbox((0, 0), label, font=font)
    x, y = place
    draw.rectangle((x, y, x + right - left + 6, y + bottom - top + 6), fill=colour)
    red, green, blue = colour
    bright = 0.299 * red + 0.587 * green + 0.114 * blue  # ITU-R BT.601
    draw.text((x + 3 - left, y + 3 - top), label, fill="black" if bright > _DARK_TEXT_FROM else "white", font=font)


def _colour_table(of_classes: Sequence[Colour]) -> NDArray[np.uint8]:
    """(256, 3): a colour for each pixel value that a mask can have."""
    table = np.zeros((256, 3), np.uint8)
    table[: len(of_classes)] = of_classes
    return table


def _edges(ids: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(H, W): pixels with a neighbour of another class to the left, right, above or below."""
    edges = np.zeros(ids.shape, bool)
    across, down = ids[:, :-1] != ids[:, 1:], ids[:-1] != ids[1:]
    edges[:, :-1] |= across
    edges[:, 1:] |= across
    edges[:-1] |= down
    edges[1:] |= down
    return edges


def _fitting(pixels: NDArray[np.uint8], canvas: Image.Image) -> Image.Image:
    return Image.fromarray(pixels).resize(canvas.size, Image.Resampling.NEAREST)


def _with_legend(canvas: Image.Image, labels: Sequence[str], label_colours: Sequence[Colour]) -> Image.Image:
    """The picture with labels in rows below it."""
    font, draw = _font(canvas), ImageDraw.Draw(canvas)
    sizes = [_label_size(draw, label, font) for label in labels]
    step = max((height for _, height in sizes), default=0) + _LEGEND_GAP
    places, x, y = [], _LEGEND_GAP, canvas.height + _LEGEND_GAP
    for width, _ in sizes:
        if x > _LEGEND_GAP and x + width > canvas.width:
            x, y = _LEGEND_GAP, y + step
        places.append((x, y))
        x += width + _LEGEND_GAP
    whole = Image.new("RGB", (canvas.width, round(y + step) if labels else canvas.height), _LEGEND_GROUND)
    whole.paste(canvas)
    for place, label, colour in zip(places, labels, label_colours, strict=True):
        _write(ImageDraw.Draw(whole), place, label, colour, font)
    return whole

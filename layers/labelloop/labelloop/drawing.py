"""Predictions drawn on pictures."""

from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw, ImageFont

from labelloop.palette import Colour, class_colour

Corners = tuple[float, float, float, float]
_DARK_TEXT_FROM = 140  # of 255: brighter grounds than this carry black letters


def draw_boxes(
    picture: Image.Image, boxes: Iterable[Corners], labels: Sequence[str], class_ids: Sequence[int]
) -> Image.Image:
    """A copy of the picture with a frame and a label for each box (x1, y1, x2, y2 in pixels), the first on top.

    Pictures smaller than 320 pixels are enlarged by a whole factor, so that labels can be read.
    """
    scale = max(1, -(-320 // max(picture.size)))
    canvas = picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(canvas)
    line = max(2, max(canvas.size) // 300)
    font = ImageFont.load_default(max(11, max(canvas.size) // 45))
    for box, label, class_id in reversed(list(zip(boxes, labels, class_ids, strict=True))):
        colour = class_colour(class_id)
        corners = [corner * scale for corner in box]
        draw.rectangle(corners, outline=colour, width=line)
        _write_label(draw, corners[0], corners[1], label, colour, font)
    return canvas


def _write_label(
    draw: ImageDraw.ImageDraw,
    x: float,
    y: float,
    label: str,
    colour: Colour,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
) -> None:
    """Above the box's top left corner, or inside where there is no room above."""
    left, top, right, bottom = draw.textbbox((0, 0), label, font=font)
    width, height = right - left + 6, bottom - top + 6
    y = y - height if y >= height else y
    draw.rectangle((x, y, x + width, y + height), fill=colour)
    red, green, blue = colour
    bright = 0.299 * red + 0.587 * green + 0.114 * blue  # ITU-R BT.601
    draw.text((x + 3 - left, y + 3 - top), label, fill="black" if bright > _DARK_TEXT_FROM else "white", font=font)

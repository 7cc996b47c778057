"""The table of classes: how many objects and pictures each has, with a bar beside the numbers."""

from collections.abc import Mapping
from typing import NamedTuple

from labelloop.palette import colours, hex_colour, mask_colours
from labelloop.report import ClassReport, Report
from labelloop.tasks import Task
from markupsafe import Markup

from laptop.preflight_page import svg
from laptop.preflight_page.scales import Linear

BAR, PIXEL_BAR, HEIGHT, SWATCH = 240.0, 120.0, 12.0, 12.0


class ClassRow(NamedTuple):
    """One class as the page shows it; `pixels` is empty where nothing is known of them."""

    id: int
    name: str
    objects: int
    train: int
    validation: int
    swatch: Markup
    bar: Markup
    pixels: str
    pixel_bar: Markup


def class_rows(dataset: Report, pixel_shares: Mapping[str, float]) -> list[ClassRow]:
    """The class with most pictures first."""
    most, most_pixels = most_pictures(dataset), max(pixel_shares.values(), default=1.0)
    fills = class_colours(dataset)
    shown = sorted(dataset.classes, key=lambda entry: (-_pictures(entry), -entry.objects, entry.id))
    return [
        ClassRow(
            entry.id,
            entry.name,
            entry.objects,
            entry.train_pictures,
            entry.validation_pictures,
            swatch(fill=hex_colour(fills[entry.name])),
            _stacked(entry, most),
            f"{pixel_shares[entry.name]:.1%}" if entry.name in pixel_shares else "",
            _pixel_bar(pixel_shares.get(entry.name, 0.0) / most_pixels),
        )
        for entry in shown
    ]


def class_colours(dataset: Report) -> dict[str, tuple[int, int, int]]:
    """By name, as answers are drawn."""
    names = dataset.class_names
    of_task = mask_colours if dataset.task is Task.SEMANTIC_SEGMENTATION else colours
    return dict(zip(names, of_task(names), strict=True))


def most_pictures(dataset: Report) -> int:
    """That any class has; at least one."""
    return max([1, *map(_pictures, dataset.classes)])


def swatch(**attributes: str) -> Markup:
    """A small square in a colour or of a style."""
    drawing = svg.drawing(SWATCH, SWATCH, "")
    drawing.set("aria-hidden", "true")
    drawing.set("class", "swatch")
    svg.shape(drawing, "rect", x=0.0, y=0.0, width=SWATCH, height=SWATCH, rx=2.0, **attributes)
    return svg.markup(drawing)


def _pictures(entry: ClassReport) -> int:
    return entry.train_pictures + entry.validation_pictures


def _stacked(entry: ClassReport, most: int) -> Markup:
    place, train, validation = Linear(most, 0, BAR), entry.train_pictures, entry.validation_pictures
    description = f"{train:,} train, {validation:,} validate"
    drawing = svg.drawing(BAR, HEIGHT, description)
    svg.shape(drawing, "rect", description, x=0, y=0, width=place(train), height=HEIGHT, class_="train")
    start = place(train) + (1 if train else 0)  # a gap, so that the two are told apart without colours
    svg.shape(drawing, "rect", description, x=start, y=0, width=place(validation), height=HEIGHT, class_="validation")
    return svg.markup(drawing)


def _pixel_bar(share: float) -> Markup:
    drawing = svg.drawing(PIXEL_BAR, HEIGHT, "")
    drawing.set("aria-hidden", "true")  # the number stands beside it
    svg.shape(drawing, "rect", x=0, y=0, width=PIXEL_BAR * share, height=HEIGHT, class_="bar")
    return svg.markup(drawing)

"""The charts of a dataset, each with its heading and a sentence on how to read it."""

from collections.abc import Mapping
from typing import NamedTuple

from labelloop.algorithms.hyperparameters import Chosen
from labelloop.report import Report
from labelloop.tasks import Task
from markupsafe import Markup

from laptop.preflight_page import box_sizes, object_counts, places, svg
from laptop.preflight_page.class_table import class_colours
from laptop.preflight_page.statistics import Statistics

# Pixels of the resized picture for each cell of the finest grid that a network predicts from. SageMaker does not
# publish its networks; these are the ones of MXNet's own detector, from which the built-in algorithm's options come.
_GRID = {"vgg-16": 8, "resnet-50": 16}
_SIDE = 512  # pixels: the default image_shape
_MOST_COMPARED = 15  # classes


class Chart(NamedTuple):
    """A figure of the page."""

    title: str
    drawing: Markup
    caption: str


class Row(NamedTuple):
    """One class in the table of pairs."""

    name: str
    cells: list["Cell"]


class Cell(NamedTuple):
    """A percentage; `shade` is 0…4."""

    text: str
    shade: int


class Together(NamedTuple):
    """The table of pairs."""

    names: list[str]
    rows: list[Row]


def charts(dataset: Report, statistics: Statistics, hyperparameters: Mapping[str, Chosen]) -> list[Chart]:
    """Those that have a meaning for the dataset's task."""
    found = []
    if statistics.boxes.items:
        found += [_sizes(dataset, statistics, hyperparameters), _places(statistics)]
    if dataset.task is not Task.IMAGE_CLASSIFICATION:
        found.append(_counts(dataset.task, statistics))
    return found


def compared_classes(dataset: Report) -> list[str]:
    """The most frequent classes of pictures with several, in the order of the table of pairs."""
    if dataset.task is not Task.IMAGE_CLASSIFICATION_MULTILABEL:
        return []
    often = sorted(dataset.classes, key=lambda entry: (-entry.objects, entry.id))
    return [entry.name for entry in often[:_MOST_COMPARED] if entry.objects]


def together(dataset: Report, statistics: Statistics) -> Together | None:
    """How often classes are shown together; None where pictures have one class each."""
    names = compared_classes(dataset)
    rows = [Row(one, [_cell(one, other, statistics) for other in names]) for one in names]
    return Together(names, rows) if rows else None


def _cell(one: str, other: str, statistics: Statistics) -> Cell:
    if one == other:
        return Cell("", 0)
    share = statistics.count_together(one, other) / max(1, statistics.count_together(one, one))
    return Cell(f"{share:.0%}".removesuffix("%"), min(4, int(share * 5)))


def _sizes(dataset: Report, statistics: Statistics, hyperparameters: Mapping[str, Chosen]) -> Chart:
    boxes = statistics.boxes
    side, grid = _network(hyperparameters)
    few = f" {len(boxes.items):,} of {boxes.seen:,} boxes, chosen at random." if boxes.seen > len(boxes.items) else ""
    unseen = box_sizes.share_unseen(boxes.items, grid / side)
    caption = (
        f"One dot for each box, in the colour of its class.{few} Training scales pictures to {side}x{side} pixels and "
        f"predicts from cells of {grid}: {unseen:.1%} of the boxes have a side shorter than that (grey), and are "
        "hardly seen."
    )
    drawing = box_sizes.plot(boxes.items, class_colours(dataset), grid / side)
    return Chart("Sizes of boxes", svg.markup(drawing), caption)


def _network(hyperparameters: Mapping[str, Chosen]) -> tuple[int, int]:
    """Pixels of the resized picture's side, and of a cell of the grid."""
    chosen = {name: one.value for name, one in hyperparameters.items()}
    network = chosen.get("base_network", "resnet-50")
    return int(chosen.get("image_shape", _SIDE)), _GRID.get(network, _GRID["resnet-50"])


def _places(statistics: Statistics) -> Chart:
    caption = "All pictures scaled to one size. A detector also learns where objects are: see that yours will be there."
    return Chart("Places of boxes", svg.markup(places.heat_map(statistics.places)), caption)


def _counts(task: Task, statistics: Statistics) -> Chart:
    what = "boxes" if task is Task.OBJECT_DETECTION else "classes"
    total = sum(number * pictures for number, pictures in statistics.objects.items())
    pictures = statistics.objects.total()
    caption = f"{total / pictures:.1f} on average; {max(statistics.objects):,} at most."
    return Chart(f"Pictures by number of {what}", svg.markup(object_counts.chart(statistics.objects, what)), caption)

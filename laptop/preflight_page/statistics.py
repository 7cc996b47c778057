"""What the labels of a dataset look like together: one pass, bounded in memory however many there are."""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations
from typing import Any, NamedTuple

from labelloop.labels.boxes import BoxLabel
from labelloop.labels.classes import ClassListLabel
from labelloop.labels.masks import MaskLabel

POINTS = 2_000  # boxes that a plot shows
MASKS = 60  # that are opened
COLUMNS, ROWS = 32, 24  # of the map of places


class BoxSize(NamedTuple):
    """The class of a box, and its sides as shares of the picture's."""

    name: str
    width: float
    height: float


class Mask(NamedTuple):
    """Where a mask is, and the names of its classes by the value of their pixels."""

    uri: str
    names: Mapping[int, str]


class Sampled[Item]:
    """A seeded random choice of at most `size` of all things added: algorithm R of Vitter, 1985."""

    def __init__(self, size: int, seed: int = 0) -> None:
        self.size, self.seen = size, 0
        self.items: list[Item] = []
        self._random = random.Random(seed)

    def add(self, item: Item) -> None:
        """Take it, perhaps in another's place."""
        self.seen += 1
        if len(self.items) < self.size:
            self.items.append(item)
        elif (place := self._random.randrange(self.seen)) < self.size:
            self.items[place] = item


class Statistics:
    """Of labels of one task.

    Attributes:
        objects: how many pictures have so many objects, or classes.
        boxes: sizes of some boxes.
        places: how many boxes have their centre in each cell, ROWS rows of COLUMNS.
        together: how many pictures show both classes; one class twice is how many show it.
        masks: some of them, to look at their pixels.
    """

    def __init__(self, compared: Collection[str] = ()) -> None:
        self.objects: Counter[int] = Counter()
        self.boxes: Sampled[BoxSize] = Sampled(POINTS)
        self.places = [[0] * COLUMNS for _ in range(ROWS)]
        self.together: Counter[tuple[str, str]] = Counter()
        self.masks: Sampled[Mask] = Sampled(MASKS)
        self._compared = frozenset(compared)

    @classmethod
    def of(cls, labels: Iterable[tuple[Any, Mapping[int, str]]], compared: Collection[str] = ()) -> "Statistics":
        """Of labels with the names of their classes; `compared` are the classes that are counted together."""
        statistics = cls(compared)
        for label, names in labels:
            statistics.add(label, names)
        return statistics

    def add(self, label: Any, names: Mapping[int, str]) -> None:
        """Count one picture's label; `names` are those of its class ids."""
        self.objects[len(label.class_ids)] += 1
        match label:
            case BoxLabel():
                self._add_boxes(label, names)
            case ClassListLabel():
                shown = sorted({names[class_id] for class_id in label.class_ids} & self._compared)
                self.together.update((name, name) for name in shown)
                self.together.update(combinations(shown, 2))
            case MaskLabel():
                self.masks.add(Mask(label.uri, names))

    def count_together(self, one: str, other: str) -> int:
        """How many pictures show both classes."""
        return self.together[min(one, other), max(one, other)]

    def _add_boxes(self, label: BoxLabel, names: Mapping[int, str]) -> None:
        width, height = label.image_size[0].width, label.image_size[0].height
        for box in label.annotations:
            self.boxes.add(BoxSize(names[box.class_id], box.width / width, box.height / height))
            row = _cell((box.top + box.height / 2) / height, ROWS)
            self.places[row][_cell((box.left + box.width / 2) / width, COLUMNS)] += 1


def _cell(share: float, cells: int) -> int:
    return min(max(int(share * cells), 0), cells - 1)

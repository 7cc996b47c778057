from collections import Counter

from labelloop.labels.boxes import Box, BoxLabel, ImageSize
from labelloop.labels.classes import ClassLabel, ClassListLabel
from labelloop.labels.masks import MaskLabel
from labelloop.manifest import MaskClass

from laptop.preflight_page.statistics import COLUMNS, MASKS, POINTS, ROWS, BoxSize, Sampled, Statistics

NAMES = {0: "circle", 1: "square"}


def boxes(*found: Box, width: int = 200, height: int = 100) -> BoxLabel:
    return BoxLabel((ImageSize(width, height),), found)


def test_boxes_are_measured_by_their_picture() -> None:
    statistics = Statistics.of([(boxes(Box(0, 0, 0, 20, 20), Box(1, 100, 50, 100, 5)), NAMES)])
    assert statistics.boxes.items == [BoxSize("circle", 0.1, 0.2), BoxSize("square", 0.5, 0.05)]


def test_places_are_those_of_centres() -> None:
    corners = [(-10, -10), (190, 94), (95, 45), (300, 300)]
    statistics = Statistics.of([(boxes(*(Box(0, left, top, 10, 10) for left, top in corners)), NAMES)])
    found = {
        (row, column): count for row, counts in enumerate(statistics.places) for column, count in enumerate(counts)
    }
    expected = {(0, 0): 1, (ROWS - 1, COLUMNS - 1): 2, (ROWS // 2, COLUMNS // 2): 1}
    assert {place: count for place, count in found.items() if count} == expected


def test_pictures_are_counted_by_their_objects() -> None:
    two = boxes(Box(0, 0, 0, 5, 5), Box(0, 9, 9, 5, 5))
    labels = [(two, NAMES), (two, NAMES), (boxes(Box(1, 0, 0, 5, 5)), NAMES)]
    assert Statistics.of(labels).objects == Counter({2: 2, 1: 1})


def test_classes_are_compared_by_name() -> None:
    labels = [
        (ClassListLabel((0, 1)), {0: "sea", 1: "boat"}),
        (ClassListLabel((5, 0)), {5: "sea", 0: "boat"}),
        (ClassListLabel((0, 1, 2)), {0: "sea", 1: "sky", 2: "rare"}),
    ]
    statistics = Statistics.of(labels, ("sea", "boat", "sky"))
    pairs = [("sea", "sea"), ("boat", "sea"), ("sea", "boat"), ("sky", "sea"), ("boat", "sky"), ("sea", "rare")]
    assert [statistics.count_together(*pair) for pair in pairs] == [3, 2, 2, 1, 0, 0]


def test_single_classes_are_only_counted() -> None:
    statistics = Statistics.of([(ClassLabel(0), NAMES)])
    assert statistics.objects == Counter({1: 1})
    assert (statistics.boxes.items, statistics.masks.items) == ([], [])


def test_some_masks_are_kept_to_be_opened() -> None:
    names = {0: "BACKGROUND", 1: "road"}
    labels = [
        (MaskLabel(f"s3://b/{n}.png", {0: MaskClass("BACKGROUND"), 1: MaskClass("road")}), names) for n in range(200)
    ]
    masks = Statistics.of(labels).masks
    assert (masks.seen, len({mask.uri for mask in masks.items})) == (200, MASKS)
    assert all(mask.names == names for mask in masks.items)


def test_few_boxes_of_many_are_kept() -> None:
    label = boxes(*(Box(0, 0, 0, 5, 5) for _ in range(1_000)))
    statistics = Statistics.of([(label, NAMES)] * 10)
    assert (statistics.boxes.seen, len(statistics.boxes.items)) == (10_000, POINTS)


def test_a_sample_takes_early_and_late_things_alike_and_the_same_each_time() -> None:
    def drawn() -> list[int]:
        sample: Sampled[int] = Sampled(500, seed=7)
        for number in range(10_000):
            sample.add(number)
        return sample.items

    chosen = drawn()
    assert chosen == drawn()
    assert len(set(chosen)) == 500
    assert 200 < sum(number < 5_000 for number in chosen) < 300

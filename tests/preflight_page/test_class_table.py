from xml.etree.ElementTree import fromstring

import pytest
from labelloop.palette import class_colour, hex_colour
from labelloop.report import ClassReport
from labelloop.tasks import Task

from laptop.preflight_page.class_table import BAR, class_colours, class_rows, most_pictures
from tests.commands.preflight_reports import dataset
from tests.preflight_page.drawings import number, shapes

CLASSES = (ClassReport(0, "rare", 9, 3, 0), ClassReport(1, "often", 5, 60, 20), ClassReport(2, "never", 0, 0, 0))


def test_the_class_with_most_pictures_comes_first_and_fills_the_bar() -> None:
    rows = class_rows(dataset(classes=CLASSES), {})
    assert [row.name for row in rows] == ["often", "rare", "never"]
    train, validation = shapes(fromstring(rows[0].bar), "rect")
    assert (number(train, "width"), number(validation, "width")) == (BAR * 3 / 4, BAR / 4)


def test_bars_are_of_one_scale() -> None:
    bars = [fromstring(row.bar) for row in class_rows(dataset(classes=CLASSES), {})]
    widths = [sum(number(part, "width") for part in shapes(bar, "rect")) for bar in bars]
    assert widths == pytest.approx([BAR, BAR * 3 / 80, 0])


def test_a_class_has_the_colour_that_answers_have() -> None:
    (swatch,) = shapes(fromstring(class_rows(dataset(classes=CLASSES), {})[0].swatch), "rect")
    assert swatch.get("fill") == hex_colour(class_colour(1))


def test_the_background_of_masks_is_white() -> None:
    of = dataset(task=Task.SEMANTIC_SEGMENTATION, classes=(ClassReport(0, "BACKGROUND", 5, 5, 0),))
    assert class_colours(of) == {"BACKGROUND": (255, 255, 255)}


def test_shares_of_pixels_are_drawn_beside_the_largest() -> None:
    rows = class_rows(dataset(classes=CLASSES), {"often": 0.8, "rare": 0.2})
    assert [row.pixels for row in rows] == ["80.0%", "20.0%", ""]
    widths = [number(shapes(fromstring(row.pixel_bar), "rect")[0], "width") for row in rows]
    assert widths == [120, 30, 0]


def test_without_pictures_bars_are_empty() -> None:
    assert most_pictures(dataset(classes=())) == 1
    assert most_pictures(dataset(classes=CLASSES[2:])) == 1

import pytest
from labelloop.algorithms.hyperparameters import Chosen
from labelloop.labels.boxes import Box, BoxLabel, ImageSize
from labelloop.labels.classes import ClassLabel, ClassListLabel
from labelloop.report import ClassReport
from labelloop.tasks import Task

from laptop.preflight_page.charts import charts, compared_classes, together
from laptop.preflight_page.statistics import POINTS, Statistics
from tests.commands.preflight_reports import dataset

NAMES = {0: "heron", 1: "wren"}
LIST = dataset(task=Task.IMAGE_CLASSIFICATION_MULTILABEL)


def boxes(count: int) -> Statistics:
    label = BoxLabel((ImageSize(512, 512),), tuple(Box(0, 0, 0, 12, 100) for _ in range(count)))
    return Statistics.of([(label, NAMES)])


@pytest.mark.parametrize(
    ("hyperparameters", "said"),
    [
        ({}, "512x512 pixels and predicts from cells of 16: 100.0%"),
        ({"image_shape": "300"}, "300x300 pixels and predicts from cells of 16: 100.0%"),
        ({"base_network": "vgg-16"}, "512x512 pixels and predicts from cells of 8: 0.0%"),
        ({"base_network": "something"}, "predicts from cells of 16"),
    ],
)
def test_small_boxes_are_those_that_the_network_hardly_sees(hyperparameters: dict[str, str], said: str) -> None:
    chosen = {name: Chosen(value, "default", "") for name, value in hyperparameters.items()}
    assert said in charts(dataset(), boxes(3), chosen)[0].caption


def test_many_boxes_are_said_to_be_some() -> None:
    assert "2,000 of 2,001 boxes" in charts(dataset(), boxes(POINTS + 1), {})[0].caption
    assert "chosen at random" not in charts(dataset(), boxes(POINTS), {})[0].caption


def test_pictures_of_one_class_each_need_no_chart() -> None:
    statistics = Statistics.of([(ClassLabel(0), NAMES)])
    assert charts(dataset(task=Task.IMAGE_CLASSIFICATION), statistics, {}) == []


def test_pictures_of_several_classes_are_counted() -> None:
    statistics = Statistics.of([(ClassListLabel((0, 1)), NAMES), (ClassListLabel((0,)), NAMES)], ("heron", "wren"))
    (chart,) = charts(LIST, statistics, {})
    assert (chart.title, chart.caption) == ("Pictures by number of classes", "1.5 on average; 2 at most.")


def test_frequent_classes_are_compared() -> None:
    many = tuple(ClassReport(n, f"class-{n}", n, n, 0) for n in range(40))
    assert compared_classes(dataset(task=LIST.task, classes=many)) == [f"class-{n}" for n in range(39, 24, -1)]
    assert compared_classes(dataset()) == []


def test_shares_are_of_the_pictures_of_the_row() -> None:
    labels = [(ClassListLabel((0, 1)), NAMES), (ClassListLabel((0,)), NAMES), (ClassListLabel((0,)), NAMES)]
    found = together(LIST, Statistics.of(labels, compared_classes(LIST)))
    assert found is not None
    assert found.names == ["heron", "wren"]
    assert [[(cell.text, cell.shade) for cell in row.cells] for row in found.rows] == [
        [("", 0), ("33", 1)],
        [("100", 4), ("", 0)],
    ]


def test_other_tasks_have_no_pairs() -> None:
    assert together(dataset(), Statistics()) is None

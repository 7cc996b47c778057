"""Which algorithm trains on which labels."""

import re
from collections.abc import Mapping

import pytest
from labelloop import algorithms
from labelloop.errors import InvalidSettings, LabelloopError
from labelloop.tasks import Task


def test_every_algorithm_is_found_under_its_own_name() -> None:
    assert {name: algorithm.name for name, algorithm in algorithms.all_algorithms().items()} == {
        name: name
        for name in (
            "image-classification",
            "image-classification-multilabel",
            "object-detection",
            "semantic-segmentation",
        )
    }


@pytest.mark.parametrize("task", Task)
@pytest.mark.parametrize("named", [False, True])
def test_a_task_has_an_algorithm(task: Task, named: bool) -> None:
    assert algorithms.algorithm_for(task, task.value if named else None).name == task.value


def test_algorithms_of_one_image_read_the_same_metrics() -> None:
    """An image does not know for which of them it runs, so a machine keeps one set for it."""
    by_image: dict[str, list[Mapping[str, str]]] = {}
    for algorithm in algorithms.all_algorithms().values():
        by_image.setdefault(algorithm.repository, []).append(algorithm.metric_definitions)
    assert max(map(len, by_image.values())) == 2
    assert all(one == definitions[0] for definitions in by_image.values() for one in definitions)


@pytest.mark.parametrize(
    ("task", "wanted", "kind", "message"),
    [
        (
            Task.OBJECT_DETECTION,
            "yolo",
            InvalidSettings,
            (
                "project.json: unknown algorithm 'yolo'; there are: image-classification, "
                "image-classification-multilabel, object-detection, semantic-segmentation."
            ),
        ),
        (
            Task.IMAGE_CLASSIFICATION,
            "object-detection",
            InvalidSettings,
            "project.json: object-detection does object-detection; the labels are for image-classification.",
        ),
    ],
)
def test_why_there_is_no_algorithm(task: Task, wanted: str | None, kind: type[LabelloopError], message: str) -> None:
    with pytest.raises(kind, match=f"^{re.escape(message)}$"):
        algorithms.algorithm_for(task, wanted)

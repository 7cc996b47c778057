"""Which algorithm trains on which labels."""

import re

import pytest
from labelloop import algorithms
from labelloop.errors import InvalidSettings, LabelloopError, UnsupportedTask
from labelloop.tasks import Task


def test_every_algorithm_is_found_under_its_own_name() -> None:
    found = algorithms.all_algorithms()
    assert "object-detection" in found
    assert [algorithm.name for algorithm in found.values()] == list(found)


@pytest.mark.parametrize("wanted", [None, "object-detection"])
def test_a_task_has_an_algorithm(wanted: str | None) -> None:
    assert algorithms.algorithm_for(Task.OBJECT_DETECTION, wanted).name == "object-detection"


@pytest.mark.parametrize(
    ("task", "wanted", "kind", "message"),
    [
        (
            Task.OBJECT_DETECTION,
            "yolo",
            InvalidSettings,
            "project.json: unknown algorithm 'yolo'; there are: object-detection.",
        ),
        (
            Task.IMAGE_CLASSIFICATION,
            "object-detection",
            InvalidSettings,
            "project.json: object-detection does object-detection; the labels are for image-classification.",
        ),
        (
            Task.IMAGE_CLASSIFICATION,
            None,
            UnsupportedTask,
            "no algorithm here trains on labels for image-classification yet.",
        ),
    ],
)
def test_why_there_is_no_algorithm(task: Task, wanted: str | None, kind: type[LabelloopError], message: str) -> None:
    with pytest.raises(kind, match=f"^{re.escape(message)}$"):
        algorithms.algorithm_for(task, wanted)

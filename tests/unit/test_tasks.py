"""Which labels are for which task."""

import pytest
from labelloop.tasks import Task


@pytest.mark.parametrize("task", Task)
def test_a_tasks_name_is_its_metadata_type(task: Task) -> None:
    assert task.metadata_type == f"groundtruth/{task}"
    assert Task.from_metadata_type(task.metadata_type) is task


@pytest.mark.parametrize(
    "text",
    [
        "",
        "object-detection",
        "groundtruth/",
        "groundtruth/label-verification",
        "groundtruth/Object-Detection",
        "groundtruth/groundtruth/object-detection",
    ],
)
def test_other_types_are_no_task(text: str) -> None:
    assert Task.from_metadata_type(text) is None


def test_only_masks_are_objects_of_their_own() -> None:
    assert [task for task in Task if task.label_is_an_object] == [Task.SEMANTIC_SEGMENTATION]

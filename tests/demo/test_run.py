from pathlib import Path

import pytest
from labelloop.tasks import Task

from laptop.demo.run import prepare
from laptop.demo.tasks import SHOWN, TASKS


@pytest.mark.parametrize(
    ("asked", "drawn"),
    [
        ([], SHOWN),
        ([Task.IMAGE_CLASSIFICATION], [Task.IMAGE_CLASSIFICATION]),
        ([Task.SEMANTIC_SEGMENTATION] * 2, [Task.SEMANTIC_SEGMENTATION]),
    ],
)
def test_each_task_has_its_own_shapes_and_folder(tmp_path: Path, asked: list[Task], drawn: list[Task]) -> None:
    prepared = prepare(tmp_path, 0, asked)
    assert [data.task for data in prepared] == list(drawn)
    assert [data.project for data in prepared] == [TASKS[task].name for task in drawn]
    assert {folder.name for folder in tmp_path.iterdir()} == set(drawn)

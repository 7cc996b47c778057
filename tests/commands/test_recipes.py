import json

import pytest
from labelloop.algorithms import algorithm_for
from labelloop.settings import Settings
from labelloop.tasks import Task

from laptop.commands.recipes import EPOCHS, from_scratch
from tests.unit.factories import report


@pytest.mark.parametrize("task", Task)
def test_a_recipe_is_a_project_json_that_the_pipeline_takes(task: Task) -> None:
    settings = Settings.from_json(json.dumps(from_scratch(task)).encode())
    algorithm = algorithm_for(task, settings.algorithm)
    chosen = algorithm.hyperparameters(report(task=task, algorithm=algorithm.name), settings.hyperparameters)
    assert chosen["epochs"].value == str(EPOCHS)
    assert chosen["use_pretrained_model"].value in ("0", "False")


def test_epochs_can_be_chosen() -> None:
    assert from_scratch(Task.SEMANTIC_SEGMENTATION, 3)["hyperparameters"]["epochs"] == 3

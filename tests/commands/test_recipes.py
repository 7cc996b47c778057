import json

from labelloop.algorithms.object_detection import ALGORITHM, HYPERPARAMETERS
from labelloop.settings import Settings

from laptop.commands.recipes import EPOCHS, from_scratch


def test_a_recipe_is_a_project_json_that_the_pipeline_takes() -> None:
    settings = Settings.from_json(json.dumps(from_scratch()).encode())
    assert settings.hyperparameters["epochs"] == EPOCHS
    assert settings.hyperparameters["use_pretrained_model"] == 0
    assert set(settings.hyperparameters) <= {parameter.name for parameter in HYPERPARAMETERS}
    assert ALGORITHM.name == "object-detection"


def test_epochs_can_be_chosen() -> None:
    assert from_scratch(3)["hyperparameters"]["epochs"] == 3

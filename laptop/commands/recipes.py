"""project.json for one laptop: small networks that learn from nothing, in seconds to minutes.

The built-in algorithms begin with ImageNet's weights and a low learning rate. The laptop's containers have no such
weights, so a project on the laptop says so, in the same hyperparameters and the same file as on AWS.
"""

from labelloop.algorithms import algorithm_for
from labelloop.settings import HyperparameterValue
from labelloop.tasks import Task

EPOCHS = 30


def from_scratch(task: Task, epochs: int = EPOCHS) -> dict[str, dict[str, HyperparameterValue]]:
    """project.json of a project whose algorithm learns from nothing; all other settings keep their defaults."""
    return {"hyperparameters": {"epochs": epochs, **algorithm_for(task, None).from_scratch}}

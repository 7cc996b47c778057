"""project.json for one laptop: small networks that learn from nothing, in seconds to minutes.

The built-in algorithms begin with ImageNet's weights and a low learning rate. The laptop's containers have no such
weights, so a project on the laptop says so, in the same hyperparameters and the same file as on AWS.
"""

from labelloop.settings import HyperparameterValue

EPOCHS = 30
_OBJECT_DETECTION: dict[str, HyperparameterValue] = {
    "use_pretrained_model": 0,
    "image_shape": 300,  # the smallest allowed; smaller pictures are worked on at their own size
    "mini_batch_size": 8,
    "learning_rate": 0.05,
    "weight_decay": 0.002,
}


def from_scratch(epochs: int = EPOCHS) -> dict[str, dict[str, HyperparameterValue]]:
    """project.json of a project whose object detection learns from nothing; all other settings keep their defaults."""
    return {"hyperparameters": {"epochs": epochs, **_OBJECT_DETECTION}}

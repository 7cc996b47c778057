"""The built-in image-classification algorithm: what it is told, what it reads, what it answers.

Source: SageMaker developer guide, "Image Classification - MXNet" and "Image Classification Hyperparameters".
Its network is in `resnet`, how that learns in `classifier`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mxnet_vision.errors import BuiltInFailure, ClientError
from mxnet_vision.hyperparameters import (
    FROM_SCRATCH,
    Hyperparameters,
    choice,
    picture_shape,
    read,
    real,
    switch,
    whole,
    without_effect,
)
from mxnet_vision.metrics import Reading, print_line
from mxnet_vision.models import Algorithm, Answer, asked_for, json_answer
from mxnet_vision.samples import Sample

if TYPE_CHECKING:
    from mxnet_vision.models.image_classification.classifier import ClassificationLearner, ClassificationPredictor

LARGE_DEPTHS = ("18", "34", "50", "101", "152", "200")
SMALL_DEPTHS = ("20", "32", "44", "56", "110")  # for small pictures
DEEPER = (44, 101)  # layers from which on a stage has two residual units, and three
AUGMENTATIONS = ("crop", "crop_color", "crop_color_transform")  # each does what the ones before it do


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassificationHyperparameters(Hyperparameters):
    """Names, defaults and ranges of the built-in."""

    num_layers: str = choice(*LARGE_DEPTHS, *SMALL_DEPTHS, default="152")
    image_shape: tuple[int, int, int] = picture_shape((3, 224, 224))
    resize: int = whole(1, 0)
    augmentation_type: str = choice(*AUGMENTATIONS, default="")
    multi_label: bool = switch(default=False)
    use_pretrained_model: bool = switch(default=False)
    use_weighted_loss: bool = switch(default=False)
    optimizer: str = choice("sgd", "adam", "rmsprop", "nag", default="sgd")
    learning_rate: float = real("[0, 1]", 0.1)
    lr_scheduler_factor: float = real("[0, 1]", 0.1)
    momentum: float = real("[0, 1]", 0.9)
    weight_decay: float = real("[0, 1]", 0.0001)
    beta_1: float = real("[0, 1]", 0.9)
    beta_2: float = real("[0, 1]", 0.999)
    eps: float = real("[0, 1]", 1e-8)
    gamma: float = real("[0, 1]", 0.9)
    top_k: int = whole(2, 0)
    checkpoint_frequency: int = whole(1, 0)
    precision_dtype: str = choice("float32", "float16", default="float32")
    kv_store: str = choice("dist_sync", "dist_async", "", default="")

    def __post_init__(self) -> None:
        if self.checkpoint_frequency > self.epochs:
            raise ClientError(
                f"Invalid value '{self.checkpoint_frequency}' for hyperparameter 'checkpoint_frequency': it must be at "
                f"most epochs, {self.epochs}."
            )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the network's pictures."""
        _, height, width = self.image_shape
        return width, height

    @property
    def stages(self) -> tuple[int, ...]:
        """Channels of the network's stages after its stem, each at half the size of the one before."""
        return (32, 64) if self.num_layers in SMALL_DEPTHS else (32, 64, 128)

    @property
    def units(self) -> int:
        """Residual units of a stage."""
        return 1 + sum(int(self.num_layers) >= depth for depth in DEEPER)

    def optimizer_options(self) -> dict[str, float | bool]:
        """What MXNet's optimiser of that name is told; weight decay is for `sgd` and `nag` alone."""
        options = Hyperparameters.optimizer_options(self)  # a dataclass with slots has no super()
        if self.optimizer in ("sgd", "nag"):
            return options
        own: dict[str, dict[str, float | bool]] = {
            "adam": {"beta1": self.beta_1, "beta2": self.beta_2, "epsilon": self.eps},
            "rmsprop": {"gamma1": self.gamma, "epsilon": self.eps},
        }
        return options | {"wd": 0.0} | own[self.optimizer]

    def notes(self) -> list[str]:
        """Names of what does nothing here."""
        lines = without_effect(
            checkpoint_frequency=self.checkpoint_frequency,  # the best epoch is kept
            precision_dtype=self.precision_dtype if self.precision_dtype == "float16" else "",
            kv_store=self.kv_store,
            use_weighted_loss=self.use_weighted_loss,  # it needs multi_label
        )
        if self.use_pretrained_model:
            lines.append(f"use_pretrained_model=1: {FROM_SCRATCH}")
        return lines


@dataclass(frozen=True, slots=True)
class AccuracyLog:
    """The built-in's words, which MXNet's own training loop also uses."""

    host: str
    epochs: int
    write: Callable[[str], None] = print_line

    def trained(self, reading: Reading) -> None:
        """Training metrics by name, and the seconds the epoch took."""
        self._values("Train", reading)
        self.write(f"Epoch[{reading.epoch}] Time cost={reading.seconds:.3f}")

    def validated(self, reading: Reading) -> None:
        """Validation scores by name."""
        self._values("Validation", reading)

    def _values(self, what: str, reading: Reading) -> None:
        for name, value in reading.values.items():
            self.write(f"Epoch[{reading.epoch}] {what}-{name}={value:.6f}")


def answer(probabilities: NDArray[np.float32], accept: str) -> Answer:
    """One probability for each class in the form asked for.

    Raises:
        NotAcceptableError: neither JSON nor JSON Lines was asked for.
    """
    values = probabilities.tolist()
    forms = {"application/json": values, "application/jsonlines": {"prediction": values}}
    content_type, document = asked_for(accept, {name: (name, form) for name, form in forms.items()})
    return json_answer(document, content_type)


def read_hyperparameters(values: Mapping[str, str]) -> ClassificationHyperparameters:
    """The hyperparameters of this algorithm, see `hyperparameters.read`.

    Raises:
        BuiltInFailure: a weighted loss, which the built-in cannot do in Pipe mode.
    """
    parameters = read(ClassificationHyperparameters, values)
    if parameters.use_weighted_loss and parameters.multi_label:
        print_line("use_weighted_loss=1 fails with an augmented manifest, in the built-in and here; send 0.")
        raise BuiltInFailure("pos_cls_weights (caused by KeyError)")
    return parameters


def _learner(values: Mapping[str, str], first: Sample) -> "ClassificationLearner":  # noqa: ARG001 - sizes are given
    from mxnet_vision.models.image_classification.classifier import ClassificationLearner

    return ClassificationLearner(read_hyperparameters(values))


def _predictor(folder: Path) -> "ClassificationPredictor":
    from mxnet_vision.models.image_classification.classifier import ClassificationPredictor

    return ClassificationPredictor(folder)


ALGORITHM = Algorithm(
    read_hyperparameters,
    _learner,
    _predictor,
    AccuracyLog,
    "The number of input images must be bigger or equal to the mini_batch_size.",
)

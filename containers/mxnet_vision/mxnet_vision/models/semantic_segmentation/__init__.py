"""The built-in semantic-segmentation algorithm: what it is told, what it reads, what it answers.

Source: SageMaker developer guide, "Semantic Segmentation Algorithm" and "Semantic Segmentation Hyperparameters".
Its networks are in `decoders`, how they learn in `segmenter`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mxnet_vision.augmentation import working_size
from mxnet_vision.errors import ClientError
from mxnet_vision.hyperparameters import (
    FROM_SCRATCH,
    Hyperparameters,
    choice,
    epochs_list,
    read,
    real,
    truth,
    whole,
    without_effect,
)
from mxnet_vision.metrics import print_line
from mxnet_vision.models import Algorithm
from mxnet_vision.models.semantic_segmentation.views import SIZE_STEP, View, scaled
from mxnet_vision.samples import Sample

if TYPE_CHECKING:
    from mxnet_vision.models.semantic_segmentation.segmenter import SegmentationLearner, SegmentationPredictor


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentationHyperparameters(Hyperparameters):
    """Names, defaults and ranges of the built-in."""

    num_classes: int = whole(2, maximum=254)
    backbone: str = choice("resnet-50", "resnet-101", default="resnet-50")
    use_pretrained_model: bool = truth(default=True)
    algorithm: str = choice("fcn", "psp", "deeplab", default="fcn")
    base_size: int = whole(17, 520)
    crop_size: int = whole(17, 240)
    epochs: int = whole(1, 10)
    mini_batch_size: int = whole(1, 16)
    validation_mini_batch_size: int = whole(1, 16)
    optimizer: str = choice("adam", "adagrad", "nag", "rmsprop", "sgd", default="sgd")
    gamma1: float = real("[0, 1]", 0.9)
    gamma2: float = real("[0, 1]", 0.9)
    weight_decay: float = real("(0, 1)", 0.0001)
    lr_scheduler: str = choice("poly", "cosine", "step", default="poly")
    lr_scheduler_step: tuple[int, ...] = epochs_list(())
    lr_scheduler_factor: float = real("[0, 1]", 0.1)
    early_stopping: bool = truth(default=False)
    early_stopping_min_epochs: int = whole(1, 5)
    early_stopping_patience: int = whole(1, 4)
    syncbn: bool = truth(default=False)

    def __post_init__(self) -> None:
        if self.lr_scheduler == "step" and not self.lr_scheduler_step:
            raise ClientError("Hyperparameter 'lr_scheduler_step' is required where lr_scheduler is step.")

    @property
    def decay(self) -> str:
        """See `schedule`."""
        return self.lr_scheduler

    @property
    def validation_batch(self) -> int:
        """Samples that are scored together; 1 means whole pictures, more means crops."""
        return self.validation_mini_batch_size

    def optimizer_options(self) -> dict[str, float | bool]:
        """What MXNet's optimiser of that name is told; its centred RMSProp is the one that has a `gamma2`."""
        options = Hyperparameters.optimizer_options(self)  # a dataclass with slots has no super()
        rmsprop = {"gamma1": self.gamma1, "gamma2": self.gamma2, "centered": True}
        return options | (rmsprop if self.optimizer == "rmsprop" else {})

    def notes(self) -> list[str]:
        """Names of what does nothing here."""
        lines = without_effect(backbone=self.backbone, syncbn=self.syncbn)  # one small backbone, on one machine
        if self.use_pretrained_model:
            lines.append(f"use_pretrained_model=True: {FROM_SCRATCH}")
        return lines


def view_of(first: Sample, parameters: SegmentationHyperparameters) -> View:
    """At which scale, and in which crops, pictures like the first one are worked on."""
    size = first.size()
    shorter_side = min(parameters.base_size, *size)
    most = -(-parameters.crop_size // SIZE_STEP) * SIZE_STEP
    return View(shorter_side, working_size(scaled(size, shorter_side), most, SIZE_STEP))


def read_hyperparameters(values: Mapping[str, str]) -> SegmentationHyperparameters:
    """The hyperparameters of this algorithm, see `hyperparameters.read`."""
    return read(SegmentationHyperparameters, values)


def _learner(values: Mapping[str, str], first: Sample) -> "SegmentationLearner":
    from mxnet_vision.models.semantic_segmentation.segmenter import SegmentationLearner

    parameters = read_hyperparameters(values)
    view = view_of(first, parameters)
    print_line(
        f"Pictures are worked on with {view.shorter_side} pixels on their shorter side, in crops of "
        f"{view.crop[0]}x{view.crop[1]}, after the first one, base_size and crop_size."
    )
    return SegmentationLearner(values, parameters, view)


def _predictor(folder: Path) -> "SegmentationPredictor":
    from mxnet_vision.models.semantic_segmentation.segmenter import SegmentationPredictor

    return SegmentationPredictor(folder)


ALGORITHM = Algorithm(read_hyperparameters, _learner, _predictor)

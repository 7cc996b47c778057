"""SageMaker's built-in object detection (single-shot detector, MXNet).

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/object-detection.html,
…/object-detection-api-config.html, …/object-detection-in-formats.html, …/object-detection-tuning.html
"""

from collections.abc import Mapping
from dataclasses import dataclass

from labelloop.algorithms import built_in
from labelloop.algorithms.hyperparameters import (
    Chosen,
    Hyperparameter,
    choice,
    choose,
    integer,
    matching,
    number,
    regular_expression,
)
from labelloop.boxes import BoxLabel
from labelloop.detections import Detections
from labelloop.errors import InvalidSettings
from labelloop.report import Report
from labelloop.settings import HyperparameterValue
from labelloop.tasks import Task

HEADER_WIDTH, BOX_WIDTH = 2, 5  # of `label_width`, which counts numbers
LABEL_WIDTH_SLACK = 1.2
DEFAULT_BATCH = 16  # of 512 pixels on a GPU of 16 GB

HYPERPARAMETERS: tuple[Hyperparameter, ...] = (
    integer("num_classes", 1),
    integer("num_training_samples", 1),
    choice("base_network", "vgg-16", "resnet-50"),
    choice("early_stopping", "True", "False"),
    integer("early_stopping_min_epochs", 1),
    integer("early_stopping_patience", 1),
    number("early_stopping_tolerance", 0, 1),
    integer("epochs", 1),
    regular_expression("freeze_layer_pattern"),
    integer("image_shape", 300),
    choice("kv_store", "dist_sync", "dist_async"),
    integer("label_width", 1),
    number("learning_rate", 0, 1, least_allowed=False),
    number("lr_scheduler_factor", 0, 1, least_allowed=False, most_allowed=False),
    matching("lr_scheduler_step", r"(\d+(,\d+)*)?", "epochs with commas between, as 10,20"),
    integer("mini_batch_size", 1),
    number("momentum", 0, 1, least_allowed=False),
    number("nms_threshold", 0, 1, least_allowed=False),
    choice("optimizer", "sgd", "adam", "rmsprop", "adadelta"),
    number("overlap_threshold", 0, 1, least_allowed=False),
    choice("use_pretrained_model", "0", "1"),
    number("weight_decay", 0, 1, least_allowed=False, most_allowed=False),
)


@dataclass(frozen=True, slots=True)
class ObjectDetection:
    """The built-in algorithm `object-detection`."""

    name: str = "object-detection"
    task: Task = Task.OBJECT_DETECTION
    label_type: type[BoxLabel] = BoxLabel
    content_type: str = "application/x-recordio"
    accept: str = "application/json"

    def image(self, region: str) -> str:
        """See `built_in.image_uri`."""
        return built_in.image_uri(self.name, region)

    def check_instance_type(self, instance_type: str) -> None:
        """See `built_in.check_training_instance`."""
        built_in.check_training_instance(self.name, instance_type)

    def hyperparameters(self, report: Report, overrides: Mapping[str, HyperparameterValue]) -> dict[str, Chosen]:
        """The dataset's own numbers, our defaults, project.json's overrides.

        Raises:
            InvalidSettings: see `choose`; also a batch larger than the training set, a `label_width` too small.
        """
        fixed = frozenset({"num_classes", "num_training_samples"})
        chosen = choose(HYPERPARAMETERS, _computed(report), overrides, fixed=fixed)
        if int(chosen["mini_batch_size"].value) > report.train_samples:
            raise InvalidSettings(
                f"project.json: mini_batch_size {chosen['mini_batch_size'].value} is more than the "
                f"{report.train_samples} training samples; SageMaker would get an empty batch."
            )
        if int(chosen["label_width"].value) < _label_width(report.max_objects):
            raise InvalidSettings(
                f"project.json: label_width {chosen['label_width'].value} is too small: a picture has "
                f"{report.max_objects} boxes, which need {_label_width(report.max_objects)}."
            )
        return chosen

    def decode(self, body: bytes) -> Detections:
        """See `Detections.from_built_in`."""
        return Detections.from_built_in(body)


def _label_width(boxes: int) -> int:
    return boxes * BOX_WIDTH + HEADER_WIDTH


def _computed(report: Report) -> dict[str, Chosen]:
    batch = min(DEFAULT_BATCH, report.train_samples)
    width = _label_width(round(report.max_objects * LABEL_WIDTH_SLACK))
    return {
        "num_classes": Chosen(str(len(report.classes)), "derived", "classes of the dataset"),
        "num_training_samples": Chosen(str(report.train_samples), "derived", "lines of train.manifest"),
        "label_width": Chosen(
            str(width), "derived", f"{report.max_objects} boxes at most, a fifth more, 5 numbers each, 2 of header"
        ),
        "mini_batch_size": Chosen(str(batch), "derived", f"{DEFAULT_BATCH}, or all samples if fewer"),
        # The container's own default was once 0 against the documented 1, so it is said.
        "use_pretrained_model": Chosen("1", "default", "start from ImageNet weights"),
        "base_network": Chosen("resnet-50", "default", "the smaller of the two"),
        "epochs": Chosen("30", "default", "the algorithm's own"),
        "image_shape": Chosen("512", "default", "the larger of the two recommended sizes: small objects count"),
        "learning_rate": Chosen("0.001", "default", "the algorithm's own, for fine-tuning"),
    }


ALGORITHM = ObjectDetection()

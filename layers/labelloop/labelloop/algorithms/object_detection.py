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
from labelloop.checks import dataset
from labelloop.detections import Detections
from labelloop.errors import ManifestRefused
from labelloop.labels.boxes import BoxLabel
from labelloop.prediction import Options
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


# As the image's page in the console shows them.
METRIC_DEFINITIONS: dict[str, str] = {
    "train:progress": r"#progress_metric: host=\S+, completed (\S+) %",
    "train:smooth_l1": r"#quality_metric: host=\S+, epoch=\S+, batch=\S+ train smooth_l1 <loss>=(\S+)",
    "train:cross_entropy": r"#quality_metric: host=\S+, epoch=\S+, batch=\S+ train cross_entropy <loss>=(\S+)",
    "train:throughput": r"#throughput_metric: host=\S+, train throughput=(\S+) records/second",
    "validation:mAP": r"#quality_metric: host=\S+, epoch=\S+, validation mAP <score>=\((\S+)\)",
}
FROM_SCRATCH: dict[str, HyperparameterValue] = {
    "use_pretrained_model": 0,
    "image_shape": 300,  # the smallest allowed
    "mini_batch_size": 8,
    "learning_rate": 0.05,
    "weight_decay": 0.002,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectDetection(built_in.BuiltIn):
    """The built-in algorithm."""

    def hyperparameters(self, report: Report, overrides: Mapping[str, HyperparameterValue]) -> dict[str, Chosen]:
        """The dataset's own numbers, our defaults, project.json's overrides.

        Raises:
            InvalidSettings: see `choose`.
            ManifestRefused: a batch is larger than the training set, or `label_width` too small.
        """
        chosen = choose(HYPERPARAMETERS, _computed(report), overrides, fixed=built_in.FIXED)
        built_in.check_batch_size(chosen, "mini_batch_size", report.train_samples, "training")
        width, needed = int(chosen["label_width"].value), _label_width(report.max_objects)
        if width < needed:
            message = f"project.json says {width}; a picture has {report.max_objects} boxes, which need {needed}"
            raise ManifestRefused(dataset.LABEL_WIDTH_TOO_SMALL, message, value=width)
        return chosen

    def accept(self, options: Options) -> str:  # noqa: ARG002 - there is one form
        """The documented default."""
        return "application/json"

    def decode(self, body: bytes) -> Detections:
        """See `Detections.from_built_in`."""
        return Detections.from_built_in(body)


def _label_width(boxes: int) -> int:
    return boxes * BOX_WIDTH + HEADER_WIDTH


def _computed(report: Report) -> dict[str, Chosen]:
    width = _label_width(round(report.max_objects * LABEL_WIDTH_SLACK))
    return built_in.dataset_facts(report) | {
        "label_width": Chosen(
            str(width), "derived", f"{report.max_objects} boxes at most, a fifth more, 5 numbers each, 2 of header"
        ),
        "mini_batch_size": built_in.batch_size(DEFAULT_BATCH, report.train_samples),
        # The container's own default was once 0 against the documented 1, so it is said.
        "use_pretrained_model": Chosen("1", "default", "start from ImageNet weights"),
        "base_network": Chosen("resnet-50", "default", "the smaller of the two"),
        "epochs": Chosen("30", "default", "the algorithm's own"),
        "image_shape": Chosen("512", "default", "the larger of the two recommended sizes: small objects count"),
        "learning_rate": Chosen("0.001", "default", "the algorithm's own, for fine-tuning"),
    }


ALGORITHM = ObjectDetection(
    name="object-detection",
    task=Task.OBJECT_DETECTION,
    label_type=BoxLabel,
    repository="object-detection",
    metric_definitions=METRIC_DEFINITIONS,
    from_scratch=FROM_SCRATCH,
)

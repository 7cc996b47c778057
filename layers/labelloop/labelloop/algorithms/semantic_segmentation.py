"""SageMaker's built-in semantic segmentation (GluonCV: FCN, PSP or DeepLab).

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/semantic-segmentation.html,
…/segmentation-hyperparameters.html, …/semantic-segmentation-tuning.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labelloop.algorithms import built_in
from labelloop.algorithms.hyperparameters import Chosen, Hyperparameter, choice, choose, integer, matching, number
from labelloop.checks import classes
from labelloop.errors import InvalidSettings, ManifestRefused
from labelloop.labels.masks import MaskLabel
from labelloop.prediction import Options
from labelloop.report import Report
from labelloop.settings import HyperparameterValue
from labelloop.tasks import Task

if TYPE_CHECKING:
    from labelloop.segmentation import Segmentation

LEAST_CLASSES, MOST_CLASSES = 2, 254
DEFAULT_BATCH = 16  # the algorithm's own
MASK_TYPE = "image/png"
# The algorithm's page names application/x-recordio-protobuf, AWS's notebooks ask with this and get an answer.
PROBABILITIES_TYPE = "application/x-protobuf"

HYPERPARAMETERS: tuple[Hyperparameter, ...] = (
    integer("num_classes", LEAST_CLASSES, MOST_CLASSES),
    integer("num_training_samples", 1),
    choice("algorithm", "fcn", "psp", "deeplab"),
    choice("backbone", "resnet-50", "resnet-101"),
    integer("base_size", 17),
    integer("crop_size", 17),
    choice("early_stopping", "True", "False"),
    integer("early_stopping_min_epochs", 1),
    integer("early_stopping_patience", 1),
    number("early_stopping_tolerance", 0, 1),
    integer("epochs", 1),
    number("gamma1", 0, 1),
    number("gamma2", 0, 1),
    number("learning_rate", 0, 1, least_allowed=False),
    choice("lr_scheduler", "poly", "cosine", "step"),
    number("lr_scheduler_factor", 0, 1),
    matching("lr_scheduler_step", r"\d+(,\d+)*", "epochs with commas between, as 10,20"),
    integer("mini_batch_size", 1),
    number("momentum", 0, 1, least_allowed=False),
    choice("optimizer", "adam", "adagrad", "nag", "rmsprop", "sgd"),
    choice("syncbn", "True", "False"),
    choice("use_pretrained_model", "True", "False"),  # words, unlike its siblings' 0 and 1
    integer("validation_mini_batch_size", 1),
    number("weight_decay", 0, 1, least_allowed=False, most_allowed=False),
)
# The names are documented, the lines are not. Those of object detection have the batch before a loss, and parentheses
# around a score.
METRIC_DEFINITIONS: dict[str, str] = {
    "train:progress": r"#progress_metric: host=\S+, completed (\S+) %",
    "train:loss": r"#quality_metric: host=\S+, epoch=\S+, (?:batch=\S+ )?train loss <loss>=\(?([^\s()]+)",
    "train:throughput": r"#throughput_metric: host=\S+, train throughput=(\S+) records/second",
    "validation:mIOU": r"#quality_metric: host=\S+, epoch=\S+, validation mIOU <score>=\(?([^\s()]+)",
    "validation:pixel_accuracy": (
        r"#quality_metric: host=\S+, epoch=\S+, validation pixel_accuracy <score>=\(?([^\s()]+)"
    ),
    "validation:throughput": r"#throughput_metric: host=\S+, validation throughput=(\S+) records/second",
}
FROM_SCRATCH: dict[str, HyperparameterValue] = {
    "use_pretrained_model": False,
    "mini_batch_size": 8,
    "validation_mini_batch_size": 1,  # whole pictures, as they are served
    "optimizer": "adam",
    "learning_rate": 0.003,
    "lr_scheduler": "cosine",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SemanticSegmentation(built_in.BuiltIn):
    """The built-in algorithm."""

    def hyperparameters(self, report: Report, overrides: Mapping[str, HyperparameterValue]) -> dict[str, Chosen]:
        """The dataset's own numbers, our defaults, project.json's overrides.

        Raises:
            ManifestRefused: fewer or more classes than the algorithm can learn; a batch larger than its channel.
            InvalidSettings: see `choose`; also steps that are needed but not named.
        """
        _check_classes(report)
        chosen = choose(HYPERPARAMETERS, _computed(report), overrides, fixed=built_in.FIXED)
        built_in.check_batch_size(chosen, "mini_batch_size", report.train_samples, "training")
        built_in.check_batch_size(chosen, "validation_mini_batch_size", report.validation_samples, "validation")
        if "lr_scheduler" in chosen and chosen["lr_scheduler"].value == "step" and "lr_scheduler_step" not in chosen:
            raise InvalidSettings("project.json: lr_scheduler step needs lr_scheduler_step, epochs such as 10,20.")
        return chosen

    def accept(self, options: Options) -> str:
        """A mask, which is small; a probability for each pixel and class only where it is needed."""
        return PROBABILITIES_TYPE if options.confidence_mask else MASK_TYPE

    def decode(self, body: bytes) -> "Segmentation":
        """See `Segmentation.from_built_in`."""
        from labelloop.segmentation import Segmentation  # brings numpy, which only functions that decode have

        return Segmentation.from_built_in(body)


def _check_classes(report: Report) -> None:
    count = len(report.classes)
    if not LEAST_CLASSES <= count <= MOST_CLASSES:
        check = classes.TOO_FEW_CLASSES if count < LEAST_CLASSES else classes.TOO_MANY_CLASSES
        message = (
            f"colour maps name pixel values up to {count - 1}; {LEAST_CLASSES} to {MOST_CLASSES} classes are taken"
        )
        raise ManifestRefused(check, message, value=count)


def _computed(report: Report) -> dict[str, Chosen]:
    return built_in.dataset_facts(report) | {
        "mini_batch_size": built_in.batch_size(DEFAULT_BATCH, report.train_samples),
        "validation_mini_batch_size": built_in.batch_size(DEFAULT_BATCH, report.validation_samples),
        "use_pretrained_model": Chosen("True", "default", "start from a backbone with ImageNet weights"),
        "backbone": Chosen("resnet-50", "default", "the smaller of the two"),
        "algorithm": Chosen("fcn", "default", "the algorithm's own, and the quickest to answer"),
        "epochs": Chosen("30", "default", "AWS's notebook: 10, the algorithm's own, are for demonstration"),
        "base_size": Chosen("520", "default", "the algorithm's own"),
        "crop_size": Chosen("240", "default", "the algorithm's own"),
        "learning_rate": Chosen("0.001", "default", "the algorithm's own"),
    }


ALGORITHM = SemanticSegmentation(
    name="semantic-segmentation",
    task=Task.SEMANTIC_SEGMENTATION,
    label_type=MaskLabel,
    repository="semantic-segmentation",
    request_type="image/jpeg",  # the only one that the algorithm's page names
    metric_definitions=METRIC_DEFINITIONS,
    from_scratch=FROM_SCRATCH,
)

"""SageMaker's built-in image classification (ResNet, MXNet).

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/image-classification.html,
…/IC-Hyperparameter.html, …/IC-tuning.html
"""

from collections.abc import Mapping
from dataclasses import dataclass

from labelloop.algorithms import built_in
from labelloop.algorithms.hyperparameters import Chosen, Hyperparameter, choice, choose, integer, matching, number
from labelloop.checks import classes
from labelloop.classes import ClassSet, SingleClass
from labelloop.errors import InvalidSettings, ManifestRefused
from labelloop.labels.classes import ClassLabel
from labelloop.prediction import Options
from labelloop.report import Report
from labelloop.settings import HyperparameterValue
from labelloop.tasks import Task

REPOSITORY = "image-classification"
DEFAULT_BATCH = 32  # the algorithm's own
LEAST_CLASSES = 2  # of which a picture has one
LARGE_PICTURES, SMALL_PICTURES = ("18", "34", "50", "101", "152", "200"), ("20", "32", "44", "56", "110")
PRETRAINED_SHAPE = "3,224,224"
RESIZE_SLACK = 8 / 7  # 256 pixels for 224, as in AWS's notebooks

HYPERPARAMETERS: tuple[Hyperparameter, ...] = (
    integer("num_classes", 1),
    integer("num_training_samples", 1),
    choice("augmentation_type", "crop", "crop_color", "crop_color_transform"),
    number("beta_1", 0, 1),
    number("beta_2", 0, 1),
    integer("checkpoint_frequency", 1),
    choice("early_stopping", "True", "False"),
    integer("early_stopping_min_epochs", 1),
    integer("early_stopping_patience", 1),
    number("early_stopping_tolerance", 0, 1),
    integer("epochs", 1),
    number("eps", 0, 1),
    number("gamma", 0, 1),
    # Other numbers of channels are allowed there, but what clients send reaches the endpoint as RGB.
    matching("image_shape", r"3(,[1-9]\d*){2}", "three channels, height and width, as 3,224,224"),
    choice("kv_store", "dist_sync", "dist_async"),
    number("learning_rate", 0, 1),
    number("lr_scheduler_factor", 0, 1),
    matching("lr_scheduler_step", r"\d+(,\d+)*", "epochs with commas between, as 10,20"),
    integer("mini_batch_size", 1),
    number("momentum", 0, 1),
    choice("multi_label", "0", "1"),
    choice("num_layers", *LARGE_PICTURES, *SMALL_PICTURES),
    choice("optimizer", "sgd", "adam", "rmsprop", "nag"),
    choice("precision_dtype", "float32", "float16"),
    integer("resize", 1),
    integer("top_k", 2),
    choice("use_pretrained_model", "0", "1"),
    choice("use_weighted_loss", "0", "1"),
    number("weight_decay", 0, 1),
)
METRIC_DEFINITIONS: dict[str, str] = {
    "train:accuracy": r"Epoch\S* Train-accuracy=(\S+)",
    "validation:accuracy": r"Epoch\S* Validation-accuracy=(\S+)",
}
FROM_SCRATCH: dict[str, HyperparameterValue] = {
    "use_pretrained_model": 0,
    "num_layers": 20,  # the least, of the family for small pictures
    "image_shape": "3,72,72",  # a third of the time that 128 take
    "augmentation_type": "crop_color",  # without, a few hundred pictures are learnt by heart
    "mini_batch_size": 8,
    "optimizer": "adam",
    "learning_rate": 0.003,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageClassification(built_in.BuiltIn):
    """The built-in algorithm, for one class per picture or for any number of them."""

    multi_label: bool
    prediction_type: type[SingleClass | ClassSet]

    def hyperparameters(self, report: Report, overrides: Mapping[str, HyperparameterValue]) -> dict[str, Chosen]:
        """The dataset's own numbers, our defaults, project.json's overrides.

        Raises:
            ManifestRefused: every picture has the same single class; a batch is larger than either channel.
            InvalidSettings: see `choose`; also values that do not go together.
        """
        if not self.multi_label and len(report.classes) < LEAST_CLASSES:
            message = f"all are {report.classes[0].name!r}, and there is nothing to tell apart"
            raise ManifestRefused(classes.TOO_FEW_CLASSES, message, value=len(report.classes))
        several = Chosen(str(int(self.multi_label)), "derived", "1 where the labels are lists of classes")
        computed = _computed(report) | {"multi_label": several}
        chosen = choose(HYPERPARAMETERS, computed, overrides, fixed=built_in.FIXED | {"multi_label"})
        chosen.setdefault("resize", _resize(chosen))
        built_in.check_batch_size(chosen, "mini_batch_size", report.train_samples, "training")
        built_in.check_batch_size(chosen, "mini_batch_size", report.validation_samples, "validation")
        _check_weights(chosen)
        _check_sizes(chosen)
        return chosen

    def accept(self, options: Options) -> str:  # noqa: ARG002 - there is one form
        """The default of real-time endpoints."""
        return "application/json"

    def decode(self, body: bytes) -> SingleClass | ClassSet:
        """See `from_built_in` of either."""
        return self.prediction_type.from_built_in(body)


def _computed(report: Report) -> dict[str, Chosen]:
    fewest = min(report.train_samples, report.validation_samples)
    return built_in.dataset_facts(report) | {
        "mini_batch_size": built_in.batch_size(DEFAULT_BATCH, fewest),
        "use_pretrained_model": Chosen("1", "default", "start from ImageNet weights"),
        "num_layers": Chosen("50", "default", "as the other algorithms; 152, the algorithm's own, answers more slowly"),
        "epochs": Chosen("30", "default", "the algorithm's own"),
        "image_shape": Chosen(PRETRAINED_SHAPE, "default", "the algorithm's own, and the only one with weights"),
        "learning_rate": Chosen(
            "0.001", "default", "AWS's notebook, for fine-tuning; 0.1, the algorithm's own, is not"
        ),
    }


def _input_side(chosen: Mapping[str, Chosen]) -> int:
    """The longer side of the network's input, in pixels."""
    return max(map(int, chosen["image_shape"].value.split(",")[1:]))


def _resize(chosen: Mapping[str, Chosen]) -> Chosen:
    """Of the shorter side: without it, pictures smaller than the network's input would fail the training."""
    side = round(_input_side(chosen) * RESIZE_SLACK)
    return Chosen(str(side), "derived", "a seventh more than image_shape, which no picture may fall below")


def _check_weights(chosen: Mapping[str, Chosen]) -> None:
    # https://github.com/aws/amazon-sagemaker-examples/issues/530
    if "use_weighted_loss" in chosen and chosen["use_weighted_loss"].value == "1":
        raise InvalidSettings(
            "project.json: use_weighted_loss 1 fails on a manifest: the algorithm then looks for weights that only "
            ".lst files bring (KeyError: pos_cls_weights).",
            hint="Leave it out.",
        )
    if chosen["use_pretrained_model"].value == "0":
        return
    for name, allowed in (("image_shape", (PRETRAINED_SHAPE,)), ("num_layers", LARGE_PICTURES)):
        if chosen[name].value not in allowed:
            raise InvalidSettings(
                f"project.json: {name} {chosen[name].value} has no pretrained weights; "
                f"with use_pretrained_model 1 it must be {' or '.join(allowed)}.",
                hint="Set use_pretrained_model to 0 to learn from nothing.",
            )


def _check_sizes(chosen: Mapping[str, Chosen]) -> None:
    if int(chosen["resize"].value) < _input_side(chosen):
        raise InvalidSettings(
            f"project.json: resize {chosen['resize'].value} is less than image_shape {chosen['image_shape'].value}; "
            "the algorithm fails on pictures smaller than its input."
        )
    every = chosen.get("checkpoint_frequency", chosen["epochs"])
    if int(every.value) > int(chosen["epochs"].value):
        raise InvalidSettings(
            f"project.json: checkpoint_frequency {every.value} is more than the {chosen['epochs'].value} epochs."
        )


ALGORITHM = ImageClassification(
    name="image-classification",
    task=Task.IMAGE_CLASSIFICATION,
    label_type=ClassLabel,
    repository=REPOSITORY,
    metric_definitions=METRIC_DEFINITIONS,
    from_scratch=FROM_SCRATCH,
    multi_label=False,
    prediction_type=SingleClass,
)

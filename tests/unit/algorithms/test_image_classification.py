"""The built-in image classification, with one class per picture or several: its table, and the computed values."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.algorithms import Algorithm, algorithm_named
from labelloop.algorithms.image_classification import FROM_SCRATCH, HYPERPARAMETERS
from labelloop.checks import classes, dataset
from labelloop.classes import ClassSet, SingleClass
from labelloop.errors import InvalidSettings, ManifestRefused
from labelloop.prediction import Options
from labelloop.report import ClassReport, Report
from labelloop.settings import HyperparameterValue

from tests.unit.algorithms.tables import FIXED, Table, as_sent_by_an_owner, flat, values
from tests.unit.factories import report

ONE, SEVERAL = algorithm_named("image-classification"), algorithm_named("image-classification-multilabel")
FREE: dict[str, HyperparameterValue] = {"use_pretrained_model": 0}

# Least, most, and a value on either side, as the algorithm's page gives them:
# https://docs.aws.amazon.com/sagemaker/latest/dg/IC-Hyperparameter.html
ACCEPTED: Table = {
    "augmentation_type": ["crop", "crop_color", "crop_color_transform"],
    "beta_1": [0, 1],
    "beta_2": [0, 1],
    "checkpoint_frequency": [1, 30],
    "early_stopping": [True, "False"],
    "early_stopping_min_epochs": [1],
    "early_stopping_patience": [1],
    "early_stopping_tolerance": [0, 1],
    "epochs": [1],
    "eps": [0, 1],
    "gamma": [0, 1],
    "image_shape": ["3,224,224", "3,28,28", "3,32,48"],
    "kv_store": ["dist_sync", "dist_async"],
    "learning_rate": [0, 1],
    "lr_scheduler_factor": [0, 1],
    "lr_scheduler_step": ["10", "10,20"],
    "mini_batch_size": [1],
    "momentum": [0, 1],
    "num_layers": [18, 34, 50, 101, 152, 200, 20, 32, 44, 56, 110],
    "optimizer": ["sgd", "adam", "rmsprop", "nag"],
    "precision_dtype": ["float32", "float16"],
    "resize": [224, 256],
    "top_k": [2],
    "use_pretrained_model": [0, 1],
    "use_weighted_loss": [0],
    "weight_decay": [0, 1],
}
REFUSED: Table = {
    "augmentation_type": ["none"],
    "beta_1": [-0.001, 1.001],
    "beta_2": [-0.001, 1.001],
    "checkpoint_frequency": [0],
    "early_stopping": ["true", 1],
    "early_stopping_min_epochs": [0],
    "early_stopping_patience": [0],
    "early_stopping_tolerance": [-0.001, 1.001],
    "epochs": [0],
    "eps": [-0.001, 1.001],
    "gamma": [-0.001, 1.001],
    "image_shape": ["224,224", "3,224,224,1", "3,0,224", "3, 224, 224", "1,28,28", 224],
    "kv_store": ["device"],
    "learning_rate": [-0.001, 1.001],
    "lr_scheduler_factor": [-0.001, 1.001],
    "lr_scheduler_step": ["", "10, 20", "10,", "ten"],
    "mini_batch_size": [0],
    "momentum": [-0.001, 1.001],
    "multi_label": [0, 1],
    "num_layers": [19],
    "optimizer": ["adadelta"],
    "precision_dtype": ["float64"],
    "resize": [0],
    "top_k": [1],
    "use_pretrained_model": [True, 2],
    "use_weighted_loss": [True, 2],
    "weight_decay": [-0.001, 1.001],
}


def test_the_table_is_complete() -> None:
    assert set(ACCEPTED) | {"multi_label"} == {row.name for row in HYPERPARAMETERS} - {
        "num_classes",
        "num_training_samples",
    }


@pytest.mark.parametrize(("name", "value"), flat(ACCEPTED))
def test_the_owner_may_set(name: str, value: HyperparameterValue) -> None:
    assert ONE.hyperparameters(report(), FREE | {name: value})[name].source == "project.json"


@pytest.mark.parametrize(("name", "value"), [*flat(REFUSED), *FIXED])
def test_the_owner_may_not_set(name: str, value: HyperparameterValue) -> None:
    with pytest.raises(InvalidSettings, match=f"^project.json: hyperparameter '{name}' "):
        ONE.hyperparameters(report(), FREE | {name: value})


@pytest.mark.parametrize(("algorithm", "multi_label"), [(ONE, "0"), (SEVERAL, "1")])
def test_values_without_overrides(algorithm: Algorithm, multi_label: str) -> None:
    assert values(algorithm.hyperparameters(report(), {})) == {
        "num_classes": ("2", "derived"),
        "num_training_samples": ("80", "derived"),
        "mini_batch_size": ("20", "derived"),
        "multi_label": (multi_label, "derived"),
        "use_pretrained_model": ("1", "default"),
        "num_layers": ("50", "default"),
        "epochs": ("30", "default"),
        "image_shape": ("3,224,224", "default"),
        "resize": ("256", "derived"),
        "learning_rate": ("0.001", "default"),
    }


@given(st.builds(report, train_samples=st.integers(1, 200), validation_samples=st.integers(1, 200)))
def test_what_is_computed_would_be_accepted_and_fits_the_dataset(facts: Report) -> None:
    chosen = ONE.hyperparameters(facts, {})
    assert as_sent_by_an_owner(HYPERPARAMETERS, chosen) == {name: entry.value for name, entry in chosen.items()}
    assert int(chosen["mini_batch_size"].value) <= min(facts.train_samples, facts.validation_samples)


@pytest.mark.parametrize(
    ("image_shape", "resize"), [("3,224,224", "256"), ("3,128,128", "146"), ("3,28,28", "32"), ("3,28,56", "64")]
)
def test_pictures_are_resized_to_a_little_more_than_the_network_takes(image_shape: str, resize: str) -> None:
    assert ONE.hyperparameters(report(), FREE | {"image_shape": image_shape})["resize"].value == resize


@pytest.mark.parametrize(("size", "there"), [(41, "40 training"), (9, "8 validation")])
def test_a_batch_is_no_larger_than_either_channel(size: int, there: str) -> None:
    message = f"mini_batch_size is {size}, and there are {there} samples"
    with pytest.raises(ManifestRefused) as refused:
        SEVERAL.hyperparameters(report(train_samples=40, validation_samples=8), {"mini_batch_size": size})
    found = refused.value
    assert (found.check, found.what, found.value) == (dataset.BATCH_LARGER_THAN_SAMPLES, message, size)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            {"use_weighted_loss": 1},
            (
                "use_weighted_loss 1 fails on a manifest: the algorithm then looks for weights that only .lst files "
                "bring (KeyError: pos_cls_weights). Leave it out."
            ),
        ),
        (
            {"image_shape": "3,128,128"},
            (
                "image_shape 3,128,128 has no pretrained weights; with use_pretrained_model 1 it must be 3,224,224. "
                "Set use_pretrained_model to 0 to learn from nothing."
            ),
        ),
        (
            {"num_layers": 20},
            (
                "num_layers 20 has no pretrained weights; with use_pretrained_model 1 it must be "
                "18 or 34 or 50 or 101 or 152 or 200. Set use_pretrained_model to 0 to learn from nothing."
            ),
        ),
        (
            {"resize": 223},
            "resize 223 is less than image_shape 3,224,224; the algorithm fails on pictures smaller than its input.",
        ),
        (
            FREE | {"image_shape": "3,32,48", "resize": 40},
            "resize 40 is less than image_shape 3,32,48; the algorithm fails on pictures smaller than its input.",
        ),
        ({"epochs": 5, "checkpoint_frequency": 6}, "checkpoint_frequency 6 is more than the 5 epochs."),
    ],
)
def test_overrides_that_contradict_each_other_are_refused(
    overrides: dict[str, HyperparameterValue], message: str
) -> None:
    with pytest.raises(InvalidSettings, match=f"^project.json: {re.escape(message)}$"):
        SEVERAL.hyperparameters(report(), overrides)


@pytest.mark.parametrize(
    "overrides",
    [
        {"mini_batch_size": 8},
        {"use_pretrained_model": 1, "image_shape": "3,224,224", "num_layers": 200},
        FREE | {"image_shape": "3,28,28", "num_layers": 110, "resize": 28},
        {"epochs": 5, "checkpoint_frequency": 5},
    ],
)
def test_overrides_that_go_together_are_accepted(overrides: dict[str, HyperparameterValue]) -> None:
    chosen = SEVERAL.hyperparameters(report(train_samples=40, validation_samples=8), overrides)
    assert {name: chosen[name].value for name in overrides} == {name: str(value) for name, value in overrides.items()}


def test_without_pretrained_weights_it_learns_from_small_pictures() -> None:
    for algorithm in (ONE, SEVERAL):
        assert algorithm.from_scratch == FROM_SCRATCH
        chosen = values(algorithm.hyperparameters(report(), FROM_SCRATCH))
        assert {name: chosen[name] for name in [*FROM_SCRATCH, "resize"]} == {
            "use_pretrained_model": ("0", "project.json"),
            "num_layers": ("20", "project.json"),
            "image_shape": ("3,72,72", "project.json"),
            "augmentation_type": ("crop_color", "project.json"),
            "mini_batch_size": ("8", "project.json"),
            "optimizer": ("adam", "project.json"),
            "learning_rate": ("0.003", "project.json"),
            "resize": ("82", "derived"),
        }


@pytest.mark.parametrize(
    ("line", "metric", "value"),
    [
        ("Epoch[0] Train-accuracy=0.375000", "train:accuracy", 0.375),
        ("[09/21/2018 15:45:36 INFO 140] Epoch[0] Validation-accuracy=0.771429", "validation:accuracy", 0.771429),
        ("Storing the best model with validation accuracy: 0.771429", None, None),
        ("Epoch[0] Time cost=7.309", None, None),
    ],
)
def test_metrics_are_read_from_the_log(line: str, metric: str | None, value: float | None) -> None:
    found = {name: re.search(regex, line) for name, regex in ONE.metric_definitions.items()}
    assert {name: float(match[1]) for name, match in found.items() if match} == ({metric: value} if metric else {})


@pytest.mark.parametrize(
    ("algorithm", "content_type", "prediction"),
    [
        (ONE, "application/x-recordio", SingleClass((0.25, 0.75))),
        (SEVERAL, "application/x-recordio; label-format=class-id", ClassSet((0.25, 0.75))),
    ],
)
def test_image_channels_and_answers_are_the_built_in_ones(
    algorithm: Algorithm, content_type: str, prediction: SingleClass | ClassSet
) -> None:
    assert algorithm.image("us-east-1") == "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1"
    assert (algorithm.content_type, algorithm.accept(Options())) == (content_type, "application/json")
    assert algorithm.decode(json.dumps([0.25, 0.75]).encode()) == prediction


def test_one_class_is_nothing_to_tell_apart() -> None:
    only = report(classes=(ClassReport(0, "cat", 70, 60, 10),))
    with pytest.raises(ManifestRefused, match="all are 'cat', and there is nothing to tell apart") as refused:
        ONE.hyperparameters(only, {})
    assert (refused.value.check, refused.value.value) == (classes.TOO_FEW_CLASSES, 1)
    assert SEVERAL.hyperparameters(only, {})["num_classes"].value == "1"

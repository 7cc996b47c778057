"""The built-in object detection: its table, and the values that follow from a dataset."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.algorithms import algorithm_named
from labelloop.algorithms.object_detection import ALGORITHM, HYPERPARAMETERS
from labelloop.checks import Check, dataset
from labelloop.detections import Detection, Detections
from labelloop.errors import InvalidSettings, ManifestRefused
from labelloop.report import Report
from labelloop.settings import HyperparameterValue

from tests.unit.algorithms.tables import FIXED, Table, as_sent_by_an_owner, flat, values
from tests.unit.factories import report

# Least, most, and a value on either side, as the algorithm's page gives them:
# https://docs.aws.amazon.com/sagemaker/latest/dg/object-detection-api-config.html
ACCEPTED: Table = {
    "base_network": ["vgg-16", "resnet-50"],
    "early_stopping": [True, "False"],
    "early_stopping_min_epochs": [1],
    "early_stopping_patience": [1],
    "early_stopping_tolerance": [0, 1],
    "epochs": [1],
    "freeze_layer_pattern": ["^(conv1_|conv2_).*"],
    "image_shape": [300, 512],
    "kv_store": ["dist_sync", "dist_async"],
    "label_width": [350],
    "learning_rate": [1e-9, 1],
    "lr_scheduler_factor": [1e-9, 0.999],
    "lr_scheduler_step": ["", "10", "10,20"],
    "mini_batch_size": [1],
    "momentum": [1e-9, 1],
    "nms_threshold": [1e-9, 1],
    "optimizer": ["sgd", "adam", "rmsprop", "adadelta"],
    "overlap_threshold": [1e-9, 1],
    "use_pretrained_model": [0, 1],
    "weight_decay": [1e-9, 0.999],
}
REFUSED: Table = {
    "base_network": ["resnet-101"],
    "early_stopping": ["true", 1],
    "early_stopping_min_epochs": [0],
    "early_stopping_patience": [0],
    "early_stopping_tolerance": [-0.001, 1.001],
    "epochs": [0],
    "image_shape": [299],
    "kv_store": ["device"],
    "label_width": [0],
    "learning_rate": [0, 1.001],
    "lr_scheduler_factor": [0, 1],
    "lr_scheduler_step": ["10, 20", "10,", "ten"],
    "mini_batch_size": [0],
    "momentum": [0, 1.001],
    "nms_threshold": [0, 1.001],
    "optimizer": ["nag"],
    "overlap_threshold": [0, 1.001],
    "use_pretrained_model": [True, 2],
    "weight_decay": [0, 1],
}


def test_the_table_is_complete() -> None:
    assert set(ACCEPTED) == {row.name for row in HYPERPARAMETERS} - {"num_classes", "num_training_samples"}


@pytest.mark.parametrize(("name", "value"), flat(ACCEPTED))
def test_the_owner_may_set(name: str, value: HyperparameterValue) -> None:
    assert ALGORITHM.hyperparameters(report(), {name: value})[name].source == "project.json"


@pytest.mark.parametrize(("name", "value"), [*flat(REFUSED), *FIXED])
def test_the_owner_may_not_set(name: str, value: HyperparameterValue) -> None:
    with pytest.raises(InvalidSettings, match=f"^project.json: hyperparameter '{name}' "):
        ALGORITHM.hyperparameters(report(), {name: value})


def test_values_without_overrides() -> None:
    assert values(ALGORITHM.hyperparameters(report(), {})) == {
        "num_classes": ("2", "derived"),
        "num_training_samples": ("80", "derived"),
        "label_width": ("32", "derived"),
        "mini_batch_size": ("16", "derived"),
        "use_pretrained_model": ("1", "default"),
        "base_network": ("resnet-50", "default"),
        "epochs": ("30", "default"),
        "image_shape": ("512", "default"),
        "learning_rate": ("0.001", "default"),
    }


@given(st.builds(report, train_samples=st.integers(1, 200), max_objects=st.integers(1, 300)))
def test_what_is_computed_would_be_accepted_and_fits_the_dataset(facts: Report) -> None:
    chosen = ALGORITHM.hyperparameters(facts, {})
    assert as_sent_by_an_owner(HYPERPARAMETERS, chosen) == {name: entry.value for name, entry in chosen.items()}
    assert int(chosen["label_width"].value) >= 5 * facts.max_objects + 2
    assert int(chosen["mini_batch_size"].value) <= facts.train_samples


@pytest.mark.parametrize(
    ("overrides", "check", "message"),
    [
        (
            {"mini_batch_size": 9},
            dataset.BATCH_LARGER_THAN_SAMPLES,
            "mini_batch_size is 9, and there are 8 training samples",
        ),
        (
            {"label_width": 51},
            dataset.LABEL_WIDTH_TOO_SMALL,
            "project.json says 51; a picture has 10 boxes, which need 52",
        ),
    ],
)
def test_overrides_that_contradict_the_dataset_are_refused(
    overrides: dict[str, HyperparameterValue], check: Check, message: str
) -> None:
    with pytest.raises(ManifestRefused) as refused:
        ALGORITHM.hyperparameters(report(train_samples=8, max_objects=10), overrides)
    found = refused.value
    assert (found.check, found.what, found.value) == (check, message, *overrides.values())


def test_overrides_at_the_dataset_s_edge_are_accepted() -> None:
    edge: dict[str, HyperparameterValue] = {"mini_batch_size": 8, "label_width": 52}
    chosen = ALGORITHM.hyperparameters(report(train_samples=8, max_objects=10), edge)
    assert {name: int(chosen[name].value) for name in edge} == edge


def test_image_instances_and_answers_are_the_built_in_ones() -> None:
    algorithm = algorithm_named("object-detection")
    assert algorithm.image("us-east-1") == "811284229777.dkr.ecr.us-east-1.amazonaws.com/object-detection:1"
    algorithm.check_instance_type("ml.g4dn.xlarge")
    with pytest.raises(InvalidSettings, match=r"does not train on ml\.m5\.large"):
        algorithm.check_instance_type("ml.m5.large")
    body = json.dumps({"prediction": [[1.0, 0.5, 0.1, 0.2, 0.3, 0.4]]}).encode()
    assert algorithm.decode(body) == Detections((Detection(1, 0.5, 0.1, 0.2, 0.3, 0.4),))

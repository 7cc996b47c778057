"""The built-in semantic segmentation: its table, and the values that follow from a dataset."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.algorithms import algorithm_named
from labelloop.algorithms.semantic_segmentation import ALGORITHM, FROM_SCRATCH, HYPERPARAMETERS
from labelloop.checks import Check, dataset
from labelloop.checks.classes import TOO_FEW_CLASSES, TOO_MANY_CLASSES
from labelloop.errors import InvalidSettings, ManifestRefused
from labelloop.prediction import Options
from labelloop.report import ClassReport, Report
from labelloop.settings import HyperparameterValue
from PIL import Image

from tests.unit.algorithms.tables import FIXED, Table, as_sent_by_an_owner, flat, values
from tests.unit.factories import report

# Least, most, and a value on either side, as the algorithm's page gives them:
# https://docs.aws.amazon.com/sagemaker/latest/dg/segmentation-hyperparameters.html
ACCEPTED: Table = {
    "algorithm": ["fcn", "psp", "deeplab"],
    "backbone": ["resnet-50", "resnet-101"],
    "base_size": [17, 520],
    "crop_size": [17, 240],
    "early_stopping": [True, "False"],
    "early_stopping_min_epochs": [1],
    "early_stopping_patience": [1],
    "early_stopping_tolerance": [0, 1],
    "epochs": [1],
    "gamma1": [0, 1],
    "gamma2": [0, 1],
    "learning_rate": [1e-9, 1],
    "lr_scheduler": ["poly", "cosine"],
    "lr_scheduler_factor": [0, 1],
    "lr_scheduler_step": ["10", "10,20"],
    "mini_batch_size": [1],
    "momentum": [1e-9, 1],
    "optimizer": ["adam", "adagrad", "nag", "rmsprop", "sgd"],
    "syncbn": [True, "False"],
    "use_pretrained_model": [True, "False"],
    "validation_mini_batch_size": [1],
    "weight_decay": [1e-9, 0.999],
}
REFUSED: Table = {
    "algorithm": ["FCN", "unet"],
    "backbone": ["resnet50"],
    "base_size": [16],
    "crop_size": [16],
    "early_stopping": ["true", 1],
    "early_stopping_min_epochs": [0],
    "early_stopping_patience": [0],
    "early_stopping_tolerance": [-0.001, 1.001],
    "epochs": [0],
    "gamma1": [-0.001, 1.001],
    "gamma2": [-0.001, 1.001],
    "learning_rate": [0, 1.001],
    "lr_scheduler": ["linear"],
    "lr_scheduler_factor": [-0.001, 1.001],
    "lr_scheduler_step": ["", "10, 20", "10,", "ten"],
    "mini_batch_size": [0],
    "momentum": [0, 1.001],
    "optimizer": ["adadelta"],
    "syncbn": [1],
    "use_pretrained_model": [0, 1, "true"],
    "validation_mini_batch_size": [0],
    "weight_decay": [0, 1],
}


def _classes(count: int) -> tuple[ClassReport, ...]:
    return tuple(ClassReport(value, f"class {value}", 1, 1, 0) for value in range(count))


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
        "mini_batch_size": ("16", "derived"),
        "validation_mini_batch_size": ("16", "derived"),
        "use_pretrained_model": ("True", "default"),
        "backbone": ("resnet-50", "default"),
        "algorithm": ("fcn", "default"),
        "epochs": ("30", "default"),
        "base_size": ("520", "default"),
        "crop_size": ("240", "default"),
        "learning_rate": ("0.001", "default"),
    }


@given(
    st.builds(
        report,
        train_samples=st.integers(1, 200),
        validation_samples=st.integers(1, 200),
        classes=st.integers(2, 254).map(_classes),
    )
)
def test_what_is_computed_would_be_accepted_and_fits_the_dataset(facts: Report) -> None:
    chosen = ALGORITHM.hyperparameters(facts, {})
    assert as_sent_by_an_owner(HYPERPARAMETERS, chosen) == {name: entry.value for name, entry in chosen.items()}
    assert int(chosen["mini_batch_size"].value) <= facts.train_samples
    assert int(chosen["validation_mini_batch_size"].value) <= facts.validation_samples


@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        ("mini_batch_size", 9, "mini_batch_size is 9, and there are 8 training samples"),
        ("validation_mini_batch_size", 3, "validation_mini_batch_size is 3, and there are 2 validation samples"),
    ],
)
def test_a_batch_is_no_larger_than_its_channel(name: str, size: int, message: str) -> None:
    with pytest.raises(ManifestRefused) as refused:
        ALGORITHM.hyperparameters(report(train_samples=8, validation_samples=2), {name: size})
    found = refused.value
    assert (found.check, found.what, found.value) == (dataset.BATCH_LARGER_THAN_SAMPLES, message, size)


def test_steps_that_are_needed_have_to_be_named() -> None:
    message = r"^project.json: lr_scheduler step needs lr_scheduler_step, epochs such as 10,20\.$"
    with pytest.raises(InvalidSettings, match=message):
        ALGORITHM.hyperparameters(report(), {"lr_scheduler": "step"})


@pytest.mark.parametrize(
    "overrides",
    [
        {"mini_batch_size": 8, "validation_mini_batch_size": 2},
        {"lr_scheduler": "step", "lr_scheduler_step": "10,20"},
        {"lr_scheduler_step": "10,20"},
    ],
)
def test_overrides_that_go_together_are_accepted(overrides: dict[str, HyperparameterValue]) -> None:
    chosen = ALGORITHM.hyperparameters(report(train_samples=8, validation_samples=2), overrides)
    assert {name: chosen[name].value for name in overrides} == {name: str(value) for name, value in overrides.items()}


@pytest.mark.parametrize(("count", "check"), [(1, TOO_FEW_CLASSES), (255, TOO_MANY_CLASSES)])
def test_masks_with_too_few_or_too_many_classes_are_refused(count: int, check: Check) -> None:
    with pytest.raises(ManifestRefused) as refused:
        ALGORITHM.hyperparameters(report(classes=_classes(count)), {})
    found = refused.value
    assert (found.check, found.value) == (check, count)
    assert found.what == f"colour maps name pixel values up to {count - 1}; 2 to 254 classes are taken"


def test_without_pretrained_weights_it_learns_fast_and_is_scored_on_whole_pictures() -> None:
    chosen = values(ALGORITHM.hyperparameters(report(), FROM_SCRATCH))
    assert {name: chosen[name] for name in FROM_SCRATCH} == {
        "use_pretrained_model": ("False", "project.json"),
        "mini_batch_size": ("8", "project.json"),
        "validation_mini_batch_size": ("1", "project.json"),
        "optimizer": ("adam", "project.json"),
        "learning_rate": ("0.003", "project.json"),
        "lr_scheduler": ("cosine", "project.json"),
    }


@pytest.mark.parametrize(
    ("line", "metric", "value"),
    [
        ("#progress_metric: host=algo-1, completed 10 %", "train:progress", 10),
        ("#quality_metric: host=algo-1, epoch=3, train loss <loss>=(0.52)", "train:loss", 0.52),
        ("#quality_metric: host=algo-1, epoch=3, train loss <loss>=0.52", "train:loss", 0.52),
        ("#quality_metric: host=algo-1, epoch=3, batch=20 train loss <loss>=0.52", "train:loss", 0.52),
        ("#throughput_metric: host=algo-1, train throughput=61.7 records/second", "train:throughput", 61.7),
        ("#quality_metric: host=algo-1, epoch=3, validation mIOU <score>=(0.7)", "validation:mIOU", 0.7),
        ("[01/01] #quality_metric: host=algo-1, epoch=3, validation mIOU <score>=0.7", "validation:mIOU", 0.7),
        (
            "#quality_metric: host=algo-1, epoch=3, validation pixel_accuracy <score>=(0.98)",
            "validation:pixel_accuracy",
            0.98,
        ),
        ("#throughput_metric: host=algo-1, validation throughput=7.5 records/second", "validation:throughput", 7.5),
        ("epoch 3 done", None, None),
    ],
)
def test_metrics_are_read_from_the_log(line: str, metric: str | None, value: float | None) -> None:
    found = {name: re.search(regex, line) for name, regex in ALGORITHM.metric_definitions.items()}
    assert {name: float(match[1]) for name, match in found.items() if match} == ({metric: value} if metric else {})


@pytest.mark.parametrize(("confidence_mask", "accept"), [(False, "image/png"), (True, "application/x-protobuf")])
def test_probabilities_are_asked_for_only_where_they_are_needed(confidence_mask: bool, accept: str) -> None:
    assert ALGORITHM.accept(Options(confidence_mask=confidence_mask)) == accept


def test_image_channels_and_answers_are_the_built_in_ones() -> None:
    algorithm = algorithm_named("semantic-segmentation")
    assert algorithm.image("us-east-1") == "811284229777.dkr.ecr.us-east-1.amazonaws.com/semantic-segmentation:1"
    assert algorithm.content_type == "application/x-recordio"
    png = io.BytesIO()
    Image.new("L", (7, 5), 1).save(png, "PNG")
    assert len(algorithm.decode(png.getvalue())) == 1

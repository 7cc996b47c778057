import pytest
from mxnet_vision.hyperparameters import Hyperparameters
from mxnet_vision.models.semantic_segmentation import SegmentationHyperparameters
from mxnet_vision.schedule import EarlyStopping, learning_rate


def parameters(**values: object) -> Hyperparameters:
    given: dict[str, object] = {"num_classes": 1, "num_training_samples": 1, "learning_rate": 0.1} | values
    return Hyperparameters(**given)  # type: ignore[arg-type] # the values of a test table


@pytest.mark.parametrize(
    ("position", "rate"),
    [(0.0, 0.001), (1.5, 0.05), (3.0, 0.1), (9.9, 0.1), (10.0, 0.01), (19.5, 0.01), (20.0, 0.001), (40.0, 0.001)],
)
def test_the_rate_falls_at_the_steps_after_a_warm_up(position: float, rate: float) -> None:
    steps = parameters(lr_scheduler_step=(10, 20), lr_scheduler_factor=0.1)
    assert learning_rate(steps, position) == pytest.approx(rate)


@pytest.mark.parametrize(("position", "rate"), [(0.0, 0.001), (3.0, 0.1), (16.5, 0.05), (30.0, 0.0001), (99.0, 0.0001)])
def test_without_steps_the_rate_follows_a_cosine(position: float, rate: float) -> None:
    assert learning_rate(parameters(epochs=30), position) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("scheduler", "rates"),
    [("poly", (0.1, 0.05359, 0.0001)), ("cosine", (0.1, 0.05, 0.0001)), ("step", (0.1, 0.05, 0.025))],
)
def test_segmentation_says_how_the_rate_falls(scheduler: str, rates: tuple[float, ...]) -> None:
    falling = SegmentationHyperparameters(
        num_classes=2,
        num_training_samples=1,
        epochs=30,
        learning_rate=0.1,
        lr_scheduler=scheduler,
        lr_scheduler_step=(10, 20),
        lr_scheduler_factor=0.5,
    )
    assert tuple(learning_rate(falling, position) for position in (3.0, 16.5, 30.0)) == pytest.approx(rates, rel=1e-3)


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_a_short_training_has_a_short_warm_up(epochs: int) -> None:
    assert learning_rate(parameters(epochs=epochs), epochs / 4) == pytest.approx(0.1)


def stops_after(scores: list[float], **values: object) -> int | None:
    early = EarlyStopping(parameters(**values))
    return next((epoch for epoch, score in enumerate(scores) if early.is_due(epoch, score)), None)


FLAT = [0.1, 0.5, 0.5, 0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("values", "epoch"),
    [
        ({}, None),
        ({"early_stopping": True, "early_stopping_min_epochs": 1, "early_stopping_patience": 2}, 3),
        ({"early_stopping": True, "early_stopping_min_epochs": 5, "early_stopping_patience": 2}, 4),
        ({"early_stopping": True, "early_stopping_min_epochs": 1, "early_stopping_patience": 9}, None),
        (
            {
                "early_stopping": True,
                "early_stopping_min_epochs": 1,
                "early_stopping_patience": 2,
                "early_stopping_tolerance": 0.5,
            },
            2,
        ),
    ],
    ids=["off", "patience", "not before min_epochs", "patience outlasts", "tolerance"],
)
def test_early_stopping(values: dict[str, object], epoch: int | None) -> None:
    assert stops_after(FLAT, **values) == epoch

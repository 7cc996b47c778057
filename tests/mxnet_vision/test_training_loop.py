"""The loop around a learner that needs no MXNet."""

import math
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from mxnet_vision.errors import ClientError
from mxnet_vision.hyperparameters import Hyperparameters, read
from mxnet_vision.job import Job
from mxnet_vision.models import Algorithm, Predictor
from mxnet_vision.samples import Sample
from mxnet_vision.train import train

from .conftest import LINES, OptMl, streamed


class Scripted:
    """A learner with scores known beforehand; the file it saves is named after the epoch, counted from 1."""

    metric = "mAP"

    def __init__(self, given: Sequence[float], loss: float) -> None:
        self.given = given
        self.loss = loss
        self.rates: list[float] = []
        self.validated = 0

    def prepare(self, sample: Sample, rng: np.random.Generator | None) -> object:
        return sample

    def fit(self, batch: Sequence[object], learning_rate: float) -> Mapping[str, float]:
        assert len(batch) == 4
        self.rates.append(learning_rate)
        return {"cross_entropy": self.loss}

    def scores(self, batches: Iterator[Sequence[object]]) -> Mapping[str, float]:
        assert [len(batch) for batch in batches] == [4, 2]
        self.validated += 1
        return {"other": 1 / self.validated, "mAP": self.given[self.validated - 1]}

    def save(self, folder: Path, epoch: int) -> None:
        (folder / f"weights-{epoch + 1}.params").touch()


def read_common(values: Mapping[str, str]) -> Hyperparameters:
    return read(Hyperparameters, {name: text for name, text in values.items() if name != "use_pretrained_model"})


def no_predictor(_: Path) -> Predictor:
    raise NotImplementedError


def run(opt_ml: OptMl, scores: Sequence[float], loss: float = 1.0, **hyperparameters: str) -> Scripted:
    """Train a scripted learner over real FIFOs: 9 records, 6 of validation."""
    learner = Scripted(scores, loss)
    opt_ml.prepare({"epochs": str(len(scores))} | hyperparameters)
    opt_ml.stream_epochs(len(scores), streamed([*LINES, LINES[0]]), streamed(LINES[:6]))
    algorithm: Algorithm[object] = Algorithm(read_common, lambda _values, _first: learner, no_predictor)
    train(Job(opt_ml.base), algorithm, threading.Event())
    return learner


@pytest.mark.parametrize(
    ("scores", "best"),
    [([0.1, 0.9, 0.5], 2), ([0.9, 0.1, 0.5], 1), ([0.0, 0.0, 0.0], 3), ([0.5, 0.2, 0.5], 3)],
)
def test_the_weights_of_the_best_epoch_are_saved(opt_ml: OptMl, scores: list[float], best: int) -> None:
    run(opt_ml, scores)
    assert [file.name for file in (opt_ml.base / "model").iterdir()] == [f"weights-{best}.params"]


def test_early_stopping_leaves_the_later_pipes_alone(opt_ml: OptMl, capsys: pytest.CaptureFixture[str]) -> None:
    learner = run(
        opt_ml,
        [0.1, 0.6, 0.5, 0.5, 0.9],
        early_stopping="True",
        early_stopping_min_epochs="1",
        early_stopping_patience="2",
    )
    assert learner.validated == 4
    assert "Early stopping after epoch 3: the best score is 0.600000." in capsys.readouterr().out


def test_the_learning_rate_moves_within_an_epoch(opt_ml: OptMl) -> None:
    rates = run(opt_ml, [0.0] * 4, learning_rate="0.1", lr_scheduler_step="2", num_training_samples="8").rates
    assert rates == pytest.approx([0.001, 0.05, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01])


@pytest.mark.parametrize(("told", "said"), [("8", False), ("11", False), ("40", True), ("4", True)])
def test_a_wrong_num_training_samples_is_said(
    opt_ml: OptMl, capsys: pytest.CaptureFixture[str], told: str, said: bool
) -> None:
    run(opt_ml, [0.5], num_training_samples=told)
    assert (f"num_training_samples={told} makes" in capsys.readouterr().out) == said


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_no_number_is_a_client_error(opt_ml: OptMl, loss: float) -> None:
    with pytest.raises(ClientError, match="Training diverged in epoch 0: a loss is not finite"):
        run(opt_ml, [0.5], loss)
    assert not (opt_ml.base / "model").exists()


def test_metrics_name_the_host(opt_ml: OptMl, capsys: pytest.CaptureFixture[str]) -> None:
    run(opt_ml, [0.25])
    said = re.sub(r"throughput=\S+", "throughput=…", capsys.readouterr().out)
    assert said.splitlines() == [
        "#quality_metric: host=algo-1, epoch=0, batch=2 train cross_entropy <loss>=1.000000",
        "#throughput_metric: host=algo-1, train throughput=… records/second",
        "#quality_metric: host=algo-1, epoch=0, validation other <score>=(1.000000)",
        "#quality_metric: host=algo-1, epoch=0, validation mAP <score>=(0.250000)",
        "#throughput_metric: host=algo-1, validation throughput=… records/second",
        "#progress_metric: host=algo-1, completed 100 %",
        "Storing the best model with validation mAP: 0.250000",
        f'Saved checkpoint to "{opt_ml.base}/model/weights-1.params"',
    ]

"""One training job: epochs of Pipe mode through a network, its best weights into the model folder."""

import math
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np

from mxnet_vision.errors import ClientError
from mxnet_vision.feed import in_background, in_batches, shuffled
from mxnet_vision.hyperparameters import Hyperparameters
from mxnet_vision.job import Job
from mxnet_vision.metrics import MetricLog, print_line
from mxnet_vision.models import Algorithm, Learner
from mxnet_vision.pipe import Channel
from mxnet_vision.samples import Sample, pair_up
from mxnet_vision.schedule import EarlyStopping, learning_rate

SEED = 20  # of shuffling and augmentation, with the epoch's number
_READ_AHEAD = 4  # encoded samples; the shuffling window holds far more
_BATCHES_AHEAD = 4
EMPTY_BATCH = (
    "Got empty batch from pipe. Please check if the manifest file contains valid batches and the value of training job "
    "parameter AttributeNames matches attributes names in the augmented manifest."
)


def train(job: Job, algorithm: Algorithm[object], stop: threading.Event) -> None:
    """Train until the last epoch, early stopping, or `stop`; then write the artifact.

    Raises:
        ClientError: hyperparameters or data cannot be used, or `stop` came before there was anything to save.
    """
    job.check_channels()
    values = job.hyperparameters()
    parameters = algorithm.read(values)
    for note in parameters.notes():
        print_line(note)
    training = Training(job, parameters, stop, MetricLog(job.host()))
    learner = training.run(algorithm, values)
    write_artifact(learner, job.model)


def write_artifact(learner: Learner[object], folder: Path) -> None:
    """Save beside the final names, then rename: a file in the model folder is always whole."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".saving-") as unfinished:
        learner.save(Path(unfinished))
        for file in Path(unfinished).iterdir():
            file.replace(folder / file.name)


@dataclass(slots=True)
class Training:
    """The epochs of one job."""

    job: Job
    parameters: Hyperparameters
    stop: threading.Event
    log: MetricLog
    best: float = field(default=-math.inf)

    def run(self, algorithm: Algorithm[object], values: Mapping[str, str]) -> Learner[object]:
        """The learner, having remembered its best weights."""
        first, samples = self._peek(self._read("train", 0))
        learner = algorithm.learner(values, first)
        early = EarlyStopping(self.parameters)
        for epoch in range(self.parameters.epochs):
            batches = self._fit(learner, epoch, samples if epoch == 0 else self._read("train", epoch))
            score = None if self.stop.is_set() else self._validate(learner, epoch)
            self._remember_best(learner, batches, score)
            if score is None:
                print_line(f"Stopped in epoch {epoch}; saving the best model so far.")
                break
            self.log.progress(epoch + 1, self.parameters.epochs)
            if early.is_due(epoch, score):
                print_line(f"Early stopping after epoch {epoch}: the best score is {early.best:.6f}.")
                break
        return learner

    def _remember_best(self, learner: Learner[object], batches: int, score: float | None) -> None:
        """Equal scores go to the later weights: before anything is detected, they are all zero."""
        if score is not None and score >= self.best:
            self.best = score
            learner.remember()
        elif score is None and self.best == -math.inf:
            if not batches:
                raise ClientError("Training was stopped before its first batch; there is no model to save.")
            learner.remember()

    def _peek(self, samples: Iterator[Sample]) -> tuple[Sample, Iterator[Sample]]:
        first = next(samples, None)
        if first is None:
            raise ClientError("Training was stopped before its first batch." if self.stop.is_set() else EMPTY_BATCH)
        return first, chain([first], samples)

    def _read(self, channel: str, epoch: int) -> Iterator[Sample]:
        records = Channel(self.job.data, channel).records(epoch)
        return in_background(pair_up(records, channel, epoch), _READ_AHEAD, self.stop)

    def _fit(self, learner: Learner[object], epoch: int, samples: Iterator[Sample]) -> int:
        rng = np.random.default_rng([SEED, epoch])
        prepared = (learner.prepare(sample, rng) for sample in shuffled(samples, rng))
        size = self.parameters.mini_batch_size
        begun = time.perf_counter()
        losses: list[Mapping[str, float]] = []
        for batch in in_background(in_batches(prepared, size), _BATCHES_AHEAD, self.stop):
            if len(batch) == size:  # a rest smaller than a batch is left out; shuffling makes it another one each epoch
                position = epoch + min(1.0, len(losses) * size / self.parameters.num_training_samples)
                losses.append(learner.fit(batch, learning_rate(self.parameters, position)))
        if not losses and not self.stop.is_set():
            raise ClientError(EMPTY_BATCH)
        if epoch == 0:
            self._compare_sizes(len(losses))
        if losses:
            self._log_fit(epoch, losses, time.perf_counter() - begun)
        return len(losses)

    def _compare_sizes(self, batches: int) -> None:
        told = self.parameters.num_training_samples // self.parameters.mini_batch_size
        if batches != told and not self.stop.is_set():
            print_line(
                f"num_training_samples={self.parameters.num_training_samples} makes {told} batches, but the epoch had "
                f"{batches}; the learning rate follows num_training_samples."
            )

    def _log_fit(self, epoch: int, losses: list[Mapping[str, float]], seconds: float) -> None:
        means = {name: float(np.mean([each[name] for each in losses])) for name in losses[0]}
        if not all(math.isfinite(mean) for mean in means.values()):
            raise ClientError(f"Training diverged in epoch {epoch}: a loss is not finite. Lower learning_rate.")
        self.log.losses(epoch, len(losses), means)
        self.log.throughput(len(losses) * self.parameters.mini_batch_size / seconds)

    def _validate(self, learner: Learner[object], epoch: int) -> float | None:
        prepared = (learner.prepare(sample, None) for sample in self._read("validation", epoch))
        batches = in_background(in_batches(prepared, self.parameters.mini_batch_size), _BATCHES_AHEAD, self.stop)
        first = next(batches, None)
        if first is None and not self.stop.is_set():
            raise ClientError(EMPTY_BATCH)
        score = learner.score(chain([first] if first else [], batches))
        if self.stop.is_set():  # not all of the channel was seen
            return None
        self.log.score(epoch, learner.metric, score)
        return score

"""One training job: epochs of Pipe mode through a network, its best weights into the model folder."""

import math
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from mxnet_vision.artifact import replace_files
from mxnet_vision.errors import EMPTY_BATCH, ClientError
from mxnet_vision.feed import Counted, in_background, in_batches, shuffled
from mxnet_vision.hyperparameters import Hyperparameters
from mxnet_vision.job import Job
from mxnet_vision.metrics import MetricLog, Reading, print_line
from mxnet_vision.models import Algorithm, Learner
from mxnet_vision.pipe import Channel
from mxnet_vision.samples import Sample, pair_up
from mxnet_vision.schedule import EarlyStopping, learning_rate

SEED = 20  # of shuffling and augmentation, with the epoch's number
_READ_AHEAD = 4  # encoded samples; the shuffling window holds far more
_BATCHES_AHEAD = 4


def train(job: Job, algorithm: Algorithm[object], stop: threading.Event) -> None:
    """Train until the last epoch, early stopping, or `stop`; the artifact is written after each epoch that is the best.

    Raises:
        ClientError: hyperparameters or data cannot be used, or `stop` came before there was anything to save.
    """
    job.check_channels()
    values = job.hyperparameters()
    parameters = algorithm.read(values)
    for note in parameters.notes():
        print_line(note)
    log = algorithm.log(job.host(), parameters.epochs)
    Training(job, algorithm, parameters, stop, log).run(values)


@dataclass(slots=True)
class Training:
    """The epochs of one job."""

    job: Job
    algorithm: Algorithm[object]
    parameters: Hyperparameters
    stop: threading.Event
    log: MetricLog
    best: float = field(default=-math.inf)

    def run(self, values: Mapping[str, str]) -> None:
        """All epochs."""
        first, samples = self._peek(self._read("train", 0))
        learner = self.algorithm.learner(values, first)
        early = EarlyStopping(self.parameters)
        for epoch in range(self.parameters.epochs):
            batches = self._fit(learner, epoch, samples if epoch == 0 else self._read("train", epoch))
            score = None if self.stop.is_set() else self._validate(learner, epoch)
            self._save_if_best(learner, epoch, batches, score)
            if score is None:
                print_line(f"Stopped in epoch {epoch}; the best model so far is saved.")
                break
            if early.is_due(epoch, score):
                print_line(f"Early stopping after epoch {epoch}: the best score is {early.best:.6f}.")
                break

    def _save_if_best(self, learner: Learner[object], epoch: int, batches: int, score: float | None) -> None:
        """Equal scores go to the later weights: before anything is detected, they are all zero."""
        if score is None:
            if self.best > -math.inf:
                return
            if not batches:
                raise ClientError("Training was stopped before its first batch; there is no model to save.")
        elif score < self.best:
            return
        else:
            self.best = score
            print_line(f"Storing the best model with validation {learner.metric}: {score:.6f}")
        for file in replace_files(self.job.model, lambda folder: learner.save(folder, epoch)):
            if file.suffix == ".params":
                print_line(f'Saved checkpoint to "{file}"')

    def _peek(self, samples: Iterator[Sample]) -> tuple[Sample, Iterator[Sample]]:
        first = next(samples, None)
        if first is None:
            raise ClientError("Training was stopped before its first batch." if self.stop.is_set() else EMPTY_BATCH)
        return first, chain([first], samples)

    def _read(self, channel: str, epoch: int) -> Iterator[Sample]:
        records = Channel(self.job.data, channel).records(epoch)
        return in_background(pair_up(records, channel, epoch, self.job.content_type(channel)), _READ_AHEAD, self.stop)

    def _fit(self, learner: Learner[object], epoch: int, samples: Iterator[Sample]) -> int:
        rng = np.random.default_rng([SEED, epoch])
        prepared = (learner.prepare(sample, rng) for sample in shuffled(samples, rng))
        size = self.parameters.mini_batch_size
        begun = time.perf_counter()
        values: list[Mapping[str, float]] = []
        for batch in in_background(in_batches(prepared, size), _BATCHES_AHEAD, self.stop):
            if len(batch) == size:  # a rest smaller than a batch is left out; shuffling makes it another one each epoch
                position = epoch + min(1.0, len(values) * size / self.parameters.num_training_samples)
                values.append(learner.fit(batch, learning_rate(self.parameters, position)))
        if not values and not self.stop.is_set():
            raise ClientError(self.algorithm.too_few_samples)
        if epoch == 0:
            self._compare_sizes(len(values))
        if values:
            seconds = time.perf_counter() - begun
            self.log.trained(Reading(epoch, len(values), len(values) * size, seconds, _finite_means(values, epoch)))
        return len(values)

    def _compare_sizes(self, batches: int) -> None:
        told = self.parameters.num_training_samples // self.parameters.mini_batch_size
        if batches != told and not self.stop.is_set():
            print_line(
                f"num_training_samples={self.parameters.num_training_samples} makes {told} batches, but the epoch had "
                f"{batches}; the learning rate follows num_training_samples."
            )

    def _validate(self, learner: Learner[object], epoch: int) -> float | None:
        prepared = (learner.prepare(sample, None) for sample in self._read("validation", epoch))
        batches = in_background(in_batches(prepared, self.parameters.validation_batch), _BATCHES_AHEAD, self.stop)
        seen = Counted(batches)
        begun = time.perf_counter()
        first = next(seen, None)
        if first is None and not self.stop.is_set():
            raise ClientError(EMPTY_BATCH)
        scores = learner.scores(chain([first] if first else [], seen))
        if self.stop.is_set():  # not all of the channel was seen
            return None
        self.log.validated(Reading(epoch, seen.batches, seen.items, time.perf_counter() - begun, scores))
        return scores[learner.metric]


def _finite_means(values: Sequence[Mapping[str, float]], epoch: int) -> dict[str, float]:
    means = {name: float(np.mean([each[name] for each in values])) for name in values[0]}
    if not all(math.isfinite(mean) for mean in means.values()):
        raise ClientError(f"Training diverged in epoch {epoch}: a loss is not finite. Lower learning_rate.")
    return means

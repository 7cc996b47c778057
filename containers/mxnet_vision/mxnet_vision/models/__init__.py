"""The algorithms this container stands in for: each is a module here, named after it, with an `ALGORITHM`.

`ALGORITHM` in the environment chooses one. Its module imports MXNet only when it needs a network, so that a job with
bad hyperparameters fails at once.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Generic, Protocol, TypeVar, cast

import numpy as np

from mxnet_vision.errors import EMPTY_BATCH, ClientError
from mxnet_vision.hyperparameters import Hyperparameters
from mxnet_vision.metrics import MetricLog, QualityMetricLog
from mxnet_vision.samples import Sample

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of a response and its content type."""

    body: bytes
    content_type: str


class Learner(Protocol[S]):
    """A network in training; `S` is what one sample becomes before it meets the network."""

    metric: str  # which of the validation scores decides what is best; higher is better

    def prepare(self, sample: Sample, rng: np.random.Generator | None) -> S:
        """Decode a sample, with random augmentation where an `rng` is given. Called from a background thread."""

    def fit(self, batch: Sequence[S], learning_rate: float) -> Mapping[str, float]:
        """One optimiser step; the losses and other training metrics by name."""

    def scores(self, batches: Iterator[Sequence[S]]) -> Mapping[str, float]:
        """The validation scores by name, over the batches of an epoch."""

    def save(self, folder: Path, epoch: int) -> None:
        """Write the weights as they are after `epoch` and whatever serving needs, under the built-in's file names."""


class Predictor(Protocol):
    """A trained network that answers requests, one at a time."""

    def answer(self, picture: bytes, accept: str) -> Answer:
        """The answer for one encoded picture.

        Raises:
            UndecodablePicture: the bytes are not a picture.
            NotAcceptableError: no form of answer has the type asked for.
        """


class NotAcceptableError(Exception):
    """The Accept header names no content type this algorithm answers with, or one too large for this picture."""


def asked_for(accept: str, forms: Mapping[str, T]) -> T:
    """What `forms` has for the Accept header; its first one where the caller has no wish.

    Raises:
        NotAcceptableError: the content type is none of them.
    """
    wanted = accept.replace(" ", "").lower()
    if wanted in ("", "*/*"):
        return next(iter(forms.values()))
    if wanted not in forms:
        raise NotAcceptableError(f"Accept '{accept}' is none of {', '.join(forms)}.")
    return forms[wanted]


def json_answer(document: object, content_type: str) -> Answer:
    """The document as JSON; as JSON Lines it is one line."""
    end = "\n" if content_type == "application/jsonlines" else ""
    return Answer((json.dumps(document) + end).encode(), content_type)


@dataclass(frozen=True, slots=True)
class Algorithm(Generic[S]):
    """One built-in algorithm: how its hyperparameters are read, how it learns, answers, and words its log."""

    read: Callable[[Mapping[str, str]], Hyperparameters]
    learner: Callable[[Mapping[str, str], Sample], Learner[S]]
    predictor: Callable[[Path], Predictor]
    log: Callable[[str, int], MetricLog] = QualityMetricLog  # of a host and a number of epochs
    too_few_samples: str = EMPTY_BATCH  # the failure when an epoch has less than one batch


def names() -> list[str]:
    """The algorithms there are, as SageMaker names their repositories."""
    return sorted(module.name.replace("_", "-") for module in iter_modules(__path__))


def load(name: str) -> Algorithm[object]:
    """The algorithm of that repository name.

    Raises:
        ClientError: there is no stand-in for it.
    """
    if name not in names():
        raise ClientError(f"ALGORITHM is '{name}'; this container has {', '.join(names())}.")
    return cast("Algorithm[object]", import_module(f"{__name__}.{name.replace('-', '_')}").ALGORITHM)

"""The algorithms this container stands in for, each behind the same two small protocols.

`ALGORITHM` in the environment chooses one; its module imports MXNet only when it needs a network, so that a job with
bad hyperparameters fails at once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Generic, Protocol, TypeVar, cast

import numpy as np

from mxnet_vision.errors import ClientError
from mxnet_vision.hyperparameters import Hyperparameters
from mxnet_vision.samples import Sample

_MODULES = {"object-detection": "mxnet_vision.models.object_detection"}

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of a response and its content type."""

    body: bytes
    content_type: str


class Learner(Protocol[S]):
    """A network in training; `S` is what one sample becomes before it meets the network."""

    metric: str  # name of the validation score in the log; higher is better

    def prepare(self, sample: Sample, rng: np.random.Generator | None) -> S:
        """Decode a sample, with random augmentation where an `rng` is given. Called from a background thread."""

    def fit(self, batch: Sequence[S], learning_rate: float) -> Mapping[str, float]:
        """One optimiser step; the losses by name."""

    def score(self, batches: Iterator[Sequence[S]]) -> float:
        """The metric over the batches of a validation epoch."""

    def remember(self) -> None:
        """Keep the weights of this moment as the ones to save."""

    def save(self, folder: Path) -> None:
        """Write the remembered weights and whatever serving needs, under the built-in's file names."""


class Predictor(Protocol):
    """A trained network that answers requests, one at a time."""

    def answer(self, picture: bytes, accept: str) -> Answer:
        """The answer for one encoded picture.

        Raises:
            UndecodablePicture: the bytes are not a picture.
            NotAcceptableError: no form of answer has the type asked for.
        """


class NotAcceptableError(Exception):
    """The Accept header names no content type this algorithm answers with."""


@dataclass(frozen=True, slots=True)
class Algorithm(Generic[S]):
    """One built-in algorithm: how its hyperparameters are read, how it learns, how it answers."""

    read: Callable[[Mapping[str, str]], Hyperparameters]
    learner: Callable[[Mapping[str, str], Sample], Learner[S]]
    predictor: Callable[[Path], Predictor]


def load(name: str) -> Algorithm[object]:
    """The algorithm of that repository name.

    Raises:
        ClientError: there is no stand-in for it.
    """
    if name not in _MODULES:
        raise ClientError(f"ALGORITHM is '{name}'; this container has {', '.join(_MODULES)}.")
    return cast("Algorithm[object]", import_module(_MODULES[name]).ALGORITHM)

"""Hyperparameters as the built-in algorithms take them: named strings with a default and a range.

One frozen dataclass per algorithm says them all; each field carries how its text is read.
Source: SageMaker developer guide, "Object Detection Hyperparameters" and its sisters.
"""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, TypeVar

from mxnet_vision.errors import ClientError

_READ = "read"


def _parameter(read: Callable[[str], object], default: object) -> Any:
    # Any, like dataclasses.field itself: the annotation of the field it is assigned to is the type.
    return field(default=default, metadata={_READ: read})


def whole(minimum: int, default: object = MISSING, *, maximum: int = sys.maxsize) -> Any:
    """An integer of at least `minimum`."""

    def read(text: str) -> int:
        number = int(text)
        if not minimum <= number <= maximum:
            raise ValueError
        return number

    rule = f"of at least {minimum}" if maximum == sys.maxsize else f"between {minimum} and {maximum}"
    return _parameter(_explained(read, f"must be an integer {rule}"), default)


def real(interval: str, default: object = MISSING) -> Any:
    """A number in `interval`, written as in mathematics: `(0, 1]`."""
    low, high = (float(end) for end in interval[1:-1].split(","))

    def read(text: str) -> float:
        number = float(text)
        above = number >= low if interval[0] == "[" else number > low
        below = number <= high if interval[-1] == "]" else number < high
        if not (above and below):
            raise ValueError
        return number

    return _parameter(_explained(read, f"must be a number in {interval}"), default)


def choice(*options: str, default: object = MISSING) -> Any:
    """One of `options`, letter for letter."""

    def read(text: str) -> str:
        return options[options.index(text)]

    return _parameter(_explained(read, f"must be one of {', '.join(options)}"), default)


def switch(default: object = MISSING) -> Any:
    """True or False in the spellings most built-ins take: `True`, `true`, `1` and their opposites."""

    def read(text: str) -> bool:
        return ("false", "0", "true", "1").index(text.lower()) >= 2

    return _parameter(_explained(read, "must be True or False"), default)


def truth(default: object = MISSING) -> Any:
    """True or False in words only."""

    def read(text: str) -> bool:
        return ("false", "true").index(text.lower()) == 1

    return _parameter(_explained(read, "must be True or False"), default)


def epochs_list(default: object = MISSING) -> Any:
    """Epochs at which the learning rate falls: `10,20`; an empty text is none."""

    def read(text: str) -> tuple[int, ...]:
        return tuple(int(part) for part in text.split(",") if text.strip())

    return _parameter(_explained(read, 'must be epochs like "10,20"'), default)


def picture_shape(default: object = MISSING) -> Any:
    """Channels, height and width of a picture: `3,224,224`; only three channels are taken."""

    def read(text: str) -> tuple[int, int, int]:
        channels, height, width = (int(part) for part in text.split(","))
        if channels != 3 or min(height, width) < 1:
            raise ValueError
        return channels, height, width

    return _parameter(_explained(read, 'must be three channels, height and width like "3,224,224"'), default)


def pattern(default: object = MISSING) -> Any:
    """A regular expression."""

    def read(text: str) -> str:
        re.compile(text)
        return text

    return _parameter(_explained(read, "must be a regular expression"), default)


def _explained(read: Callable[[str], object], rule: str) -> Callable[[str], object]:
    def checked(text: str) -> object:
        try:
            return read(text)
        except (ValueError, re.error) as error:
            raise ValueError(rule) from error

    return checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """What all three algorithms have in common; an algorithm's own class gives defaults of its own."""

    num_classes: int = whole(1)
    num_training_samples: int = whole(1)
    epochs: int = whole(1, 30)
    mini_batch_size: int = whole(1, 32)
    learning_rate: float = real("(0, 1]", 0.001)
    optimizer: str = choice("sgd", "adam", "rmsprop", default="sgd")
    lr_scheduler_step: tuple[int, ...] = epochs_list(())
    lr_scheduler_factor: float = real("(0, 1)", 0.1)
    momentum: float = real("(0, 1]", 0.9)
    weight_decay: float = real("(0, 1)", 0.0005)
    early_stopping: bool = switch(default=False)
    early_stopping_min_epochs: int = whole(1, 10)
    early_stopping_patience: int = whole(1, 5)
    early_stopping_tolerance: float = real("[0, 1]", 0.0)

    @property
    def decay(self) -> str:
        """How the learning rate falls, see `schedule`. With no steps the built-ins keep it; small data wants a fall."""
        return "step" if self.lr_scheduler_step else "cosine"

    @property
    def validation_batch(self) -> int:
        """Samples that are scored together."""
        return self.mini_batch_size

    def optimizer_options(self) -> dict[str, float | bool]:
        """What MXNet's optimiser of that name is told."""
        options = {"learning_rate": self.learning_rate, "wd": self.weight_decay}
        return options | ({"momentum": self.momentum} if self.optimizer in ("sgd", "nag") else {})

    def notes(self) -> list[str]:
        """What a reader of the log should know, such as values that have no effect here."""
        return []


def without_effect(**values: object) -> list[str]:
    """A note for each value that somebody set and that does nothing here."""
    return [f"{name}={value} has no effect in this stand-in." for name, value in values.items() if value]


FROM_SCRATCH = "there are no pre-trained weights here; training starts from scratch."

H = TypeVar("H", bound=Hyperparameters)


def read(kind: type[H], values: Mapping[str, str]) -> H:
    """The typed hyperparameters of one algorithm. Names that begin with `_` are SageMaker's own and are passed over.

    Raises:
        ClientError: a name nobody knows, a required one left out, or a value outside its range.
    """
    known = {each.name: each for each in fields(kind)}
    sent = {name: text for name, text in values.items() if not name.startswith("_")}
    for name in sent:
        if name not in known:
            raise ClientError(f"Additional hyperparameters are not allowed ('{name}' was unexpected).")
    for name, each in known.items():
        if name not in sent and each.default is MISSING:
            raise ClientError(f"Hyperparameter '{name}' is required.")
    typed: dict[str, Any] = {name: _read_value(known[name], text) for name, text in sent.items()}
    return kind(**typed)


def _read_value(parameter: "Field[Any]", text: str) -> object:
    try:
        return parameter.metadata[_READ](text)
    except ValueError as error:
        raise ClientError(f"Invalid value '{text}' for hyperparameter '{parameter.name}': it {error}.") from error

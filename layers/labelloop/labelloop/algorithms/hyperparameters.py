"""Hyperparameters: what an algorithm accepts, and where each value of a request came from."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec

from labelloop.errors import InvalidSettings
from labelloop.settings import HyperparameterValue

Source = Literal["derived", "default", "project.json"]


class Chosen(msgspec.Struct, frozen=True):
    """A hyperparameter's value as SageMaker wants it (all are strings), where it came from and by which rule."""

    value: str
    source: Source
    rule: str


class Hyperparameter(msgspec.Struct, frozen=True):
    """One row of an algorithm's table.

    `parse` turns a value into a comparable one and raises ValueError for a wrong form, `valid` says which of those are
    accepted, `range` says so in words.
    """

    name: str
    parse: Callable[[str], object]
    valid: Callable[[object], bool]
    range: str

    def text_of(self, value: HyperparameterValue) -> str:
        """The value as a request carries it.

        Raises:
            InvalidSettings: of the wrong form or out of range.
        """
        text = str(value)
        try:
            accepted = self.valid(self.parse(text))
        except ValueError:
            accepted = False
        if not accepted:
            raise InvalidSettings(f"project.json: hyperparameter {self.name!r} is {value!r}; it must be {self.range}.")
        return text


def integer(name: str, least: int, most: int | None = None) -> Hyperparameter:
    """A whole number between two bounds, both allowed."""
    words = f"a whole number of at least {least}" + (f" and at most {most}" if most is not None else "")
    top = float("inf") if most is None else most
    return Hyperparameter(name, int, lambda value: least <= value <= top, words)  # type: ignore[operator]


def number(
    name: str, least: float, most: float, *, least_allowed: bool = True, most_allowed: bool = True
) -> Hyperparameter:
    """A number between two bounds, each allowed or not."""
    words = f"a number in {'[' if least_allowed else '('}{least}, {most}{']' if most_allowed else ')'}"

    def valid(value: float) -> bool:
        return least < value < most or (least_allowed and value == least) or (most_allowed and value == most)

    return Hyperparameter(name, float, valid, words)  # type: ignore[arg-type]


def choice(name: str, *values: str) -> Hyperparameter:
    """One of a few words."""
    return Hyperparameter(name, str, lambda value: value in values, f"one of {', '.join(values)}")


def text(name: str, words: str, valid: Callable[[str], bool] = lambda _: True) -> Hyperparameter:
    """A string; `words` says which."""
    return Hyperparameter(name, str, valid, words)  # type: ignore[arg-type]


def choose(
    table: Iterable[Hyperparameter],
    computed: Mapping[str, Chosen],
    overrides: Mapping[str, HyperparameterValue],
    *,
    fixed: frozenset[str],
) -> dict[str, Chosen]:
    """The hyperparameters of a request: computed ones, replaced by project.json's where it may.

    Args:
        table: all that the algorithm accepts.
        computed: derived from the dataset, or our defaults.
        overrides: from project.json.
        fixed: names that follow from the dataset alone.

    Raises:
        InvalidSettings: an override of an unknown or fixed name, or with a bad value.
    """
    known = {row.name: row for row in table}
    chosen = dict(computed)
    for name, value in overrides.items():
        if name in fixed:
            raise InvalidSettings(f"project.json: hyperparameter {name!r} follows from the dataset and cannot be set.")
        if name not in known:
            raise InvalidSettings(
                f"project.json: unknown hyperparameter {name!r}.", hint=f"Known are: {', '.join(sorted(known))}."
            )
        chosen[name] = Chosen(known[name].text_of(value), "project.json", "set by the project's owner")
    return chosen

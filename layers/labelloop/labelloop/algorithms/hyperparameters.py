"""Hyperparameters: what an algorithm accepts, and where each value of a request came from."""

import re
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

    `normal` turns a value's text into the one that a request carries, and raises ValueError where the algorithm would
    not take it; `range` says in words what it takes.
    """

    name: str
    normal: Callable[[str], str]
    range: str

    def text_of(self, value: HyperparameterValue) -> str:
        """The value as a request carries it.

        Raises:
            InvalidSettings: of the wrong form or out of range.
        """
        try:
            return self.normal(str(value))
        except ValueError as error:
            raise InvalidSettings(
                f"project.json: hyperparameter {self.name!r} is {value!r}; it must be {self.range}."
            ) from error


def integer(name: str, least: int, most: int | None = None) -> Hyperparameter:
    """A whole number from `least` on, or up to `most`."""

    def normal(text: str) -> str:
        value = int(text)
        _require(value >= least and (most is None or value <= most))
        return str(value)

    words = f"of at least {least}" if most is None else f"from {least} to {most}"
    return Hyperparameter(name, normal, f"a whole number {words}")


def number(
    name: str, least: float, most: float, *, least_allowed: bool = True, most_allowed: bool = True
) -> Hyperparameter:
    """A number between two bounds, each allowed or not."""

    def normal(text: str) -> str:
        value = float(text)
        _require(least < value < most or (least_allowed and value == least) or (most_allowed and value == most))
        return repr(value)

    brackets = ("[" if least_allowed else "(", "]" if most_allowed else ")")
    return Hyperparameter(name, normal, f"a number in {brackets[0]}{least}, {most}{brackets[1]}")


def choice(name: str, *values: str) -> Hyperparameter:
    """One of a few words."""

    def normal(text: str) -> str:
        _require(text in values)
        return text

    return Hyperparameter(name, normal, f"one of {', '.join(values)}")


def matching(name: str, pattern: str, words: str) -> Hyperparameter:
    """A text of a pattern, which `words` describe."""

    def normal(text: str) -> str:
        _require(re.fullmatch(pattern, text) is not None)
        return text

    return Hyperparameter(name, normal, words)


def regular_expression(name: str) -> Hyperparameter:
    """A regular expression."""

    def normal(text: str) -> str:
        try:
            re.compile(text)
        except re.error as error:
            raise ValueError(text) from error
        return text

    return Hyperparameter(name, normal, "a regular expression")


def _require(accepted: bool) -> None:
    if not accepted:
        raise ValueError


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

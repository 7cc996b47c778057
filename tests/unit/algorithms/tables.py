"""Hyperparameters as tables of examples: name to values."""

from labelloop.algorithms.hyperparameters import Chosen, Hyperparameter
from labelloop.settings import HyperparameterValue

Table = dict[str, list[HyperparameterValue]]
FIXED: list[tuple[str, HyperparameterValue]] = [("num_classes", 2), ("num_training_samples", 80)]


def flat(table: Table) -> list[tuple[str, HyperparameterValue]]:
    return [(name, value) for name, values in table.items() for value in values]


def values(chosen: dict[str, Chosen]) -> dict[str, tuple[str, str]]:
    """Value and source by name; each says by which rule."""
    assert all(entry.rule for entry in chosen.values())
    return {name: (entry.value, entry.source) for name, entry in chosen.items()}


def as_sent_by_an_owner(rows: tuple[Hyperparameter, ...], chosen: dict[str, Chosen]) -> dict[str, str]:
    """The values as they would be sent had a project's owner set them; refused where an owner may not."""
    by_name = {row.name: row for row in rows}
    return {name: by_name[name].text_of(entry.value) for name, entry in chosen.items()}

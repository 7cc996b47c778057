"""Hyperparameters: what is accepted, and what is said of what is not."""

import re

import pytest
from labelloop.algorithms.hyperparameters import (
    Chosen,
    Hyperparameter,
    choice,
    choose,
    integer,
    matching,
    number,
    regular_expression,
)
from labelloop.errors import InvalidSettings
from labelloop.settings import HyperparameterValue

EPOCHS = integer("epochs", 1)
CLASSES = integer("classes", 2, 254)
SHARE = number("share", 0, 1)
RATE = number("rate", 0, 1, least_allowed=False)
FACTOR = number("factor", 0, 1, least_allowed=False, most_allowed=False)
OPTIMIZER = choice("optimizer", "sgd", "adam")
STOPPING = choice("early_stopping", "True", "False")
STEPS = matching("steps", r"\d+", "digits")
PATTERN = regular_expression("pattern")


@pytest.mark.parametrize(
    ("row", "value", "sent"),
    [
        (EPOCHS, 1, "1"),
        (EPOCHS, "30", "30"),
        (EPOCHS, 10**9, "1000000000"),
        (EPOCHS, " 5 ", "5"),
        (EPOCHS, "1_000", "1000"),
        (CLASSES, 2, "2"),
        (CLASSES, 254, "254"),
        (SHARE, 0, "0.0"),
        (SHARE, 1.0, "1.0"),
        (RATE, 0.001, "0.001"),
        (RATE, "1e-5", "1e-05"),
        (RATE, 1, "1.0"),
        (FACTOR, 0.5, "0.5"),
        (OPTIMIZER, "adam", "adam"),
        (STOPPING, True, "True"),
        (STEPS, 10, "10"),
        (PATTERN, "conv.*", "conv.*"),
        (PATTERN, "", ""),
    ],
)
def test_values_are_sent_as_strings(row: Hyperparameter, value: HyperparameterValue, sent: str) -> None:
    assert row.text_of(value) == sent


@pytest.mark.parametrize(
    ("row", "value", "must"),
    [
        (EPOCHS, 0, "a whole number of at least 1"),
        (EPOCHS, 1.5, "a whole number of at least 1"),
        (EPOCHS, "many", "a whole number of at least 1"),
        (EPOCHS, True, "a whole number of at least 1"),
        (CLASSES, 1, "a whole number from 2 to 254"),
        (CLASSES, 255, "a whole number from 2 to 254"),
        (SHARE, -0.1, "a number in [0, 1]"),
        (SHARE, "nan", "a number in [0, 1]"),
        (RATE, 0, "a number in (0, 1]"),
        (RATE, 1.1, "a number in (0, 1]"),
        (FACTOR, 0, "a number in (0, 1)"),
        (FACTOR, 1, "a number in (0, 1)"),
        (FACTOR, "half", "a number in (0, 1)"),
        (OPTIMIZER, "Adam", "one of sgd, adam"),
        (STOPPING, 1, "one of True, False"),
        (STEPS, "10, 20", "digits"),
        (PATTERN, "conv(", "a regular expression"),
    ],
)
def test_what_is_out_of_range_is_named_with_the_range(
    row: Hyperparameter, value: HyperparameterValue, must: str
) -> None:
    message = f"project.json: hyperparameter {row.name!r} is {value!r}; it must be {must}."
    with pytest.raises(InvalidSettings, match=f"^{re.escape(message)}$"):
        row.text_of(value)


COMPUTED = {
    "epochs": Chosen("30", "default", "the algorithm's own"),
    "num_classes": Chosen("2", "derived", "of the dataset"),
}
TABLE = (EPOCHS, RATE, integer("num_classes", 1))
FIXED = frozenset({"num_classes"})


def test_overrides_replace_what_was_computed_and_say_so() -> None:
    by_owner = Chosen("5", "project.json", "set by the project's owner")
    assert choose(TABLE, COMPUTED, {}, fixed=FIXED) == COMPUTED
    assert choose(TABLE, COMPUTED, {"epochs": 5}, fixed=FIXED) == COMPUTED | {"epochs": by_owner}
    assert choose(TABLE, COMPUTED, {"rate": 0.5}, fixed=FIXED)["rate"].value == "0.5"
    assert COMPUTED["epochs"].value == "30"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"num_classes": 3}, "project.json: hyperparameter 'num_classes' follows from the dataset and cannot be set."),
        ({"epoch": 3}, "project.json: unknown hyperparameter 'epoch'. Known are: epochs, num_classes, rate."),
        ({"epochs": 0}, "project.json: hyperparameter 'epochs' is 0; it must be a whole number of at least 1."),
    ],
)
def test_why_an_override_is_refused(overrides: dict[str, HyperparameterValue], message: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        choose(TABLE, COMPUTED, overrides, fixed=FIXED)
    assert str(refused.value) == message

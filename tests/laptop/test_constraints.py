from typing import Any

import pytest

from laptop.constraints import violations
from laptop.session import isolated_session

MODEL = isolated_session().get_service_model("sagemaker")


def found(shape: str, value: Any) -> list[str]:
    return list(violations(value, MODEL.shape_for(shape)))


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        ("TrainingJobName", "a-1"),
        ("Tag", {"Key": "labelloop:project", "Value": "größe 2_x"}),
        ("TagList", []),
        ("ShuffleConfig", {"Seed": 3}),
        ("HyperParameters", {"epochs": "2"}),
        ("MetricDefinition", {"Name": "a", "Regex": "b"}),
        ("ProductionVariant", {"VariantName": "main", "InitialVariantWeight": 1}),
        ("TrainingJobName", "a" * 63),
    ],
)
def test_what_is_allowed(shape: str, value: Any) -> None:
    assert found(shape, value) == []


FAILED = "failed to satisfy constraint: Member must"


@pytest.mark.parametrize(
    ("shape", "value", "texts"),
    [
        ("ShuffleConfig", {}, [f"Value null at 'seed' {FAILED} not be null"]),
        ("ShuffleConfig", {"Seed": "3"}, [f"Value at 'seed' {FAILED} be of type long"]),
        ("ShuffleConfig", {"Seed": True}, [f"Value at 'seed' {FAILED} be of type long"]),
        ("HyperParameters", {"epochs": 2}, [f"Value at '.epochs.member' {FAILED} be of type string"]),
        ("TrainingJobStatus", "Done", [f"Value 'Done' at '' {FAILED} satisfy enum value set"]),
        (
            "TagList",
            [{"Key": "a" * 129, "Value": ""}],
            [f"Value '{'a' * 129}' at '.1.member.key' {FAILED} have length less than or equal to 128"],
        ),
        ("MaxRuntimeInSeconds", 0, [f"Value '0' at '' {FAILED} have value greater than or equal to 1"]),
    ],
)
def test_what_is_not_is_told_in_aws_words(shape: str, value: Any, texts: list[str]) -> None:
    told = found(shape, value)
    assert len(told) == len(texts)
    for actual, expected in zip(told, texts, strict=True):
        assert actual.startswith(expected)


def test_every_pattern_of_the_model_can_be_checked() -> None:
    """Java's regular expressions are not Python's; one that could not be compiled would be a crash at run time."""
    for name in MODEL.shape_names:
        shape = MODEL.shape_for(name)
        if shape.type_name == "string" and "pattern" in shape.metadata:
            assert isinstance(found(name, "x"), list)

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.architecture.repository import ROOT, resources, template

FUNCTIONS = resources("AWS::Serverless::Function")
LAYERS = resources("AWS::Serverless::LayerVersion")


def test_every_function_folder_is_deployed_once() -> None:
    deployed = Counter(entry["Properties"]["CodeUri"] for entry in FUNCTIONS.values())
    folders = [f"functions/{path.parent.name}" for path in (ROOT / "functions").glob("*/app.py")]
    assert deployed == Counter(folders)


def test_every_layer_folder_is_deployed_once() -> None:
    deployed = Counter(entry["Properties"]["ContentUri"] for entry in LAYERS.values())
    assert deployed == Counter(f"layers/{path.name}" for path in (ROOT / "layers").iterdir())


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_logs_metrics_and_traces_of_a_function_carry_its_folder_name(function: str) -> None:
    properties = FUNCTIONS[function]["Properties"]
    folder = properties["CodeUri"].removeprefix("functions/")
    assert properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == folder
    assert function == "".join(word.title() for word in folder.split("_")) + "Function"


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_a_layer_is_built_for_the_runtime_and_processor_of_the_functions(layer: str) -> None:
    everywhere = template()["Globals"]["Function"]
    assert LAYERS[layer]["Metadata"] == {
        "BuildMethod": everywhere["Runtime"],
        "BuildArchitecture": everywhere["Architectures"][0],
    }
    assert LAYERS[layer]["Properties"]["CompatibleRuntimes"] == [everywhere["Runtime"]]


def test_no_permission_is_given_by_a_wildcard_action() -> None:
    allowed = [action for entry in statements(template()) if entry["Effect"] == "Allow" for action in actions(entry)]
    assert "sagemaker:CreateTrainingJob" in allowed
    assert [action for action in allowed if "*" in action] == []


def test_roles_are_passed_to_sagemaker_alone() -> None:
    passing = [entry for entry in statements(template()) if "iam:PassRole" in actions(entry)]
    assert passing
    for entry in passing:
        assert entry["Resource"] == {"Fn::GetAtt": ["TrainingRole", "Arn"]}
        assert entry["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def test_no_account_partition_or_region_is_written_out() -> None:
    assert re.findall(r"\barn:aws|\d{12}|us-[a-z]+-\d", (ROOT / "template.yaml").read_text()) == []


def statements(node: Any) -> Iterator[dict[str, Any]]:
    """Every policy statement of the template."""
    if isinstance(node, dict):
        if "Effect" in node:
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from statements(child)


def actions(statement: dict[str, Any]) -> list[str]:
    action = statement["Action"]
    return [action] if isinstance(action, str) else action

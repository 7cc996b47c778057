import re
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
import yaml
from labelloop import errors

from tests.architecture.repository import ROOT, definition, resources, states

TEXT = (ROOT / "statemachine/retrain.asl.yaml").read_text()
MACHINE = resources("AWS::Serverless::StateMachine")["RetrainStateMachine"]["Properties"]
TASKS = sorted(name for name, state in states().items() if state["Type"] == "Task")
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html, …/sfn-best-practices.html
OF_STEP_FUNCTIONS = {"States.ALL", "States.TaskFailed"}
OF_LAMBDA = {f"Lambda.{name}" for name in ("ServiceException", "AWSLambdaException", "SdkClientException", "Unknown")}
OF_LAMBDA |= {"Lambda.TooManyRequestsException", "Lambda.ClientExecutionTimeoutException"}


def test_every_placeholder_has_a_substitution_and_the_other_way_round() -> None:
    assert set(re.findall(r"\$\{(\w+)\}", TEXT)) == MACHINE["DefinitionSubstitutions"].keys()


def test_every_resource_is_a_placeholder() -> None:
    assert [name for name in TASKS if not re.fullmatch(r"\$\{\w+Arn\}", states()[name]["Resource"])] == []


def test_every_function_named_in_the_definition_may_be_invoked() -> None:
    called = {value["Fn::GetAtt"][0] for value in MACHINE["DefinitionSubstitutions"].values() if "Fn::GetAtt" in value}
    invokable = {
        policy["LambdaInvokePolicy"]["FunctionName"]["Ref"]
        for policy in MACHINE["Policies"]
        if "LambdaInvokePolicy" in policy
    }
    assert called == invokable


def test_every_target_exists() -> None:
    assert [(name, target) for name in states() for target in targets(states()[name]) if target not in states()] == []


def test_every_state_is_reachable() -> None:
    reached, ahead = set[str](), [definition()["StartAt"]]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead.extend(targets(states()[name]))
    assert states().keys() - reached == set()


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_retried_and_caught(name: str) -> None:
    assert states()[name]["Retry"]
    assert states()[name]["Catch"][-1]["ErrorEquals"] == ["States.ALL"]


def test_every_caught_or_retried_name_is_an_error_that_exists() -> None:
    named = {
        name
        for task in TASKS
        for rule in states()[task]["Retry"] + states()[task]["Catch"]
        for name in rule["ErrorEquals"]
    }
    ours = {name for name in named if isinstance(getattr(errors, name, None), type)}
    assert named - ours - OF_STEP_FUNCTIONS - OF_LAMBDA == set()
    assert {"ServiceUnavailable", "EndpointBusy"} <= ours


def test_every_failure_that_the_definition_words_itself_is_an_error_of_ours() -> None:
    worded = {state["Result"]["Error"] for state in states().values() if "Error" in state.get("Result", {})}
    assert worded == {"TrainingFailed", "EndpointFailed", "EndpointTimedOut"}
    assert all(issubclass(getattr(errors, name), errors.LabelloopError) for name in worded)


@pytest.mark.parametrize(
    ("choice", "enum", "goes_on"),
    [
        ("IsTrainingDone", "TrainingJobStatus", {"InProgress", "Stopping"}),
        ("IsEndpointUp", "EndpointStatus", {"Creating", "Updating", "SystemUpdating", "RollingBack"}),
    ],
)
def test_choices_know_every_status_that_sagemaker_answers(choice: str, enum: str, goes_on: set[str]) -> None:
    model = botocore.session.get_session().get_service_model("sagemaker")
    compared = {rule["StringEquals"] for rule in rules(states()[choice]["Choices"]) if "StringEquals" in rule}
    assert compared | goes_on == set(model.shape_for(enum).enum)  # type: ignore[attr-defined]
    assert compared & goes_on == set()


def test_the_definition_uses_no_yaml_anchors() -> None:
    assert [event for event in yaml.parse(TEXT) if getattr(event, "anchor", None)] == []


def test_the_definition_is_jsonpath_that_every_interpreter_runs() -> None:
    """JSONata, indexing a list in a path, and .sync differ between AWS and moto (docs/decisions.md)."""
    assert "QueryLanguage" not in definition()
    assert [found for found in re.findall(r"\$\.[\w.]*\[|\{%|\.sync\b(?!:)", without_comments()) if found] == []


def targets(state: dict[str, Any]) -> Iterator[str]:
    """The names of the states that may come next."""
    yield from (state[key] for key in ("Next", "Default") if key in state)
    yield from (rule["Next"] for rule in state.get("Catch", []) + state.get("Choices", []))


def rules(choices: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The comparisons of a Choice, those within `Or` too."""
    for choice in choices:
        yield choice
        yield from choice.get("Or", [])


def without_comments() -> str:
    return yaml.safe_dump(states())

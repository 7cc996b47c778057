import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path

import labelloop
import msgspec
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from labelloop.checks.lines import MANIFEST_EMPTY
from labelloop.errors import AwsRefused, ManifestRefused, ServiceUnavailable
from labelloop.lambda_step import Handler, as_json, now, step, traced
from labelloop.run import Notice, RunDocument

from tests.unit.documents import RUN, event
from tests.unit.lambda_runtime import Context, logs_of, metrics_of

PACKAGE = Path(labelloop.__file__).parent
Step = Callable[[Callable[[RunDocument], RunDocument]], Handler]


@pytest.fixture
def stepped(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Step:
    """`step` where the template deploys it; Powertools shares loggers by service name, so each test has its own."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Labelloop")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", request.node.name)
    return step


def throttled() -> ClientError:
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "CreateTrainingJob")


def denied() -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}, "CreateTrainingJob")


def test_a_step_takes_and_returns_the_run_document(stepped: Step, capsys: pytest.CaptureFixture[str]) -> None:
    handler = stepped(lambda run: run.with_(notice=Notice("subject", run.run.id)))
    answer = handler(event("validate_manifest"), Context())
    assert answer == event("validate_manifest") | {"notice": {"subject": "subject", "message": RUN}}
    output = capsys.readouterr().out
    (entry,) = logs_of(output)
    assert (entry["message"], entry["run"], entry["project"]) == ("step done", RUN, "shapes")
    assert entry["result"] == answer
    assert entry["function_request_id"] == Context().aws_request_id
    assert metrics_of(output) == {"Succeeded": 1}


def test_what_the_state_machine_added_for_itself_is_not_passed_on(stepped: Step) -> None:
    handler = stepped(lambda run: run)
    given = event("deploy_endpoint")
    assert "observed" in given
    assert "observed" not in handler(given, Context())


@pytest.mark.parametrize(
    ("raised", "leaves"),
    [
        (ManifestRefused(MANIFEST_EMPTY, "it has 0 bytes"), ManifestRefused),
        (throttled(), ServiceUnavailable),
        (denied(), AwsRefused),
        (EndpointConnectionError(endpoint_url="https://api.sagemaker.us-east-1.amazonaws.com"), ServiceUnavailable),
        (KeyError("bug"), KeyError),
    ],
)
def test_every_error_is_logged_with_its_run_and_leaves_under_a_name_of_ours(
    stepped: Step, capsys: pytest.CaptureFixture[str], raised: Exception, leaves: type[Exception]
) -> None:
    def act(_run: RunDocument) -> RunDocument:
        raise raised

    with pytest.raises(leaves) as caught:
        stepped(act)(event("validate_manifest"), Context())
    assert type(caught.value) is leaves
    output = capsys.readouterr().out
    (entry,) = logs_of(output)
    assert (entry["level"], entry["message"], entry["run"]) == ("ERROR", "step failed", RUN)
    assert entry["exception_name"] == leaves.__name__
    assert metrics_of(output) == {"Failed": 1}


def test_an_input_that_is_no_run_document_is_named(stepped: Step) -> None:
    with pytest.raises(msgspec.ValidationError, match="missing required field `run`"):
        stepped(lambda run: run)({}, Context())


def test_an_invocation_logs_nothing_of_the_one_before(stepped: Step, capsys: pytest.CaptureFixture[str]) -> None:
    handler = stepped(lambda run: run)
    handler(event("validate_manifest"), Context())
    capsys.readouterr()
    with pytest.raises(msgspec.ValidationError):
        handler({}, Context())
    (entry,) = logs_of(capsys.readouterr().out)
    assert "run" not in entry


def test_the_clock_is_utc() -> None:
    assert now().tzinfo is UTC
    assert now().utcoffset() == timedelta(0)


def test_typed_values_become_what_lambda_can_answer() -> None:
    assert as_json(Notice("a", "b")) == {"subject": "a", "message": "b"}


def answered(given: dict[str, object], _context: object) -> dict[str, object]:
    return given


def test_outside_of_lambda_nothing_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAMBDA_TASK_ROOT", raising=False)
    assert traced(answered) is answered


def test_in_lambda_a_handler_is_traced_unless_that_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMBDA_TASK_ROOT", "/var/task")
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "1")
    handler = traced(answered)
    assert handler is not answered
    assert handler({"a": 1}, Context()) == {"a": 1}


def test_in_lambda_calls_to_aws_are_traced_and_nothing_else_is_loaded_for_it() -> None:
    """In a process of its own, because X-Ray changes botocore for good."""
    code = (
        "import sys, botocore.client, wrapt; from labelloop.lambda_step import traced; traced(lambda e, c: e);"
        "call = botocore.client.BaseClient._make_api_call;"
        "print(isinstance(call, wrapt.BoundFunctionWrapper), 'requests' in sys.modules)"
    )
    environment = os.environ | {"LAMBDA_TASK_ROOT": "/var/task", "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["True", "False"]

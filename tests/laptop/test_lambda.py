import base64
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from laptop.aws_lambda.function import Function
from laptop.cloud import Cloud
from laptop.session import Session
from tests.laptop.conftest import eventually

MEBIBYTE = 1024 * 1024


def invoke(cloud: Cloud, event: Any, function: str = "", **more: Any) -> Any:
    name = function or cloud.outputs["AnswerName"]
    return cloud.session.lambda_.invoke(FunctionName=name, Payload=json.dumps(event), **more)


def answer(cloud: Cloud, event: Any, function: str = "") -> Any:
    response = invoke(cloud, event, function)
    assert "FunctionError" not in response
    return json.loads(response["Payload"].read())


def test_a_function_has_its_environment_layers_and_context(cloud: Cloud) -> None:
    seen = answer(cloud, {"do": "describe"})
    assert seen["layer"] == "the common layer"
    assert seen["memory"] == "256"
    assert seen["arn"].endswith(f":function:{cloud.outputs['AnswerName']}")
    assert 0 < seen["remaining"] <= 3000
    variables = seen["environment"]
    assert (variables["GREETING"], variables["VERBOSE"], variables["COLOUR"]) == ("go", "true", "blue")
    assert variables["AWS_ENDPOINT_URL"] == cloud.url
    assert variables["AWS_ACCESS_KEY_ID"] == "laptop"
    assert Path(variables["HOME"]).name == "home"


def test_a_warm_worker_is_used_again(cloud: Cloud) -> None:
    first, second = answer(cloud, {"do": "describe"}), answer(cloud, {"do": "describe"})
    assert (second["pid"], second["calls"]) == (first["pid"], first["calls"] + 1)


@pytest.mark.parametrize("form", ["{name}", "{name}:$LATEST", "{arn}", "{arn}:$LATEST", "123456789012:function:{name}"])
def test_a_function_is_found_by_every_form_of_its_name(cloud: Cloud, form: str) -> None:
    name = cloud.outputs["AnswerName"]
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    assert answer(cloud, {"x": 1}, form.format(name=name, arn=arn)) == {"x": 1}


@pytest.mark.parametrize(
    ("event", "error", "message"),
    [
        ({"do": "give_up"}, "GiveUp", "there is no way"),
        ({"do": "unknown"}, "KeyError", "'unknown'"),
        ({"do": "sleep", "seconds": 30}, "Sandbox.Timedout", "Task timed out after 3.00 seconds"),
        ({"do": "exit", "code": 7}, "Runtime.ExitError", "Runtime exited with error: exit status 7"),
        ({"do": "large", "bytes": 6 * MEBIBYTE + 101}, "Function.ResponseSizeTooLarge", "(6291556 bytes)"),
    ],
)
def test_errors_have_the_names_aws_gives_them(cloud: Cloud, event: Any, error: str, message: str) -> None:
    response = invoke(cloud, event)
    told = json.loads(response["Payload"].read())
    assert (response["StatusCode"], response["FunctionError"]) == (200, "Unhandled")
    assert told["errorType"] == error
    assert message in told["errorMessage"]
    assert answer(cloud, {"still": "there"}) == {"still": "there"}


@pytest.mark.parametrize(
    ("source", "handler", "error"),
    [
        ("import nowhere_to_be_found", "app.handler", "Runtime.ImportModuleError"),
        ("def handler(", "app.handler", "Runtime.UserCodeSyntaxError"),
        ("x = 1", "app.handler", "Runtime.HandlerNotFound"),
    ],
)
def test_code_that_cannot_start_says_why(cloud: Cloud, tmp_path: Path, source: str, handler: str, error: str) -> None:
    (tmp_path / "app.py").write_text(source)
    cloud.functions.add(Function("cannot-start", handler, tmp_path))
    assert json.loads(invoke(cloud, {}, "cannot-start")["Payload"].read())["errorType"] == error


def test_loading_the_handler_does_not_count_towards_the_timeout(cloud: Cloud, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import time\ntime.sleep(1.5)\ndef handler(event, context):\n    return 1\n")
    cloud.functions.add(Function("slow-to-load", "app.handler", tmp_path, timeout=1))
    assert answer(cloud, {}, "slow-to-load") == 1


def test_changed_source_is_run_at_the_next_call(cloud: Cloud, tmp_path: Path) -> None:
    code = tmp_path / "app.py"
    cloud.functions.add(Function("edited", "app.handler", tmp_path))
    for version in (1, 2):
        code.write_text(f"def handler(event, context):\n    return {version}\n")
        assert answer(cloud, {}, "edited") == version


def test_the_log_has_what_the_function_printed(cloud: Cloud) -> None:
    response = invoke(cloud, {"do": "print", "text": "a line\nand one without an end"}, LogType="Tail")
    tail = base64.b64decode(response["LogResult"]).decode().splitlines()
    assert tail[1:3] == ["a line", "and one without an end"]
    assert tail[0].startswith("START RequestId: ")
    assert tail[-1].startswith("REPORT RequestId: ")
    group = f"/aws/lambda/{cloud.outputs['AnswerName']}"

    def logged() -> bool:
        events = cloud.session.logs.filter_log_events(logGroupName=group)["events"]
        return "and one without an end" in [event["message"] for event in events]

    assert eventually(logged)


def test_a_fifth_concurrent_call_waits_for_one_of_four_workers(cloud: Cloud) -> None:
    pids: list[int] = []
    callers = [
        threading.Thread(target=lambda: pids.append(answer(cloud, {"do": "sleep", "seconds": 1}))) for _ in range(6)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(pids) == 6
    assert len(set(pids)) == 4


def test_an_event_invocation_is_tried_three_times(cloud: Cloud) -> None:
    response = invoke(cloud, {"do": "fail_until", "name": "event", "failures": 9}, InvocationType="Event")
    assert response["StatusCode"] == 202
    s3, bucket = cloud.session.s3, cloud.outputs["BucketName"]

    def attempts() -> int:
        return s3.list_objects_v2(Bucket=bucket, Prefix="attempts/event/").get("KeyCount", 0)

    assert eventually(lambda: attempts() == 3)


def test_a_dry_run_runs_nothing(cloud: Cloud) -> None:
    calls = answer(cloud, {"do": "describe"})["calls"]
    assert invoke(cloud, {"do": "describe"}, InvocationType="DryRun")["StatusCode"] == 204
    assert answer(cloud, {"do": "describe"})["calls"] == calls + 1


@pytest.mark.parametrize(
    ("function", "payload", "kind", "code", "status"),
    [
        ("nobody", b"{}", "RequestResponse", "ResourceNotFoundException", 404),
        ("", b"{no json", "RequestResponse", "InvalidRequestContentException", 400),
        ("", b'"' + b"x" * 6 * MEBIBYTE + b'"', "RequestResponse", "RequestEntityTooLargeException", 413),
        ("", b'"' + b"x" * MEBIBYTE + b'"', "Event", "RequestEntityTooLargeException", 413),
    ],
    ids=["unknown", "no json", "over 6 MiB", "event over 1 MiB"],
)
def test_calls_aws_refuses(cloud: Cloud, function: str, payload: bytes, kind: Any, code: str, status: int) -> None:
    with pytest.raises(ClientError) as refused:
        cloud.session.lambda_.invoke(
            FunctionName=function or cloud.outputs["AnswerName"], Payload=payload, InvocationType=kind
        )
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert refused.value.response["ResponseMetadata"]["RequestId"]


def test_a_request_of_just_six_mebibytes_is_taken(cloud: Cloud) -> None:
    client = Session(cloud.url).client("lambda", Config(retries={"total_max_attempts": 1}))
    payload = json.dumps({"text": "x" * (6 * MEBIBYTE - 12)})
    assert len(payload) == 6 * MEBIBYTE
    response = client.invoke(FunctionName=cloud.outputs["AnswerName"], Payload=payload)
    assert response["Payload"].read().decode() == payload

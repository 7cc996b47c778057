import json
from collections.abc import Callable
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError

from laptop.cloud import Cloud
from tests.laptop.conftest import Collected, eventually
from tests.laptop.jobs import REGISTRY, ROLE, make_config, make_endpoint, put, put_model, settled

MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def endpoint(cloud: Cloud) -> str:
    made = make_endpoint(cloud, put_model(cloud, "A"))
    assert made["EndpointStatus"] == "InService", made
    return str(made["EndpointName"])


def ask(cloud: Cloud, endpoint: str, body: bytes = b"abc", **headers: str) -> Any:
    return cloud.session.sagemaker_runtime.invoke_endpoint(EndpointName=endpoint, Body=body, **headers)


def servers_of(_: Cloud) -> list[int]:
    """The processes that serve a container."""
    return [child.pid for child in psutil.Process().children(recursive=True) if serves(child)]


def serves(process: psutil.Process) -> bool:
    try:
        return process.cmdline()[-1:] == ["serve"]
    except psutil.Error:  # it ended while we looked
        return False


def test_an_invocation_goes_through_byte_for_byte(cloud: Cloud, endpoint: str) -> None:
    body = bytes(range(256)) * 100
    answer = ask(
        cloud, endpoint, body, ContentType="application/x-image", Accept="application/json", CustomAttributes="c=1"
    )
    assert (answer["ContentType"], answer["InvokedProductionVariant"], answer["CustomAttributes"]) == (
        "application/x-reversed",
        "main",
        "seen",
    )
    received = answer["Body"].read()
    told = json.loads(received.removeprefix(body[::-1] + b"A"))
    assert told == {
        "Content-Type": "application/x-image",
        "Accept": "application/json",
        "X-Amzn-SageMaker-Custom-Attributes": "c=1",
    }


def test_the_body_may_have_six_mebibytes_and_not_one_byte_more(cloud: Cloud, endpoint: str) -> None:
    assert ask(cloud, endpoint, bytes(6 * MEBIBYTE))["Body"].read(10) == bytes(10)
    with pytest.raises(ClientError, match="HTTP content length exceeded 6291456 bytes") as refused:
        ask(cloud, endpoint, bytes(6 * MEBIBYTE + 1))
    assert refused.value.response["Error"]["Code"] == "413"


def test_an_unknown_endpoint_is_a_validation_error(cloud: Cloud) -> None:
    with pytest.raises(ClientError) as refused:
        ask(cloud, "nobody")
    assert refused.value.response["Error"] == {
        "Code": "ValidationError",
        "Message": "Endpoint nobody of account 123456789012 not found.",
    }


@pytest.mark.parametrize(
    ("behaviour", "status", "message"),
    [("refuse", 415, "what is this?"), ("slow", 0, "Your invocation timed out while waiting for a response")],
)
def test_a_containers_error_is_a_model_error(cloud: Cloud, behaviour: str, status: int, message: str) -> None:
    name = make_endpoint(cloud, put_model(cloud, behaviour))["EndpointName"]
    with pytest.raises(cloud.session.sagemaker_runtime.exceptions.ModelError) as failed:
        ask(cloud, name)
    response: Any = failed.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert response["OriginalStatusCode"] == status
    assert response["OriginalMessage"].startswith(message)
    assert response["LogStreamArn"].endswith(f"/aws/sagemaker/Endpoints/{name}")
    assert f"error ({status}) from primary with message" in response["Error"]["Message"]


def test_an_update_moves_over_once_the_new_model_is_healthy(cloud: Cloud) -> None:
    sagemaker = cloud.session.sagemaker
    name = make_endpoint(cloud, put_model(cloud, "old"))["EndpointName"]
    before = set(servers_of(cloud))
    config = make_config(cloud, put_model(cloud, "new"))
    sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=config)
    assert sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"] == "Updating"
    assert b"old" in ask(cloud, name)["Body"].read()
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=config)
    after = settled(cloud, name)
    assert (after["EndpointConfigName"], after["EndpointStatus"]) == (config, "InService")
    assert b"new" in ask(cloud, name)["Body"].read()
    assert eventually(lambda: len(set(servers_of(cloud)) - before) == 1 and len(before - set(servers_of(cloud))) == 1)


@pytest.mark.parametrize("behaviour", ["crash", "unhealthy"])
def test_a_failed_update_rolls_back_without_a_word(cloud: Cloud, behaviour: str) -> None:
    sagemaker = cloud.session.sagemaker
    made = make_endpoint(cloud, put_model(cloud, "old"))
    config = make_config(cloud, put_model(cloud, behaviour))
    sagemaker.update_endpoint(EndpointName=made["EndpointName"], EndpointConfigName=config)
    after = settled(cloud, made["EndpointName"])
    assert (after["EndpointStatus"], after["EndpointConfigName"]) == ("InService", made["EndpointConfigName"])
    assert after["FailureReason"] == (
        "The primary container for production variant main did not pass the ping health check."
        " Please check CloudWatch logs for this endpoint."
    )
    assert b"old" in ask(cloud, made["EndpointName"])["Body"].read()


def test_an_endpoint_whose_model_is_not_there_fails(cloud: Cloud) -> None:
    gone = f"s3://{cloud.outputs['PlainName']}/gone.tar.gz"
    made = make_endpoint(cloud, gone)
    assert made["EndpointStatus"] == "Failed"
    assert made["FailureReason"].startswith(
        f'Failed to download model data for container "container_1" from URL: "{gone}"'
    )


def test_an_artifact_that_leads_out_of_its_folder_is_refused(cloud: Cloud) -> None:
    made = make_endpoint(cloud, put(cloud, "artifacts/no.tar.gz", b"this is no archive"))
    assert made["FailureReason"].startswith("Failed to extract model data archive")


def test_a_deleted_endpoint_is_gone_with_its_process(cloud: Cloud) -> None:
    before = set(servers_of(cloud))
    name = make_endpoint(cloud, put_model(cloud, "short-lived"))["EndpointName"]
    (pid,) = set(servers_of(cloud)) - before
    cloud.session.sagemaker.delete_endpoint(EndpointName=name)
    assert eventually(lambda: not psutil.pid_exists(pid))
    with pytest.raises(ClientError, match="Could not find endpoint"):
        cloud.session.sagemaker.describe_endpoint(EndpointName=name)


def test_what_a_container_prints_is_in_the_endpoints_log(cloud: Cloud) -> None:
    name = make_endpoint(cloud, put_model(cloud, "crash"))["EndpointName"]
    logs = cloud.session.logs
    eventually(lambda: logs.describe_log_groups(logGroupNamePrefix=f"/aws/sagemaker/Endpoints/{name}")["logGroups"])
    events = eventually(lambda: logs.filter_log_events(logGroupName=f"/aws/sagemaker/Endpoints/{name}")["events"])
    assert [event["message"] for event in events] == ["this model cannot be loaded"]


def test_events_spell_the_status_in_upper_case(cloud: Cloud, endpoint: str, collected: Collected) -> None:
    arn = cloud.session.sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointArn"]

    def of_status(status: str) -> Callable[[Any], bool]:
        return lambda event: event["resources"] == [arn] and event["detail"]["EndpointStatus"] == status

    for status in ("CREATING", "IN_SERVICE"):
        event = collected.wait_for(of_status(status))
        assert event["detail-type"] == "SageMaker Endpoint State Change"
        assert event["detail"]["EndpointName"] == endpoint


def test_models_and_configurations_are_described_listed_and_deleted(cloud: Cloud) -> None:
    sagemaker, name = cloud.session.sagemaker, make_config(cloud, "s3://any/model.tar.gz")
    assert sagemaker.describe_model(ModelName=name)["PrimaryContainer"]["Image"] == f"{REGISTRY}/stub:1"
    variants = sagemaker.describe_endpoint_config(EndpointConfigName=name)["ProductionVariants"]
    assert variants[0]["VariantName"] == "main"
    assert [item["ModelName"] for item in sagemaker.list_models(NameContains=name)["Models"]] == [name]
    assert len(sagemaker.list_endpoint_configs(NameContains=name)["EndpointConfigs"]) == 1
    with pytest.raises(ClientError, match="Cannot create already existing model"):
        sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": f"{REGISTRY}/stub:1"})
    sagemaker.delete_model(ModelName=name)
    sagemaker.delete_endpoint_config(EndpointConfigName=name)
    for ask_for in (
        lambda: sagemaker.describe_model(ModelName=name),
        lambda: sagemaker.describe_endpoint_config(EndpointConfigName=name),
        lambda: sagemaker.create_endpoint(EndpointName="any", EndpointConfigName=name),
    ):
        with pytest.raises(ClientError, match=r"ValidationException.*Could not find"):
            ask_for()


def test_endpoints_are_listed(cloud: Cloud, endpoint: str) -> None:
    listed = cloud.session.sagemaker.list_endpoints(NameContains=endpoint, StatusEquals="InService")["Endpoints"]
    assert [item["EndpointName"] for item in listed] == [endpoint]

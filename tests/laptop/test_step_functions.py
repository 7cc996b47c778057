import json
import uuid
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.stepfunctions.parser.asl.utils import boto_client

from laptop.cloud import Cloud
from tests.laptop.conftest import eventually
from tests.laptop.jobs import make_endpoint, put_model, train, training_request


def run(cloud: Cloud, execution: str = "", /, **given: Any) -> Any:
    """An execution of the template's machine at its end."""
    states = cloud.session.stepfunctions
    arn = states.start_execution(
        stateMachineArn=cloud.outputs["StateMachineArn"], name=execution or uuid.uuid4().hex, input=json.dumps(given)
    )["executionArn"]

    def ended() -> Any:
        described = states.describe_execution(executionArn=arn)
        return None if described["status"] == "RUNNING" else described

    return eventually(ended)


def output(execution: Any) -> Any:
    assert execution["status"] == "SUCCEEDED", (execution.get("error"), execution.get("cause"))
    return json.loads(execution["output"])


def test_retry_by_exception_class(cloud: Cloud) -> None:
    assert output(run(cloud, do="retry", name=uuid.uuid4().hex)) == {"attempts": 3}


def test_catch_by_exception_class_and_fail_with_what_was_caught(cloud: Cloud) -> None:
    execution = run(cloud, do="catch")
    assert (execution["status"], execution["error"]) == ("FAILED", "GiveUp")
    assert json.loads(execution["cause"])["errorMessage"] == "there is no way"


def test_publish_reaches_the_subscribers(cloud: Cloud) -> None:
    output(run(cloud, do="publish", message="a model is ready"))
    sqs, url = cloud.session.sqs, cloud.outputs["QueueUrl"]
    (message,) = eventually(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"))
    told = json.loads(message["Body"])
    assert (told["Subject"], told["Message"]) == ("a run", "a model is ready")


def test_counting_waits_compare(cloud: Cloud) -> None:
    assert output(run(cloud, do="count", count=0, limit=2, seconds=0)) == {"count": 3, "limit": 2, "seconds": 0}


def test_a_training_job_is_described(cloud: Cloud) -> None:
    job = train(cloud, training_request(cloud))
    found = output(run(cloud, do="training", name=job["TrainingJobName"]))
    assert (found["status"], found["poll"]) == ("Completed", "30")
    assert found["started"].startswith(job["CreationTime"].strftime("%Y-%m-%dT%H:%M"))


def test_an_answer_with_timestamps_can_be_read_whole(cloud: Cloud) -> None:
    job = train(cloud, training_request(cloud))
    found = output(run(cloud, do="training-whole", name=job["TrainingJobName"]))
    assert found["TrainingJobArn"] == job["TrainingJobArn"]
    assert isinstance(found["SecondaryStatusTransitions"][0]["StartTime"], str)


def test_an_endpoint_is_described(cloud: Cloud) -> None:
    endpoint = make_endpoint(cloud, put_model(cloud, "x"))
    assert output(run(cloud, do="endpoint", name=endpoint["EndpointName"])) == {
        "status": "InService",
        "config": endpoint["EndpointConfigName"],
    }


def test_the_same_name_and_input_are_the_same_execution(cloud: Cloud) -> None:
    states, name = cloud.session.stepfunctions, uuid.uuid4().hex
    start = {"stateMachineArn": cloud.outputs["StateMachineArn"], "name": name}
    waiting = json.dumps({"do": "count", "count": 0, "limit": 1, "seconds": 2})
    first = states.start_execution(**start, input=waiting)
    assert states.start_execution(**start, input=waiting)["executionArn"] == first["executionArn"]
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        states.start_execution(**start, input="{}")


def test_a_name_whose_execution_has_ended_is_taken(cloud: Cloud) -> None:
    name = uuid.uuid4().hex
    run(cloud, name, do="nothing")
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        run(cloud, name, do="nothing")


def test_moto_still_needs_clients_of_ours(cloud: Cloud) -> None:
    """With its own, an execution that saw a timestamp cannot be described. Once it can, `step_functions` may go."""
    job = train(cloud, training_request(cloud))
    ours, boto_client.boto3 = boto_client.boto3, boto3
    try:
        states = cloud.session.client("stepfunctions", Config(retries={"total_max_attempts": 1}))
        arn = states.start_execution(
            stateMachineArn=cloud.outputs["StateMachineArn"],
            name=uuid.uuid4().hex,
            input=json.dumps({"do": "training-whole", "name": job["TrainingJobName"]}),
        )["executionArn"]
        with pytest.raises(ClientError, match="500"):
            eventually(lambda: states.describe_execution(executionArn=arn)["status"] != "RUNNING")
    finally:
        boto_client.boto3 = ours

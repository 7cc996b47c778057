"""Every way a run can fail ends in a named failure, a receipt and a notification, with the old model still serving."""

import json
import threading
from typing import Any

import pytest

from laptop.cloud import Cloud
from tests.integration.loop import Ended, Loop, box_line, picture


class Inbox:
    """What a subscriber of the topic has received."""

    def __init__(self, cloud: Cloud) -> None:
        self._sqs = cloud.session.sqs
        self._url = self._sqs.create_queue(QueueName="subscriber")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        cloud.session.sns.subscribe(TopicArn=cloud.outputs["TopicArn"], Protocol="sqs", Endpoint=arn)
        self._notices: list[dict[str, Any]] = []

    def about(self, project: str) -> dict[str, Any]:
        """The newest notice that names the project."""
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                self._notices.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return next(notice for notice in reversed(self._notices) if f"Project: {project}." in notice["Message"])


@pytest.fixture(scope="module")
def inbox(cloud: Cloud) -> Inbox:
    return Inbox(cloud)


def assert_told(ended: Ended, inbox: Inbox, project: str, error: str, *words: str) -> None:
    """The same words stand in the execution, the receipt and the notification."""
    assert (ended.status, ended.error) == ("FAILED", error)
    assert ended.receipts["failure"]["error"] == error
    assert ended.states[-3:] == ["ExplainFailure", "NotifyFailure", "Failed"]
    for text in (ended.cause, ended.receipts["failure"]["text"], inbox.about(project)["Message"]):
        for word in words:
            assert word in text


MUTE, BABBLER = (f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{name}:1" for name in ("mute", "babbler"))
URI = "s3://some-bucket/picture-{}.jpg"
GOOD_LINES = [box_line(URI.format(number)) for number in range(4)]


@pytest.mark.parametrize(
    ("project", "lines", "settings", "error", "words"),
    [
        ("unreadable", [*GOOD_LINES, '{"source-ref": '], {}, "UnreadableManifest", ["line 5", "JSON"]),
        ("nolabels", [{"source-ref": URI.format(1)}], {}, "LabelAttributeNotFound", ["'-metadata'"]),
        (
            "unknown",
            GOOD_LINES,
            {"label_attribute": "bones"},
            "LabelAttributeNotFound",
            ["'bones-metadata'", "'boxes'"],
        ),
        (
            "twofold",
            [line | box_line(URI.format(number), "frames") for number, line in enumerate(GOOD_LINES)],
            {},
            "AmbiguousLabelAttribute",
            ["'boxes'", "'frames'", "label_attribute"],
        ),
        ("lonely", GOOD_LINES[:1], {}, "NotEnoughSamples", ["1 of 1 lines"]),
        (
            "unusable",
            [
                {
                    "source-ref": URI.format(1),
                    "boxes-metadata": {"failure-reason": "x", "type": "groundtruth/object-detection"},
                }
            ],
            {},
            "NotEnoughSamples",
            ["0 of 1 lines", "1 labelling failed"],
        ),
        ("empty", [""], {}, "LabelAttributeNotFound", ["no line"]),
        ("setting", GOOD_LINES, {"epoch": 3}, "InvalidSettings", ["`epoch`", "hyperparameters"]),
        (
            "range",
            GOOD_LINES,
            {"hyperparameters": {"learning_rate": 7}},
            "InvalidSettings",
            ["'learning_rate'", "(0, 1]"],
        ),
        ("machine", GOOD_LINES, {"training_instance_type": "ml.m5.large"}, "InvalidSettings", ["ml.m5.large", "g4dn"]),
    ],
)
def test_labels_and_settings_fail_before_anything_is_spent(
    loop: Loop, inbox: Inbox, project: str, lines: list[Any], settings: Any, error: str, words: list[str]
) -> None:
    if settings:
        loop.put_settings(project, **settings)
    loop.put_manifest(project, lines)
    assert_told(loop.wait(project), inbox, project, error, *words)
    jobs = loop.sagemaker.list_training_jobs(NameContains=f"{project}-")["TrainingJobSummaries"]
    assert jobs == []


@pytest.mark.parametrize(
    ("project", "error", "words"),
    [
        ("crashing", "TrainingFailed", ["AlgorithmError", "9"]),
        ("failing", "TrainingFailed", ["ClientError: the stub was told to fail"]),
        ("sick", "EndpointFailed", ["ping"]),
        ("vanishing", "EndpointFailed", ["ping"]),
        ("babbling", "GoldenPictureFailed", ["did not answer with detections", "being deleted"]),
        ("erring", "GoldenPictureFailed", ["the model is broken", "being deleted"]),
    ],
)
def test_containers_fail_by_name(loop: Loop, inbox: Inbox, project: str, error: str, words: list[str]) -> None:
    loop.put_labels(project)
    assert_told(loop.wait(project), inbox, project, error, *words)
    assert loop.ask(project, picture())[0] == 409


def test_a_missing_picture_is_named(loop: Loop, inbox: Inbox) -> None:
    uris = loop.put_pictures("lacking")
    loop.put_manifest("lacking", [box_line(uri) for uri in [*uris, f"s3://{loop.bucket}/projects/lacking/none.jpg"]])
    assert_told(loop.wait("lacking"), inbox, "lacking", "TrainingFailed", "projects/lacking/none.jpg")


def test_an_endpoint_that_takes_too_long_is_given_up(loop: Loop, inbox: Inbox) -> None:
    """The deployed definition, begun where the endpoint is waited for, with patience for one look."""
    loop.put_settings("hasty", image=MUTE)
    loop.put_labels("hasty")
    job = loop.wait("hasty").receipts["training"]["job"]
    loop.sagemaker.create_endpoint(EndpointName="labelloop-patience", EndpointConfigName=job)
    deployment = {"endpoint": "labelloop-patience", "model": job, "config": job, "previous_config": None}
    document = {
        "run": {"id": "patience-0", "project": "patience", "trigger": "inbox", "requested_at": "2026-11-20T10:00:00Z"},
        "manifest": {"object": {"uri": "s3://b/k.manifest", "etag": "0"}},
        "deployment": deployment,
        "poll": {"seconds": 1, "limit": 1, "count": 0},
    }
    deployed = loop.states.describe_state_machine(stateMachineArn=loop.cloud.outputs["StateMachineArn"])
    definition = json.loads(deployed["definition"]) | {"StartAt": "WaitForEndpoint"}
    machine = loop.states.create_state_machine(
        name="from-the-endpoint-on", definition=json.dumps(definition), roleArn=deployed["roleArn"]
    )["stateMachineArn"]
    run = loop.states.start_execution(stateMachineArn=machine, name="patience-0", input=json.dumps(document))
    assert_told(loop.ended(run["executionArn"], "patience"), inbox, "patience", "EndpointTimedOut", "is Creating")


def test_a_failed_update_leaves_the_old_model_answering(loop: Loop, inbox: Inbox) -> None:
    """The new model's container is another image, which never answers a ping: SageMaker goes back without a word."""
    loop.put_labels("steady")
    assert loop.wait("steady").status == "SUCCEEDED"
    before = loop.json("projects/steady/promoted.json")
    with Asking(loop, "steady") as asking:
        loop.put_settings("steady", image=MUTE)
        loop.put_labels("steady", name="second")
        ended = loop.wait("steady", runs=2)
    assert_told(ended, inbox, "steady", "EndpointRolledBack", before["endpoint_config"])
    assert loop.json("projects/steady/promoted.json") == before
    assert asking.statuses
    assert set(asking.statuses) == {200}


def test_a_model_that_answers_wrongly_is_taken_back(loop: Loop, inbox: Inbox) -> None:
    loop.put_labels("sound")
    assert loop.wait("sound").status == "SUCCEEDED"
    before = loop.json("projects/sound/promoted.json")
    loop.put_settings("sound", image=BABBLER)
    loop.put_labels("sound", name="second")
    ended = loop.wait("sound", runs=2)
    assert_told(ended, inbox, "sound", "GoldenPictureFailed", f"goes back to {before['endpoint_config']}")
    loop.sagemaker.get_waiter("endpoint_in_service").wait(
        EndpointName=before["endpoint"], WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )
    assert loop.ask("sound", picture())[0] == 200
    endpoint = loop.sagemaker.describe_endpoint(EndpointName=before["endpoint"])
    assert endpoint["EndpointConfigName"] == before["endpoint_config"]


class Asking:
    """A client that asks again and again, in a thread, while something else happens."""

    def __init__(self, loop: Loop, project: str) -> None:
        self.statuses: list[int] = []
        self._loop, self._project, self._stop = loop, project, threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        while not self._stop.wait(0.05):
            self.statuses.append(self._loop.ask(self._project, picture())[0])

    def __enter__(self) -> "Asking":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

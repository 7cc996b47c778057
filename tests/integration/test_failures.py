"""Every way a run can fail ends in a named failure, a receipt and a notification, with the old model still serving."""

import json
import threading
from typing import Any

import pytest

from tests.integration.loop import Ended, Loop, box_line, class_line, class_list_line, mask_line, picture
from tests.integration.subscriber import Subscriber


def assert_told(ended: Ended, subscriber: Subscriber, project: str, error: str, *words: str) -> None:
    """The same words stand in the execution, the receipt and the notification."""
    assert (ended.status, ended.error) == ("FAILED", error)
    assert ended.receipts["failure"]["error"] == error
    assert ended.states[-3:] == ["ExplainFailure", "NotifyFailure", "Failed"]
    if "DeployEndpoint" in ended.states:
        assert ended.states[-4] == "RestoreEndpoint"
    for text in (ended.cause, ended.receipts["failure"]["text"], subscriber.text_about(f"Project: {project}.")):
        for word in words:
            assert word in text


MUTE, BABBLER, REAL = (f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{name}:1" for name in ("mute", "babbler", "real"))
URI = "s3://some-bucket/picture-{}.jpg"
MASK = "s3://some-bucket/mask.png"
MASK_LINES = [mask_line(URI.format(number), MASK, 0, 1) for number in range(4)]
GOOD_LINES = [box_line(URI.format(number)) for number in range(4)]


@pytest.mark.parametrize(
    ("project", "lines", "settings", "error", "words"),
    [
        ("unreadable", [*GOOD_LINES, *["{"] * 2], {}, "ManifestRefused", ["TOO_MANY_INVALID_LINES", "2 of 6 lines"]),
        ("nolabels", [{"source-ref": URI.format(1)}], {}, "ManifestRefused", ["NO_LABEL_ATTRIBUTE", "'-metadata'"]),
        (
            "unknown",
            GOOD_LINES,
            {"label_attribute": "bones"},
            "ManifestRefused",
            ["LABEL_ATTRIBUTE_NOT_FOUND", "'bones-metadata'", "'boxes'"],
        ),
        (
            "twofold",
            [line | box_line(URI.format(number), "frames") for number, line in enumerate(GOOD_LINES)],
            {},
            "ManifestRefused",
            ["LABEL_ATTRIBUTE_AMBIGUOUS", "'boxes'", "'frames'", "label_attribute"],
        ),
        ("lonely", GOOD_LINES[:1], {}, "ManifestRefused", ["NOT_ENOUGH_PICTURES", "1 of 1 line"]),
        ("empty", [""], {}, "ManifestRefused", ["MANIFEST_EMPTY"]),
        ("setting", GOOD_LINES, {"epoch": 3}, "InvalidSettings", ["`epoch`", "hyperparameters"]),
        (
            "range",
            GOOD_LINES,
            {"hyperparameters": {"learning_rate": 7}},
            "InvalidSettings",
            ["'learning_rate'", "(0, 1]"],
        ),
        ("machine", GOOD_LINES, {"training_instance_type": "ml.m5.large"}, "InvalidSettings", ["ml.m5.large", "g4dn"]),
        (
            "unreferenced",
            [{key.replace("streets-ref", "streets"): value for key, value in MASK_LINES[0].items()}],
            {},
            "ManifestRefused",
            ["LABEL_ATTRIBUTE_NAME_REFUSED", "'streets'", "must end in '-ref'"],
        ),
        (
            "renamed",
            [class_line(URI.format(1), 0), class_line(URI.format(2), 0, class_name="cat")],
            {},
            "ManifestRefused",
            ["CLASS_MAP_CONTRADICTS", "line 2", "'cat'", "'class 0'"],
        ),
        (
            "worded",
            [class_line(URI.format(1), "cat")],
            {},
            "ManifestRefused",
            ["TOO_MANY_INVALID_LINES", "LABEL_MALFORMED"],
        ),
        (
            "blank",
            [mask_line(URI.format(number), MASK, 0) for number in range(4)],
            {},
            "ManifestRefused",
            ["TOO_FEW_CLASSES", "2 to 254 classes"],
        ),
        (
            "mismatched",
            MASK_LINES,
            {"algorithm": "object-detection"},
            "InvalidSettings",
            ["object-detection does object-detection", "semantic-segmentation"],
        ),
        (
            "weighted",
            [class_list_line(URI.format(number), 0, 1) for number in range(4)],
            {"hyperparameters": {"use_weighted_loss": 1}},
            "InvalidSettings",
            ["use_weighted_loss 1", "Leave it out"],
        ),
    ],
)
def test_labels_and_settings_fail_before_anything_is_spent(
    loop: Loop, subscriber: Subscriber, project: str, lines: list[Any], settings: Any, error: str, words: list[str]
) -> None:
    loop.put_settings(project, pictures_checked=0, **settings)
    loop.put_manifest(project, lines)
    assert_told(loop.wait(project), subscriber, project, error, *words)
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
def test_containers_fail_by_name(
    loop: Loop, subscriber: Subscriber, project: str, error: str, words: list[str]
) -> None:
    loop.put_labels(project)
    assert_told(loop.wait(project), subscriber, project, error, *words)
    assert loop.ask(project, picture())[0] == 409


UNSEEN = {"pictures_checked": 0}  # so that training meets what preflight would have left out


def test_a_missing_picture_is_named(loop: Loop, subscriber: Subscriber) -> None:
    uris = loop.put_pictures("lacking")
    loop.put_settings("lacking", **UNSEEN)
    loop.put_manifest("lacking", [box_line(uri) for uri in [*uris, f"s3://{loop.bucket}/projects/lacking/none.jpg"]])
    assert_told(loop.wait("lacking"), subscriber, "lacking", "TrainingFailed", "projects/lacking/none.jpg")


def test_a_missing_mask_is_named(loop: Loop, subscriber: Subscriber) -> None:
    lines = loop.put_masks("unpainted")
    lines[3]["streets-ref"] = f"s3://{loop.bucket}/projects/unpainted/none.png"
    loop.put_settings("unpainted", **UNSEEN)
    loop.put_manifest("unpainted", lines)
    words = ["ClientError", "projects/unpainted/none.png", "'streets-ref'"]
    assert_told(loop.wait("unpainted"), subscriber, "unpainted", "TrainingFailed", *words)


def test_pictures_that_are_missing_or_none_do_not_stop_a_run(loop: Loop) -> None:
    uris = loop.put_pictures("mended")
    loop.put("projects/mended/pictures/3.jpg", "this is no picture")
    loop.put_manifest("mended", [box_line(uri) for uri in [*uris, f"s3://{loop.bucket}/projects/mended/none.jpg"]])
    ended = loop.wait("mended")
    assert ended.status == "SUCCEEDED"
    found = {check["code"]: check["findings"][0]["line"] for check in ended.receipts["report"]["checks"]}
    assert (found["PICTURE_MISSING"], found["PICTURE_NOT_JPEG_OR_PNG"]) == (11, 4)
    assert ended.receipts["report"]["dataset"]["left_out"] == {"PICTURE_MISSING": 1, "PICTURE_NOT_JPEG_OR_PNG": 1}
    assert ended.receipts["report"]["hyperparameters"].endswith("/training.json")
    assert ended.receipts["training"]["report"].endswith("/report.json")


@pytest.mark.parametrize("task", ["masks", "classes", "tags"])
def test_answers_to_other_tasks_fail_by_name_too(loop: Loop, subscriber: Subscriber, task: str) -> None:
    project = f"babbling-{task}"
    uris = loop.put_pictures(project)
    lines = {
        "masks": loop.put_masks(project),
        "classes": [class_line(uri, number % 2) for number, uri in enumerate(uris)],
        "tags": [class_list_line(uri, 0, 1) for uri in uris],
    }
    loop.put_manifest(project, lines[task])
    words = ["did not answer with probabilities", "being deleted"]
    assert_told(loop.wait(project), subscriber, project, "GoldenPictureFailed", *words)


def test_a_picture_that_is_none_is_named_by_the_container(loop: Loop, subscriber: Subscriber) -> None:
    uris = loop.put_pictures("spoiled")
    loop.put("projects/spoiled/pictures/3.jpg", "this is no picture")
    loop.put_settings("spoiled", **UNSEEN, image=REAL, hyperparameters={"epochs": 1, "mini_batch_size": 2})
    loop.put_manifest("spoiled", [box_line(uri) for uri in uris])
    assert_told(loop.wait("spoiled"), subscriber, "spoiled", "TrainingFailed", "ClientError", "picture")


def test_an_endpoint_that_takes_too_long_is_given_up(loop: Loop, subscriber: Subscriber) -> None:
    """The deployed definition, begun where the endpoint is waited for, with patience for one look."""
    loop.put_settings("hasty", image=MUTE)
    loop.put_labels("hasty")
    job = loop.wait("hasty").receipts["training"]["job"]
    loop.sagemaker.create_endpoint(EndpointName="labelloop-patience", EndpointConfigName=job)
    document = {
        "run": {"id": "patience-0", "project": "patience", "trigger": "inbox", "requested_at": "2026-11-20T10:00:00Z"},
        "manifest": {"object": {"uri": "s3://b/k.manifest", "etag": "0"}},
        "training": {"job": job, "image": MUTE},
        "deployment": {"endpoint": "labelloop-patience", "model": job, "config": job},
        "poll": {"seconds": 1, "fast_polls": 60, "slower_by": 5, "endpoint_polls": 1},
    }
    deployed = loop.states.describe_state_machine(stateMachineArn=loop.cloud.outputs["StateMachineArn"])
    definition = json.loads(deployed["definition"]) | {"StartAt": "BeginEndpointWait"}
    machine = loop.states.create_state_machine(
        name="from-the-endpoint-on", definition=json.dumps(definition), roleArn=deployed["roleArn"]
    )["stateMachineArn"]
    run = loop.states.start_execution(stateMachineArn=machine, name="patience-0", input=json.dumps(document))
    assert_told(
        loop.ended(run["executionArn"], "patience"), subscriber, "patience", "EndpointTimedOut", "being deleted"
    )


def test_a_failed_update_leaves_the_old_model_answering(loop: Loop, subscriber: Subscriber) -> None:
    """The new model's container is another image, which never answers a ping: SageMaker goes back without a word."""
    loop.put_labels("steady")
    assert loop.wait("steady").status == "SUCCEEDED"
    before = loop.json("projects/steady/promoted.json")
    with Asking(loop, "steady") as asking:
        loop.put_settings("steady", image=MUTE)
        loop.put_labels("steady", name="second")
        ended = loop.wait("steady", runs=2)
    assert_told(ended, subscriber, "steady", "EndpointRolledBack", before["endpoint_config"])
    assert loop.json("projects/steady/promoted.json") == before
    assert asking.statuses
    assert set(asking.statuses) == {200}


def test_a_model_that_answers_wrongly_is_taken_back(loop: Loop, subscriber: Subscriber) -> None:
    loop.put_labels("sound")
    assert loop.wait("sound").status == "SUCCEEDED"
    before = loop.json("projects/sound/promoted.json")
    loop.put_settings("sound", image=BABBLER)
    loop.put_labels("sound", name="second")
    ended = loop.wait("sound", runs=2)
    assert_told(ended, subscriber, "sound", "GoldenPictureFailed", f"goes back to {before['endpoint_config']}")
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

"""One run per content, whatever arrives how often and in which order."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from laptop.cloud import Cloud
from tests.integration.loop import Loop, box_line
from tests.integration.subscriber import Subscriber
from tests.integration.test_good_way import create_labeling_job

DUPLICATES = 50


def invoke(loop: Loop, event: Any) -> dict[str, Any]:
    """Deliver an event to start_run, as EventBridge would."""
    name = next(name for name in loop.cloud.functions.functions if "StartRun" in name)
    answer = loop.cloud.session.lambda_.invoke(FunctionName=name, Payload=json.dumps(event))
    outcome: dict[str, Any] = json.loads(answer["Payload"].read())
    return outcome


def object_created(bucket: str, key: str) -> Any:
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"bucket": {"name": bucket}, "object": {"key": key}},
    }


def labeling_job(name: str, status: str = "Completed") -> Any:
    return {
        "source": "aws.sagemaker",
        "detail-type": "SageMaker Ground Truth Labeling Job State Change",
        "resources": [f"arn:aws:sagemaker:us-east-1:123456789012:labeling-job/{name}"],
        "detail": {"LabelingJobStatus": status},
    }


def test_shuffled_duplicates_of_both_triggers_are_one_run_each(cloud: Cloud, loop: Loop) -> None:
    output = f"s3://{loop.bucket}/labeling"
    create_labeling_job(loop, "storm-boxes", output, project="storm")
    key = "labeling/storm-boxes/manifests/output/output.manifest"
    loop.put(key, "\n".join(json.dumps(box_line(uri)) for uri in loop.put_pictures("storm")))
    loop.put("labeling/categories.json", json.dumps({"labels": [{"label": name} for name in "abc"]}))
    cloud.sagemaker.finish_labeling_job("storm-boxes", "Completed")
    loop.put_labels("hail")
    inbox = object_created(loop.bucket, "projects/hail/manifests/labels.manifest")
    events = [labeling_job("storm-boxes"), object_created(loop.bucket, key), inbox] * DUPLICATES
    random.Random(7).shuffle(events)
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda event: invoke(loop, event), events))
    for project in ("storm", "hail"):
        assert loop.wait(project).states
        assert len(loop.runs(project)) == 1
        jobs = loop.sagemaker.list_training_jobs(NameContains=f"{project}-")["TrainingJobSummaries"]
        assert len([job for job in jobs if job["TrainingJobName"].startswith(f"{project}-")]) == 1
    assert {outcome["outcome"] for outcome in outcomes} <= {"started", "already running", "already done", "ignored"}
    assert sum(outcome["outcome"] == "ignored" for outcome in outcomes) == DUPLICATES


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("projects/p/manifests/output/output.manifest", "rewritten while its labeling job runs"),
        ("projects/p/manifests/deeper/labels.manifest", "lies in no project's inbox"),
    ],
)
def test_other_manifests_start_nothing_and_the_answer_says_why(loop: Loop, key: str, reason: str) -> None:
    outcome = invoke(loop, object_created(loop.bucket, key))
    assert outcome["outcome"] == "ignored"
    assert reason in outcome["reason"]


def test_a_folder_that_cannot_be_a_project_is_told_to_the_topic(loop: Loop, subscriber: Subscriber) -> None:
    loop.put_labels("bad_name")
    record = subscriber.about("'bad_name' cannot be a project's name")
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["responsePayload"]["errorType"] == "InvalidProjectName"


def test_a_rewritten_output_manifest_starts_nothing(loop: Loop) -> None:
    """Ground Truth writes it again and again while the job runs; here into a folder that looks like an inbox."""
    before = len(loop.states.list_executions(stateMachineArn=loop.cloud.outputs["StateMachineArn"])["executions"])
    for count in range(3):
        loop.put("projects/rewritten/manifests/output/output.manifest", "\n" * count)
    loop.put_labels("marker")
    loop.wait("marker")
    after = len(loop.states.list_executions(stateMachineArn=loop.cloud.outputs["StateMachineArn"])["executions"])
    assert after == before + 1


def test_a_labeling_job_that_did_not_complete_starts_nothing(loop: Loop) -> None:
    outcome = invoke(loop, labeling_job("stopped-job", "Stopped"))
    assert outcome == {"outcome": "ignored", "reason": outcome["reason"]}
    assert "Stopped" in outcome["reason"]


def test_the_same_manifest_again_says_what_became_of_it(loop: Loop) -> None:
    loop.put_labels("again")
    loop.wait("again")
    outcome = invoke(loop, object_created(loop.bucket, "projects/again/manifests/labels.manifest"))
    assert outcome["outcome"] == "already done"
    assert "SUCCEEDED" in outcome["reason"]
    loop.put_settings("again", validation_share=0.5)
    outcome = invoke(loop, object_created(loop.bucket, "projects/again/manifests/labels.manifest"))
    assert outcome["outcome"] == "started"
    assert loop.wait("again", runs=2).status == "SUCCEEDED"

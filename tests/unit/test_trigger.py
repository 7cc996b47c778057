"""From the two kinds of event to at most one run."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from labelloop.errors import InvalidProjectName, LabelloopError, ObjectNotFound
from labelloop.run import RunDocument
from labelloop.stack import Stack
from labelloop.store import S3Uri, Store
from labelloop.trigger import RUN_ANEW, Outcome, start_run

from tests.unit.factories import ACCOUNT, BUCKET, REGION, Json
from tests.unit.stubs import Stubbed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

EVENTS = Path(__file__).parents[2] / "events"
ARRIVED: Json = json.loads((EVENTS / "manifest_arrived.json").read_text())
COMPLETED: Json = json.loads((EVENTS / "labeling_job_completed.json").read_text())
INBOX_KEY = "projects/shapes/manifests/round+1.manifest"
OUTPUT = S3Uri("labels", "out/shapes-boxes/manifests/output/output.manifest")
NOW = datetime(2026, 11, 20, 12, 26, 13, tzinfo=UTC)
EXECUTION = {"executionArn": "arn:aws:states:us-east-1:123456789012:execution:m:e", "startDate": NOW}


class World:
    """Everything that start_run is given, and what it asked for."""

    def __init__(self, s3: "S3Client", sagemaker: Stubbed, states: Stubbed, stack: Stack) -> None:
        self.s3, self.sagemaker, self.states, self.stack = s3, sagemaker, states, stack

    def put(self, uri: S3Uri, body: bytes = b"{}\n") -> Json:
        return dict(self.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=body))

    def starts(self) -> None:
        """The next execution starts."""
        self.states.answers("start_execution", EXECUTION)

    def handle(self, event: Json) -> Outcome:
        return start_run(event, Store(self.s3), self.sagemaker.client, self.states.client, self.stack, lambda: NOW)

    def started(self) -> list[RunDocument]:
        """The inputs of the executions asked for; each is named after its run."""
        requests = [request for operation, request in self.states.requests if operation == "StartExecution"]
        documents = [RunDocument.from_json(json.loads(request["input"])) for request in requests]
        assert [request["name"] for request in requests] == [document.run.id for document in documents]
        assert {request["stateMachineArn"] for request in requests} <= {self.stack.state_machine_arn}
        return documents


@pytest.fixture
def world(s3: "S3Client", sagemaker: Stubbed, states: Stubbed, stack: Stack) -> World:
    s3.create_bucket(Bucket="labels")
    return World(s3, sagemaker, states, stack)


def _object_created(key: str, bucket: str = BUCKET) -> Json:
    return ARRIVED | {"detail": ARRIVED["detail"] | {"bucket": {"name": bucket}, "object": {"key": key}}}


def _job(**facts: Any) -> Json:
    """What DescribeLabelingJob answers of a completed job; only required members, and those given."""
    name = "shapes-boxes"
    required = {
        "LabelingJobStatus": "Completed",
        "LabelCounters": {"TotalLabeled": 2},
        "LastModifiedTime": NOW,
        "CreationTime": NOW,
        "JobReferenceCode": "code",
        "LabelingJobName": name,
        "LabelingJobArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:labeling-job/{name}",
        "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://labels/in.manifest"}}},
        "OutputConfig": {"S3OutputPath": "s3://labels/out"},
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/labeling",
        "HumanTaskConfig": {
            "WorkteamArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:workteam/private-crowd/us",
            "UiConfig": {"UiTemplateS3Uri": "s3://labels/template"},
            "TaskTitle": "Shapes",
            "TaskDescription": "Draw a box around each shape",
            "NumberOfHumanWorkersPerDataObject": 1,
            "TaskTimeLimitInSeconds": 60,
        },
    }
    return required | facts


def _finished_job(**facts: Any) -> Json:
    return _job(LabelingJobOutput={"OutputDatasetS3Uri": str(OUTPUT)}, **facts)


# ---- the inbox ----


def test_a_manifest_in_the_inbox_starts_a_run(world: World) -> None:
    put = world.put(S3Uri(BUCKET, INBOX_KEY))
    world.starts()
    outcome = world.handle(ARRIVED)

    (document,) = world.started()
    assert outcome == Outcome("started", f"s3://{BUCKET}/{INBOX_KEY} arrived", document.run.id)
    assert document.to_json() == {
        "run": {
            "id": document.run.id,
            "project": "shapes",
            "trigger": "inbox",
            "requested_at": "2026-11-20T12:26:13.000000+00:00",
        },
        "manifest": {
            "object": {
                "uri": f"s3://{BUCKET}/{INBOX_KEY}",
                "etag": put["ETag"].strip('"'),
                "version": put["VersionId"],
            },
            "label_attribute": None,
            "categories_uri": None,
        },
    }


def test_a_run_keeps_the_settings_of_its_moment(world: World) -> None:
    world.put(S3Uri(BUCKET, INBOX_KEY))
    put = world.put(S3Uri(BUCKET, "projects/shapes/project.json"))
    world.starts()
    world.handle(ARRIVED)
    (document,) = world.started()
    assert document.settings is not None
    assert (document.settings.uri, document.settings.version) == (
        f"s3://{BUCKET}/projects/shapes/project.json",
        put["VersionId"],
    )


@pytest.mark.parametrize(
    ("key", "bucket", "reason"),
    [
        (
            "projects/shapes/manifests/shapes-boxes/manifests/output/output.manifest",
            BUCKET,
            "is rewritten while its labeling job runs; the job's own event starts the run",
        ),
        ("projects/shapes/datasets/0c/train.manifest", BUCKET, "lies in no project's inbox"),
        ("projects/shapes/manifests/deeper/a.manifest", BUCKET, "lies in no project's inbox"),
        (INBOX_KEY, "labels", "lies in no project's inbox (projects/<project>/manifests/<name>.manifest)"),
    ],
)
def test_why_an_arrival_is_ignored(world: World, key: str, bucket: str, reason: str) -> None:
    outcome = world.handle(_object_created(key, bucket))
    assert (outcome.outcome, outcome.run, world.started()) == ("ignored", None, [])
    assert reason in outcome.reason


def test_a_manifest_that_is_gone_again_is_named(world: World) -> None:
    with pytest.raises(ObjectNotFound, match=r"round\+1.manifest does not exist"):
        world.handle(ARRIVED)


# ---- labeling jobs ----


def test_a_completed_labeling_job_starts_a_run(world: World) -> None:
    world.put(OUTPUT)
    categories = "s3://labels/categories.json"
    world.sagemaker.answers(
        "describe_labeling_job",
        _finished_job(LabelAttributeName="shapes", LabelCategoryConfigS3Uri=categories),
        LabelingJobName="shapes-boxes",
    )
    world.starts()
    outcome = world.handle(COMPLETED)

    (document,) = world.started()
    assert outcome == Outcome("started", f"{OUTPUT} arrived", document.run.id)
    assert (document.run.project, document.run.trigger) == ("shapes", "labeling job")
    assert (document.manifest.label_attribute, document.manifest.categories_uri) == ("shapes", categories)
    assert document.manifest.object.uri == str(OUTPUT)


@pytest.mark.parametrize(
    ("facts", "project", "attribute"),
    [
        ({"LabelAttributeName": "cats"}, "cats", "cats"),
        ({"LabelAttributeName": "streets-ref"}, "streets", "streets-ref"),
        ({"LabelAttributeName": "x" * 40}, "xxxxxxxxxxxxxxxxxxxxxx-bd913ff6", "x" * 40),
        ({}, "shapes-boxes", None),
        ({"LabelAttributeName": "cats", "Tags": [{"Key": "labelloop:project", "Value": "pets"}]}, "pets", "cats"),
        ({"LabelAttributeName": "cats", "Tags": [{"Key": "project", "Value": "pets"}]}, "cats", "cats"),
    ],
    ids=["attribute", "-ref", "too long", "no attribute", "tag", "another tag"],
)
def test_how_a_labeling_job_names_its_project(world: World, facts: Json, project: str, attribute: str | None) -> None:
    world.put(OUTPUT)
    world.sagemaker.answers("describe_labeling_job", _finished_job(**facts))
    world.starts()
    world.handle(COMPLETED)
    (document,) = world.started()
    assert (document.run.project, document.manifest.label_attribute) == (project, attribute)


@pytest.mark.parametrize("status", ["Failed", "Stopped", "InProgress"])
def test_a_job_that_is_not_completed_is_ignored_unasked(world: World, status: str) -> None:
    outcome = world.handle(COMPLETED | {"detail": {"LabelingJobStatus": status}})
    assert outcome == Outcome(
        "ignored", f"labeling job shapes-boxes is {status}; only a completed one has final labels"
    )


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        (_job(LabelAttributeName="shapes"), "labeling job shapes-boxes has no output manifest in S3"),
        (
            _job(LabelingJobOutput={"OutputDatasetS3Uri": "https://labels.s3.amazonaws.com/output.manifest"}),
            "labeling job shapes-boxes has no output manifest in S3",
        ),
    ],
)
def test_why_a_labeling_job_is_ignored(world: World, job: Json, reason: str) -> None:
    world.sagemaker.answers("describe_labeling_job", job)
    assert world.handle(COMPLETED) == Outcome("ignored", reason)


NO_NAME = "cannot be a project's name: 1 to 31 letters, digits and inner hyphens"


def test_a_folder_that_cannot_be_a_project_is_refused(world: World) -> None:
    with pytest.raises(InvalidProjectName, match=f"a.manifest: 'my_shapes' {NO_NAME}"):
        world.handle(_object_created("projects/my_shapes/manifests/a.manifest", BUCKET))


def test_a_tag_that_cannot_be_a_project_is_refused(world: World) -> None:
    job = _finished_job(Tags=[{"Key": "labelloop:project", "Value": "my shapes"}])
    world.sagemaker.answers("describe_labeling_job", job)
    with pytest.raises(InvalidProjectName, match=f"job shapes-boxes, tag labelloop:project: 'my shapes' {NO_NAME}"):
        world.handle(COMPLETED)


# ---- one run per content ----


def _id_of_next_run(world: World, event: Json = ARRIVED) -> str | None:
    world.starts()
    return world.handle(event).run


def test_the_same_content_is_the_same_run(world: World) -> None:
    world.put(S3Uri(BUCKET, INBOX_KEY))
    first = _id_of_next_run(world)
    world.put(S3Uri(BUCKET, INBOX_KEY))
    assert _id_of_next_run(world) == first


def test_other_content_settings_or_place_are_another_run(world: World) -> None:
    other_key = "projects/shapes/manifests/round+2.manifest"
    world.put(S3Uri(BUCKET, INBOX_KEY))
    world.put(S3Uri(BUCKET, other_key))
    runs = [_id_of_next_run(world), _id_of_next_run(world, _object_created(other_key))]
    world.put(S3Uri(BUCKET, INBOX_KEY), b'{"more": 1}\n')
    runs.append(_id_of_next_run(world))
    world.put(S3Uri(BUCKET, "projects/shapes/project.json"))
    runs.append(_id_of_next_run(world))
    world.put(S3Uri(BUCKET, "projects/shapes/project.json"), b'{"poll_seconds": 1}')
    runs.append(_id_of_next_run(world))
    assert len(set(runs)) == 5


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        ("RUNNING", "already running", "this manifest with these settings is being trained on"),
        (
            "SUCCEEDED",
            "already done",
            f"this manifest with these settings ran before and ended SUCCEEDED; {RUN_ANEW}",
        ),
        (
            "FAILED",
            "already done",
            f"this manifest with these settings ran before and ended FAILED; {RUN_ANEW}",
        ),
    ],
)
def test_a_run_that_was_started_before_is_not_started_again(
    world: World, status: str, outcome: str, reason: str
) -> None:
    world.put(S3Uri(BUCKET, INBOX_KEY))
    world.states.refuses("start_execution", "ExecutionAlreadyExists")
    world.states.answers(
        "describe_execution", EXECUTION | {"stateMachineArn": world.stack.state_machine_arn, "status": status}
    )
    answer = world.handle(ARRIVED)
    assert (answer.outcome, answer.reason) == (outcome, reason)
    (_, start), (_, describe) = world.states.requests
    assert answer.run == start["name"]
    assert describe == {"executionArn": f"arn:aws:states:{REGION}:{ACCOUNT}:execution:labelloop-retrain:{answer.run}"}


def test_other_refusals_pass_as_they_are(world: World) -> None:
    world.put(S3Uri(BUCKET, INBOX_KEY))
    world.states.refuses("start_execution", "StateMachineDoesNotExist")
    with pytest.raises(ClientError, match="StateMachineDoesNotExist"):
        world.handle(ARRIVED)


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"source": "aws.s3"},
        {"source": "aws.ec2", "detail": {}},
        {"source": "aws.sagemaker", "detail": {"LabelingJobStatus": "Completed"}, "resources": []},
        {"source": "aws.sagemaker", "detail": {"TrainingJobStatus": "Completed"}, "resources": ["arn:…"]},
    ],
)
def test_other_events_are_refused(world: World, event: Json) -> None:
    with pytest.raises(LabelloopError, match="an event of an unknown kind"):
        world.handle(event)

"""Each function of a run, with the payload that `sam local invoke -e` takes too."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from labelloop.dataset import REPORT as REPORT_FILE
from labelloop.dataset import VALIDATION
from labelloop.projects import ProjectFolder
from labelloop.promotion import Promotion
from labelloop.run import RunDocument
from labelloop.store import Store

from tests.unit.documents import DATASET, JOB, PROJECT, REPORT, RUN, endpoint, event, training_job
from tests.unit.factories import ACCOUNT, BUCKET, REGION, line, manifest_text
from tests.unit.functions.conftest import Load
from tests.unit.lambda_runtime import Context
from tests.unit.picture_files import picture
from tests.unit.runtime_stub import StubbedRuntime
from tests.unit.stubs import Stubbed

MANIFEST = "projects/shapes/manifests/round+1.manifest"
ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"


def receipt(store: Store, step: str) -> Any:
    return json.loads(store.read(PROJECT.receipt(RUN, step), limit=100_000))


@pytest.mark.parametrize(
    "name", ["validate_manifest", "launch_training", "deploy_endpoint", "verify_endpoint", "explain_failure"]
)
def test_the_events_of_a_run_are_what_its_states_pass_on(name: str) -> None:
    given = event(name)
    given.pop("observed", None)
    assert RunDocument.from_json(given).to_json() == given


def test_start_run_on_a_manifest_in_the_inbox(load: Load, store: Store, states: Stubbed) -> None:
    version = store.s3.put_object(Bucket=BUCKET, Key=MANIFEST, Body=manifest_text([line(1, 0)]))["VersionId"]
    execution = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:labelloop-retrain:r"
    states.answers("start_execution", {"executionArn": execution, "startDate": datetime(2026, 11, 20, tzinfo=UTC)})
    answer = load("start_run")(event("manifest_arrived"), Context())
    assert answer["outcome"] == "started"
    ((_, request),) = states.requests
    assert request["name"] == answer["run"]
    document = RunDocument.from_json(json.loads(request["input"]))
    assert (document.run.project, document.run.trigger) == ("shapes", "inbox")
    assert (document.manifest.object.uri, document.manifest.object.version) == (f"s3://{BUCKET}/{MANIFEST}", version)


def test_start_run_on_a_labeling_job_that_ended_without_output(load: Load, sagemaker: Stubbed) -> None:
    sagemaker.answers("describe_labeling_job", labeling_job(), LabelingJobName="shapes-boxes")
    answer = load("start_run")(event("labeling_job_completed"), Context())
    assert answer == {"outcome": "ignored", "reason": "labeling job shapes-boxes has no output manifest in S3"}


def test_validate_manifest(load: Load, store: Store) -> None:
    keys = [f"projects/shapes/pictures/{number}.png" for number in range(9)]
    for key in keys:
        put(store, key, picture(500, 400))
    put(store, MANIFEST, manifest_text(line(1, 0) | {"source-ref": f"s3://{BUCKET}/{key}"} for key in keys))
    answer = load("validate_manifest")(event("validate_manifest"), Context())
    assert answer["dataset"]["task"] == "object-detection"
    assert answer["poll"] == {"seconds": 7, "fast_polls": 60, "slower_by": 5, "endpoint_polls": 89}
    assert receipt(store, "report")["dataset"]["lines"] == 9
    assert {key: answer[key] for key in ("run", "manifest")} == event("validate_manifest")


def test_launch_training(load: Load, store: Store, sagemaker: Stubbed) -> None:
    store.write_json(PROJECT.dataset(DATASET, REPORT_FILE), REPORT)
    sagemaker.answers("create_training_job", {"TrainingJobArn": f"{ARN}:training-job/{JOB}"})
    answer = load("launch_training")(event("launch_training"), Context())
    assert answer == event("launch_training") | {"training": event("deploy_endpoint")["training"]}
    ((_, request),) = sagemaker.requests
    assert request == receipt(store, "training")["request"]


def test_deploy_endpoint(load: Load, store: Store, sagemaker: Stubbed) -> None:
    sagemaker.answers("describe_training_job", training_job())
    sagemaker.answers("create_model", {"ModelArn": f"{ARN}:model/{JOB}"})
    sagemaker.answers("create_endpoint_config", {"EndpointConfigArn": f"{ARN}:endpoint-config/{JOB}"})
    sagemaker.refuses("describe_endpoint", "ValidationException", 'Could not find endpoint "arn:aws:…".')
    sagemaker.answers("create_endpoint", {"EndpointArn": f"{ARN}:endpoint/labelloop-shapes"})
    answer = load("deploy_endpoint")(event("deploy_endpoint"), Context())
    assert answer["deployment"] == event("verify_endpoint")["deployment"] == receipt(store, "deployment")


def test_verify_endpoint(load: Load, store: Store, sagemaker: Stubbed, runtime: StubbedRuntime) -> None:
    store.write_json(PROJECT.dataset(DATASET, REPORT_FILE), REPORT)
    put(store, "projects/shapes/pictures/1.jpg", picture())
    source = {"source-ref": f"s3://{BUCKET}/projects/shapes/pictures/1.jpg"}
    put(store, PROJECT.dataset(DATASET, VALIDATION).key, manifest_text([line(1, 0) | source]))
    sagemaker.answers("describe_endpoint", endpoint())
    runtime.answers("invoke_endpoint", {"Body": io.BytesIO(b'{"prediction": [[1, 0.5, 0, 0, 1, 1]]}')})
    sagemaker.answers("describe_training_job", training_job())
    answer = load("verify_endpoint")(event("verify_endpoint"), Context())
    promotion = Promotion.read(store, ProjectFolder(BUCKET, "shapes"))
    assert promotion is not None
    assert (promotion.version, promotion.classes) == (JOB, ("circle", "square"))
    assert answer["notice"]["subject"] == "Labelloop: shapes has a new model"


def test_restore_endpoint(load: Load, store: Store, sagemaker: Stubbed) -> None:
    sagemaker.answers("describe_endpoint", endpoint("InService", JOB))
    sagemaker.answers("delete_endpoint", {})
    answer = load("restore_endpoint")(event("restore_endpoint"), Context())
    assert answer["restored"] == {"outcome": "deleted", "config": None, "reason": None}


def test_explain_failure(load: Load, store: Store, sagemaker: Stubbed) -> None:
    sagemaker.answers("describe_training_job", training_job(FailureReason="ClientError: empty batch"))
    answer = load("explain_failure")(event("explain_failure"), Context())
    assert answer["explanation"] == receipt(store, "failure")
    assert "ClientError: empty batch" in answer["notice"]["message"]


def put(store: Store, key: str, body: bytes) -> None:
    store.s3.put_object(Bucket=BUCKET, Key=key, Body=body)


def labeling_job() -> dict[str, Any]:
    """What DescribeLabelingJob must answer at the least."""
    return {
        "LabelingJobStatus": "Completed",
        "LabelCounters": {},
        "CreationTime": datetime(2026, 11, 20, tzinfo=UTC),
        "LastModifiedTime": datetime(2026, 11, 20, tzinfo=UTC),
        "JobReferenceCode": "reference",
        "LabelingJobName": "shapes-boxes",
        "LabelingJobArn": f"{ARN}:labeling-job/shapes-boxes",
        "InputConfig": {"DataSource": {}},
        "OutputConfig": {"S3OutputPath": "s3://labels/"},
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/labeling",
        "HumanTaskConfig": {
            "WorkteamArn": f"{ARN}:workteam/private-crowd/us",
            "UiConfig": {},
            "TaskTitle": "boxes",
            "TaskDescription": "boxes",
            "NumberOfHumanWorkersPerDataObject": 1,
            "TaskTimeLimitInSeconds": 300,
        },
    }

"""From an event to at most one run: two kinds of event, one execution per content.

EventBridge and S3 deliver at least once, and both kinds of event can speak of the same manifest. The execution's name
is a digest of what would be trained on, so Step Functions itself keeps the second one from starting.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from labelloop import aws
from labelloop.errors import InvalidProjectName, LabelloopError, ObjectNotFound
from labelloop.projects import PROJECT_TAG, ProjectFolder, is_project_name, project_of_attribute, project_of_inbox_key
from labelloop.run import Manifest, Pinned, Run, RunDocument
from labelloop.stack import Stack
from labelloop.store import S3Uri, Store

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import DescribeLabelingJobResponseTypeDef
    from mypy_boto3_stepfunctions import SFNClient

# Ground Truth rewrites this file while the labeling job runs; only the job's own event says that it is final.
# https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
GROUND_TRUTH_OUTPUT = "/manifests/output/output.manifest"
RUN_ANEW = "any change of project.json, a space even, lets the manifest run anew when it is put again"
Clock = Callable[[], datetime]


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of an event."""

    outcome: Literal["started", "already running", "already done", "ignored"]
    reason: str
    run: str | None = None


class Request(msgspec.Struct, frozen=True):
    """A manifest that asks for a run."""

    project: str
    trigger: Literal["labeling job", "inbox"]
    manifest: S3Uri
    label_attribute: str | None = None
    categories_uri: str | None = None


def start_run(
    event: Any, store: Store, sagemaker: "SageMakerClient", states: "SFNClient", stack: Stack, clock: Clock
) -> Outcome:
    """Start the run that an EventBridge event asks for, unless it asks for none or it was started before.

    Args:
        event: `SageMaker Ground Truth Labeling Job State Change` or S3's `Object Created`.

    Raises:
        InvalidProjectName: no project can be called as the event's would be.
        ObjectNotFound: the manifest is not there.
        LabelloopError: the event is of another kind.
    """
    request = _request(event, sagemaker, stack)
    return request if isinstance(request, Outcome) else _start(request, store, states, stack, clock)


def _request(event: Any, sagemaker: "SageMakerClient", stack: Stack) -> Request | Outcome:
    match event:
        case {"source": "aws.sagemaker", "detail": {"LabelingJobStatus": status}, "resources": [arn, *_]}:
            return _from_labeling_job(str(arn), str(status), sagemaker)
        case {"source": "aws.s3", "detail": {"bucket": {"name": bucket}, "object": {"key": key}}}:
            return _from_inbox(S3Uri(bucket, key), stack)
    raise LabelloopError(f"an event of an unknown kind: {str(event)[:200]}")


def _from_labeling_job(arn: str, status: str, sagemaker: "SageMakerClient") -> Request | Outcome:
    name = arn.rpartition(":labeling-job/")[2]
    if status != "Completed":
        return Outcome("ignored", f"labeling job {name} is {status}; only a completed one has final labels")
    job = sagemaker.describe_labeling_job(LabelingJobName=name)
    output = job.get("LabelingJobOutput", {}).get("OutputDatasetS3Uri")
    if not output or not output.startswith("s3://"):
        return Outcome("ignored", f"labeling job {name} has no output manifest in S3")
    attribute = job.get("LabelAttributeName")  # not among the fields that are always answered; else the manifest tells
    project = _tag(job) or project_of_attribute(attribute or name)
    if not is_project_name(project):
        raise InvalidProjectName(f"labeling job {name}, tag {PROJECT_TAG}: {_no_name(project)}")
    categories = job.get("LabelCategoryConfigS3Uri", "")
    categories_uri = categories if categories.startswith("s3://") else None
    return Request(project, "labeling job", S3Uri.from_text(output), attribute, categories_uri)


def _tag(job: "DescribeLabelingJobResponseTypeDef") -> str | None:
    return next((tag["Value"] for tag in job.get("Tags", []) if tag["Key"] == PROJECT_TAG), None)


def _from_inbox(uri: S3Uri, stack: Stack) -> Request | Outcome:
    if uri.key.endswith(GROUND_TRUTH_OUTPUT):
        return Outcome("ignored", f"{uri} is rewritten while its labeling job runs; the job's own event starts the run")
    project = project_of_inbox_key(uri.key)
    if project is None or uri.bucket != stack.data_bucket:
        return Outcome("ignored", f"{uri} lies in no project's inbox (projects/<project>/manifests/<name>.manifest)")
    if not is_project_name(project):
        raise InvalidProjectName(f"{uri}: {_no_name(project)}")
    return Request(project, "inbox", uri)


def _no_name(project: str) -> str:
    return f"{project!r} cannot be a project's name: 1 to 31 letters, digits and inner hyphens"


def _start(request: Request, store: Store, states: "SFNClient", stack: Stack, clock: Clock) -> Outcome:
    manifest = _pin(store, request.manifest)
    if manifest is None:
        raise ObjectNotFound(f"{request.manifest} does not exist")
    settings = _pin(store, ProjectFolder(stack.data_bucket, request.project).settings)
    run = Run(
        id=f"{request.project}-{_digest(manifest, settings)}",
        project=request.project,
        trigger=request.trigger,
        requested_at=clock().isoformat(timespec="microseconds"),
    )
    document = RunDocument(run, Manifest(manifest, request.label_attribute, request.categories_uri), settings)
    try:
        states.start_execution(
            stateMachineArn=stack.state_machine_arn, name=run.id, input=msgspec.json.encode(document).decode()
        )
    except aws.ClientError as error:
        if aws.error_code(error) != "ExecutionAlreadyExists":
            raise
        return _existing(run.id, states, stack)
    return Outcome("started", f"{request.manifest} arrived", run.id)


def _existing(run: str, states: "SFNClient", stack: Stack) -> Outcome:
    arn = stack.state_machine_arn.replace(":stateMachine:", ":execution:") + f":{run}"
    status = states.describe_execution(executionArn=arn)["status"]
    if status == "RUNNING":
        return Outcome("already running", "this manifest with these settings is being trained on", run)
    reason = f"this manifest with these settings ran before and ended {status}; {RUN_ANEW}"
    return Outcome("already done", reason, run)


def _pin(store: Store, uri: S3Uri) -> Pinned | None:
    found = store.find(uri)
    return Pinned(str(uri), found.etag, found.version) if found else None


def _digest(manifest: Pinned, settings: Pinned | None) -> str:
    """Of content, not of versions: the same bytes put twice are the same run."""
    facts = [manifest.uri, manifest.etag, settings.etag if settings else ""]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]

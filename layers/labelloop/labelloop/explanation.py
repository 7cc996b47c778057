"""A failure in words: what went wrong, why, and the way out; as a receipt and as a notification."""

from typing import TYPE_CHECKING, Any

import msgspec

from labelloop import aws
from labelloop.projects import ProjectFolder
from labelloop.run import Explanation, Failure, Notice, RunDocument, present
from labelloop.stack import Stack
from labelloop.store import Store
from labelloop.tasks import Task
from labelloop.trigger import RUN_ANEW

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

SUBJECT_LIMIT = 99  # SNS wants less than 100
_SETTINGS_FIX = "Correct project.json and put the manifest again."
_ENDPOINT_LOG = "Read the endpoint's log in CloudWatch, group /aws/sagemaker/Endpoints/<endpoint>."
_ATTRIBUTE_FIX = "Correct the manifest, or label_attribute in project.json, and put it again; nothing was spent."
_LABELS_FIX = "Correct the manifest and put it again; nothing was spent."
# Error name -> title, fix. An error that is not here is explained by its own message.
_KNOWN = {
    "UnreadableManifest": ("The manifest cannot be read", _LABELS_FIX),
    "LabelAttributeNotFound": ("The manifest has no such label attribute", _ATTRIBUTE_FIX),
    "AmbiguousLabelAttribute": (
        "The manifest has several label attributes",
        "Then put the manifest again; nothing was spent.",
    ),
    "UnsupportedTask": ("These labels cannot be trained on", f"Labels are trained on for {', '.join(Task)}."),
    "InvalidLabel": ("A label cannot be used", _LABELS_FIX),
    "NotEnoughSamples": (
        "Too few usable pictures",
        "Label more pictures, or mend the lines that were left out, and put the new manifest.",
    ),
    "ObjectNotFound": ("A file is missing", "Put it back, or put a manifest that does without it."),
    "InvalidSettings": ("The project's settings are wrong", _SETTINGS_FIX),
    "TrainingFailed": (
        "Training failed",
        "Read the training job's log in CloudWatch, group /aws/sagemaker/TrainingJobs.",
    ),
    "EndpointFailed": ("The endpoint did not come up", _ENDPOINT_LOG),
    "EndpointTimedOut": ("The endpoint took too long", "Raise endpoint_minutes in project.json."),
    "EndpointRolledBack": ("SageMaker put the old model back", _ENDPOINT_LOG),
    "EndpointBusy": ("Another deployment never ended", "Where no other run is deploying, delete the endpoint."),
    "ModelUnavailable": ("The new model does not answer", _ENDPOINT_LOG),
    "ModelTimedOut": ("The new model does not answer in time", _ENDPOINT_LOG),
    "NoGoldenPicture": ("The new model could not be tried", "Label smaller pictures: an endpoint takes 6 MB."),
    "GoldenPictureFailed": (
        "The new model answers wrongly",
        "Try the model's container by hand with a validation picture.",
    ),
    "ServiceUnavailable": ("AWS did not answer", f"Later, {RUN_ANEW}."),
    "AwsRefused": ("AWS refused a call", "The message names the call: a permission, a quota or a name is wrong."),
}


def explain_failure(run: RunDocument, store: Store, sagemaker: "SageMakerClient", stack: Stack) -> RunDocument:
    """Write the failure's receipt and word its notice."""
    explanation = explain(run, present(run.failure), sagemaker)
    store.write_json(ProjectFolder(stack.data_bucket, run.run.project).receipt(run.run.id, "failure"), explanation)
    subject = f"Labelloop: {run.run.project} failed: {explanation.title}"[:SUBJECT_LIMIT]
    return run.with_(explanation=explanation, notice=Notice(subject, explanation.text))


def explain(run: RunDocument, failure: Failure, sagemaker: "SageMakerClient") -> Explanation:
    """The failure in words; SageMaker is asked for its own reason where the failure is SageMaker's."""
    title, fix = _KNOWN.get(
        failure.error, (f"The run ended with {failure.error}", f"Once the cause is mended, {RUN_ANEW}.")
    )
    cause = _sagemaker_reason(run, failure, sagemaker) or _message(failure.cause)
    facts = f"Project: {run.run.project}. Run: {run.run.id}. Manifest: {run.manifest.object.uri}."
    lines = [f"{title}.", cause, *_consequence(run), fix, facts]
    return Explanation(failure.error, title, cause, fix, "\n".join(lines))


def _consequence(run: RunDocument) -> list[str]:
    """What became of an endpoint that served the new model already."""
    if run.restore_failure is not None:
        return [
            f"The endpoint could not be put back, and may serve the new model: {_message(run.restore_failure.cause)}"
        ]
    if run.restored is None or run.restored.outcome == "nothing to restore":
        return []
    if run.restored.outcome == "deleted":
        return ["The endpoint was new and is being deleted; the project has no model."]
    return [f"The endpoint goes back to {run.restored.config}."]


def _message(cause: str) -> str:
    """A Lambda's exception arrives as JSON with its message inside."""
    try:
        parsed: Any = msgspec.json.decode(cause)
    except msgspec.DecodeError:
        return cause
    return str(parsed["errorMessage"]) if isinstance(parsed, dict) and "errorMessage" in parsed else cause


def _sagemaker_reason(run: RunDocument, failure: Failure, sagemaker: "SageMakerClient") -> str | None:
    if failure.error == "TrainingFailed" and run.training:
        return f"Training job {run.training.job}: {_training_reason(sagemaker, run.training.job)}"
    if failure.error == "EndpointFailed" and run.restored and run.restored.reason:
        return f"Endpoint of {run.run.project}: {run.restored.reason}"
    return None


def _training_reason(sagemaker: "SageMakerClient", name: str) -> str:
    try:
        job = sagemaker.describe_training_job(TrainingJobName=name)
    except aws.ClientError as error:  # a failure is told even where its reason cannot be had
        return f"it failed, and SageMaker does not say why: {aws.error_message(error)}"
    return str(job.get("FailureReason", "")) or f"it ended {job['TrainingJobStatus']} ({job['SecondaryStatus']})"

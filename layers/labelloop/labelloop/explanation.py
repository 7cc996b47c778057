"""A failure in words: what went wrong, why, and the way out; as a receipt and as a notification."""

from typing import TYPE_CHECKING, Any

import msgspec

from labelloop import aws, findings_text
from labelloop.checks import Level
from labelloop.errors import ObjectNotFound, ObjectTooLarge
from labelloop.known_failures import KnownFailure, Rank, of_error, recognise
from labelloop.preflight_report import PreflightReport
from labelloop.projects import PREFLIGHT, ProjectFolder
from labelloop.run import Explanation, Failure, Notice, RunDocument, present
from labelloop.stack import Stack
from labelloop.store import S3Uri, Store
from labelloop.trigger import RUN_ANEW

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

SUBJECT_LIMIT = 99  # SNS wants less than 100
WORDS_LIMIT = 2000  # of what others say
REPORT_LIMIT = 8 * 1024 * 1024


def explain_failure(run: RunDocument, store: Store, sagemaker: "SageMakerClient", stack: Stack) -> RunDocument:
    """Write the failure's receipt and word its notice."""
    folder = ProjectFolder(stack.data_bucket, run.run.project)
    report = read_report(store, folder.receipt(run.run.id, PREFLIGHT))
    explanation = explain(run, present(run.failure), sagemaker, report)
    store.write_json(folder.receipt(run.run.id, "failure"), explanation)
    return run.with_(explanation=explanation, notice=Notice(_subject(run, explanation), explanation.text))


def read_report(store: Store, uri: S3Uri) -> PreflightReport | None:
    """What preflight found; None where it did not come so far, for a failure is told even without its proof."""
    try:
        return msgspec.json.decode(store.read(uri, limit=REPORT_LIMIT), type=PreflightReport)
    except (ObjectNotFound, ObjectTooLarge, msgspec.DecodeError):
        return None


def explain(
    run: RunDocument, failure: Failure, sagemaker: "SageMakerClient", report: PreflightReport | None = None
) -> Explanation:
    """The failure in words; SageMaker is asked for its own reason where the failure is SageMaker's."""
    words = _bounded(_sagemaker_reason(run, failure, sagemaker) or _message(failure.cause))
    known, why = _refusal(words, report) if failure.error == "ManifestRefused" else _known(failure, words, report)
    facts = f"Project: {run.run.project}. Run: {run.run.id}. Manifest: {run.manifest.object.uri}."
    lines = [f"{known.title}.", *why, *_consequence(run), f"Way out: {known.fix}", facts]
    return Explanation(failure.error, known.title, words, known.fix, "\n".join(lines))


def _known(failure: Failure, words: str, report: PreflightReport | None) -> tuple[KnownFailure, list[str]]:
    """What the failure is, and why, with what proves it.

    By the error's name where that says enough; else by what SageMaker, AWS or Lambda say.
    """
    known = of_error(failure.error)
    if known is None or known.rank is Rank.GENERAL:
        recognised = recognise(words if known else f"{failure.error}: {words}")
        known = next(iter(recognised), known) or _unknown(failure)
    cause = [known.cause] if known.quote else []  # else the error's own words say it
    return known, [*cause, words, *(findings_text.proof([known], report.checks) if report else [])]


def _unknown(failure: Failure) -> KnownFailure:
    fix = f"Once the cause is mended, {RUN_ANEW}."
    title = f"The run ended with {failure.error}"
    return KnownFailure(failure.error, title, "", fix, retry=False, rank=Rank.GENERAL, checks=(), sources=())


def _refusal(words: str, report: PreflightReport | None) -> tuple[KnownFailure, list[str]]:
    """Each check that stops the run, then why lines are left out; a check that stops it alone names the failure."""
    known = present(of_error("ManifestRefused"))
    checks = report.checks if report else ()
    stopping = [result for result in checks if result.level is Level.STOPS]
    if not stopping:
        return known, [words]
    title = stopping[0].title if len(stopping) == 1 else known.title
    why = [known.cause, *findings_text.all_lines(stopping)]
    left_out = findings_text.all_lines(findings_text.reasons(checks), with_sagemaker=False)
    return msgspec.structs.replace(known, title=title), [*why, *left_out]


def _subject(run: RunDocument, explanation: Explanation) -> str:
    """As SNS takes it: printable ASCII, see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html."""
    subject = f"Labelloop: {run.run.project} failed: {explanation.title}"
    return "".join(letter if " " <= letter <= "~" else "?" for letter in subject)[:SUBJECT_LIMIT]


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


def _bounded(words: str) -> str:
    return words if len(words) <= WORDS_LIMIT else words[: WORDS_LIMIT - 1] + "…"


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

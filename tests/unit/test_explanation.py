import json
from typing import Any

import pytest
from labelloop import errors
from labelloop.errors import DeploymentError, LabelloopError, ManifestError
from labelloop.explanation import SUBJECT_LIMIT, explain, explain_failure
from labelloop.run import Explanation, Failure, Restored
from labelloop.stack import Stack
from labelloop.store import Store

from tests.unit.documents import JOB, PROJECT, RUN, document, replaced, training_job
from tests.unit.stubs import Stubbed

DOCUMENT = document("explain_failure")
DEPLOYED = document("verify_endpoint")
# What leaves the Lambdas of the state machine under its own name, or is named by the state machine itself.
NAMES = sorted(
    {kind.__name__ for kind in (*ManifestError.__subclasses__(), *DeploymentError.__subclasses__())}
    | {"ServiceUnavailable", "AwsRefused", "ObjectNotFound", "InvalidSettings", "TrainingFailed"}
    | {"ModelUnavailable", "ModelTimedOut"}
)


def explained(error: str, cause: str = "") -> Explanation:
    """Of a run that has come no further than its manifest: SageMaker is not asked."""
    return explain(document("validate_manifest"), Failure(error, cause), None)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_every_error_of_a_run_has_a_title_and_a_way_out(name: str) -> None:
    assert issubclass(getattr(errors, name), LabelloopError)
    explanation = explained(name, "the cause")
    assert name not in explanation.title
    assert explanation.title[0].isupper()
    assert not explanation.title.endswith(".")
    assert explanation.fix.endswith(".")
    assert explanation.text.startswith(
        f"{explanation.title}.\nthe cause\n{explanation.fix}\nProject: shapes. Run: {RUN}."
    )


def test_an_error_nobody_thought_of_is_explained_by_its_own_name_and_cause() -> None:
    explanation = explained("Sandbox.Timedout", "Task timed out after 60.00 seconds")
    assert explanation.title == "The run ended with Sandbox.Timedout"
    assert explanation.cause == "Task timed out after 60.00 seconds"


def test_a_reader_finds_everything_in_the_text() -> None:
    assert explained("NotEnoughSamples", "1 of 9 lines are usable").text == (
        "Too few usable pictures.\n"
        "1 of 9 lines are usable\n"
        "Label more pictures, or mend the lines that were left out, and put the new manifest.\n"
        f"Project: shapes. Run: {RUN}. Manifest: s3://labelloop-data/projects/shapes/manifests/round+1.manifest."
    )


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"restored": Restored("previous model", "shapes-0-1", None)}, "The endpoint goes back to shapes-0-1."),
        ({"restored": Restored("deleted", None, None)}, "being deleted; the project has no model"),
        (
            {"restore_failure": Failure("AwsRefused", '{"errorMessage": "no right"}')},
            "may serve the new model: no right",
        ),
        ({"restored": Restored("nothing to restore", "shapes-0-1", None)}, ""),
    ],
)
def test_what_became_of_the_endpoint_is_told(facts: dict[str, Any], told: str) -> None:
    failure = Failure("GoldenPictureFailed", "the cause")
    text = explain(DEPLOYED.with_(**facts), failure, None).text  # type: ignore[arg-type]
    assert told in text
    assert ("endpoint" in text.lower()) == bool(told)


@pytest.mark.parametrize(
    ("cause", "shown"),
    [
        ('{"errorMessage": "line 3 is bad", "errorType": "UnreadableManifest", "stackTrace": []}', "line 3 is bad"),
        ('{"errorMessage": 5}', "5"),
        ("SageMaker said no", "SageMaker said no"),
        ('{"message": "no"}', '{"message": "no"}'),
        ('["errorMessage"]', '["errorMessage"]'),
        ("null", "null"),
        ("", ""),
    ],
)
def test_the_cause_of_a_lambda_is_its_exceptions_message(cause: str, shown: str) -> None:
    assert explained("UnreadableManifest", cause).cause == shown


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        (
            {"TrainingJobStatus": "Failed", "SecondaryStatus": "Failed", "FailureReason": "ClientError: empty batch"},
            "ClientError: empty batch",
        ),
        (
            {"TrainingJobStatus": "Stopped", "SecondaryStatus": "MaxRuntimeExceeded"},
            "it ended Stopped (MaxRuntimeExceeded)",
        ),
    ],
)
def test_sagemaker_says_why_training_failed(sagemaker: Stubbed, facts: dict[str, str], shown: str) -> None:
    sagemaker.answers("describe_training_job", training_job(**facts), TrainingJobName=JOB)
    failure = Failure("TrainingFailed", "The training job ended without a model.")
    assert explain(DOCUMENT, failure, sagemaker.client).cause == f"Training job {JOB}: {shown}"


def test_a_failure_is_told_even_where_sagemaker_does_not_say_why(sagemaker: Stubbed) -> None:
    sagemaker.refuses("describe_training_job", "ThrottlingException", "Rate exceeded")
    cause = explain(DOCUMENT, Failure("TrainingFailed"), sagemaker.client).cause
    assert cause == f"Training job {JOB}: it failed, and SageMaker does not say why: Rate exceeded"


def test_sagemaker_says_why_an_endpoint_did_not_come_up() -> None:
    run = DEPLOYED.with_(restored=Restored("deleted", None, "The container did not pass the ping health check."))
    cause = explain(run, Failure("EndpointFailed"), None).cause  # type: ignore[arg-type]
    assert cause == "Endpoint of shapes: The container did not pass the ping health check."


@pytest.mark.parametrize("error", ["TrainingFailed", "EndpointFailed", "EndpointTimedOut"])
def test_a_run_that_did_not_come_so_far_has_nothing_to_ask_for(error: str) -> None:
    assert explained(error, "as it was caught").cause == "as it was caught"


def test_the_explanation_is_a_receipt_and_a_notice(store: Store, sagemaker: Stubbed, stack: Stack) -> None:
    sagemaker.answers("describe_training_job", training_job(FailureReason="no batch"))
    after = explain_failure(DOCUMENT, store, sagemaker.client, stack)
    assert after.explanation is not None
    assert after.notice is not None
    assert after == DOCUMENT.with_(explanation=after.explanation, notice=after.notice)
    assert after.notice.subject == "Labelloop: shapes failed: Training failed"
    assert after.notice.message == after.explanation.text
    receipt = json.loads(store.read(PROJECT.receipt(RUN, "failure"), limit=10_000))
    assert (receipt["error"], receipt["cause"]) == ("TrainingFailed", f"Training job {JOB}: no batch")


def test_a_subject_is_as_long_as_sns_takes(store: Store, stack: Stack) -> None:
    run = document("validate_manifest").with_(failure=Failure("Some.Error" * 20))
    run = run.with_(run=replaced(run.run, project="p" * 31))
    notice = explain_failure(run, store, None, stack).notice  # type: ignore[arg-type]
    assert notice is not None
    assert len(notice.subject) == SUBJECT_LIMIT
    assert notice.subject.isascii()


def test_a_run_without_a_failure_cannot_be_explained(store: Store, stack: Stack) -> None:
    with pytest.raises(ValueError, match="lacks a fact"):
        explain_failure(document("validate_manifest"), store, None, stack)  # type: ignore[arg-type]

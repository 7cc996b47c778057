import json
from typing import Any

import pytest
from labelloop.checks import Check, Level
from labelloop.explanation import REPORT_LIMIT, SUBJECT_LIMIT, WORDS_LIMIT, explain, explain_failure, read_report
from labelloop.findings import Findings
from labelloop.preflight_report import PreflightReport
from labelloop.run import Explanation, Failure, Restored
from labelloop.stack import Stack
from labelloop.store import Store

from tests.unit.documents import JOB, PROJECT, RUN, document, replaced, training_job
from tests.unit.stubs import Stubbed

DOCUMENT = document("explain_failure")
DEPLOYED = document("verify_endpoint")
FACTS = f"Project: shapes. Run: {RUN}. Manifest: s3://labelloop-data/projects/shapes/manifests/round+1.manifest."
MISSING = Check("NOT_LABELLED", Level.LEFT_OUT, "A line has no label", "Ends the job.", "Label it.")
AMBIGUOUS = Check("LABEL_ATTRIBUTE_AMBIGUOUS", Level.STOPS, "Several could be meant", "Takes one.", "Name one.")
EMPTY = Check("MANIFEST_EMPTY", Level.STOPS, "The manifest has no lines", "Ends the job.", "Put another.")
EMPTY_BATCH = "ClientError: Got empty batch from pipe. Please check if"


def explained(error: str, cause: str = "", report: PreflightReport | None = None) -> Explanation:
    """Of a run that has come no further than its manifest: SageMaker is not asked."""
    return explain(document("validate_manifest"), Failure(error, cause), None, report)  # type: ignore[arg-type]


def report_of(*checks: Check) -> PreflightReport:
    findings = Findings()
    for check in checks:
        findings.add(check, "it is", line=3, pointer=("a",), value=0)
    return PreflightReport("s3://b/m", findings.results())


@pytest.mark.parametrize(
    ("error", "cause", "why", "title"),
    [
        ("InvalidSettings", "epochs is 0", ["epochs is 0"], "The project's settings are wrong"),
        ("TrainingFailed", "as caught", ["as caught"], "Training failed"),
        ("EndpointFailed", "CapacityError: none", ["The quota allows it,", "CapacityError: none"], "AWS has no such"),
        (
            "AwsRefused",
            "PutObject: Rate exceeded",
            ["The account's rate", "PutObject: Rate"],
            "AWS was asked too often",
        ),
        ("AwsRefused", "PutObject: no", ["PutObject: no"], "AWS refused a call"),
        ("States.Timeout", "", ["A function did not answer", ""], "A state took longer than it may"),
        ("Sandbox.Other", "it broke", ["it broke"], "The run ended with Sandbox.Other"),
        ("ManifestRefused", "no lines", ["no lines"], "The manifest cannot be trained on"),
    ],
)
def test_a_failure_is_told_by_its_name_or_by_what_was_said(error: str, cause: str, why: list[str], title: str) -> None:
    explanation = explained(error, cause)
    first, *middle, way_out, facts = explanation.text.split("\n")
    assert first == f"{explanation.title}."
    assert explanation.title.startswith(title)
    assert len(middle) == len(why)
    assert all(line.startswith(begin) for line, begin in zip(middle, why, strict=True))
    assert way_out == f"Way out: {explanation.fix}"
    assert explanation.fix.endswith(".")
    assert facts == FACTS


def test_what_is_said_is_bounded() -> None:
    assert explained("InvalidSettings", "a" * 10_000).cause == "a" * (WORDS_LIMIT - 1) + "…"


def test_what_preflight_found_proves_the_cause() -> None:
    assert explained("Unknown", EMPTY_BATCH, report_of(MISSING, AMBIGUOUS)).text.split("\n")[3:-2] == [
        "Preflight of the manifest found:",
        "Several could be meant, once, stops the run  LABEL_ATTRIBUTE_AMBIGUOUS",
        "  line 3, /a 0: it is",
        "  Way out: Name one.",
        "A line has no label, once, line left out  NOT_LABELLED",
        "  line 3, /a 0: it is",
        "  Way out: Label it.",
    ]


def test_that_preflight_found_no_proof_is_told_where_it_might_have() -> None:
    nothing = "Preflight found nothing in the manifest that is known to cause this."
    assert nothing in explained("Unknown", EMPTY_BATCH, report_of()).text
    assert nothing not in explained("Unknown", "CapacityError", report_of(MISSING)).text
    assert nothing not in explained("Unknown", EMPTY_BATCH).text


def test_each_check_that_stops_a_run_is_told_and_why_lines_are_left_out() -> None:
    explanation = explained("ManifestRefused", "said", report_of(MISSING, AMBIGUOUS, EMPTY))
    assert explanation.title == "The manifest cannot be trained on"
    assert explanation.text.split("\n")[1:-2] == [
        "Preflight found what training would have failed on, before anything was spent.",
        "Several could be meant, once, stops the run  LABEL_ATTRIBUTE_AMBIGUOUS",
        "  line 3, /a 0: it is",
        "  SageMaker: Takes one.",
        "  Way out: Name one.",
        "The manifest has no lines, once, stops the run  MANIFEST_EMPTY",
        "  line 3, /a 0: it is",
        "  SageMaker: Ends the job.",
        "  Way out: Put another.",
        "A line has no label, once, line left out  NOT_LABELLED",
        "  line 3, /a 0: it is",
        "  Way out: Label it.",
    ]


def test_a_run_that_one_check_stops_is_called_by_it() -> None:
    assert explained("ManifestRefused", "said", report_of(MISSING, EMPTY)).title == "The manifest has no lines"


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
        ({"TrainingJobStatus": "Stopped", "SecondaryStatus": "Stopped"}, "it ended Stopped (Stopped)"),
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


def test_the_preflight_of_the_run_is_read(store: Store, sagemaker: Stubbed, stack: Stack) -> None:
    store.write_json(PROJECT.receipt(RUN, "report"), report_of(MISSING))
    sagemaker.answers("describe_training_job", training_job(FailureReason=EMPTY_BATCH))
    notice = explain_failure(DOCUMENT, store, sagemaker.client, stack).notice
    assert notice is not None
    assert notice.subject == "Labelloop: shapes failed: Training found no labelled picture in the stream"
    assert "A line has no label, once, line left out  NOT_LABELLED" in notice.message


@pytest.mark.parametrize("body", [b"", b"[]", b'{"manifest": 3}', b" " * (REPORT_LIMIT + 1)])
def test_a_report_that_cannot_be_read_is_done_without(store: Store, body: bytes) -> None:
    uri = PROJECT.receipt(RUN, "report")
    assert read_report(store, uri) is None
    store.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=body)
    assert read_report(store, uri) is None


def test_a_subject_is_as_long_as_sns_takes(store: Store, stack: Stack) -> None:
    run = document("validate_manifest").with_(failure=Failure("Sóme.Error" * 20))
    run = run.with_(run=replaced(run.run, project="p" * 31))
    notice = explain_failure(run, store, None, stack).notice  # type: ignore[arg-type]
    assert notice is not None
    assert len(notice.subject) == SUBJECT_LIMIT
    assert notice.subject.startswith(f"Labelloop: {'p' * 31} failed: The run ended with S?me.ErrorS?me")


def test_a_run_without_a_failure_cannot_be_explained(store: Store, stack: Stack) -> None:
    with pytest.raises(ValueError, match="lacks a fact"):
        explain_failure(document("validate_manifest"), store, None, stack)  # type: ignore[arg-type]

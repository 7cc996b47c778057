"""The last state of a good run: does the endpoint serve what was deployed, and does it answer?"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from labelloop import algorithms, endpoint
from labelloop.dataset import VALIDATION
from labelloop.errors import (
    EndpointRolledBack,
    GoldenPictureFailed,
    MalformedPrediction,
    ModelFailed,
    NoGoldenPicture,
    ObjectNotFound,
    ObjectTooLarge,
    RequestError,
)
from labelloop.frozen_datasets import read_report
from labelloop.manifest import Line
from labelloop.pictures import Picture, read_picture
from labelloop.prediction import Options
from labelloop.projects import ProjectFolder
from labelloop.promotion import Promotion
from labelloop.report import Report
from labelloop.run import Dataset, Deployment, Notice, RunDocument, present
from labelloop.stack import Stack
from labelloop.store import S3Uri, Store

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient

GOLDEN_PICTURES, CANDIDATES = 3, 30
Clock = Callable[[], datetime]


class GoldenAnswer(msgspec.Struct, frozen=True):
    """What the new model said of one validation picture."""

    source_ref: str
    predictions: int


class PromotionReceipt(msgspec.Struct, frozen=True):
    """runs/<run>/result.json."""

    promoted: Promotion
    golden: tuple[GoldenAnswer, ...]


def verify_endpoint(
    run: RunDocument,
    store: Store,
    sagemaker: "SageMakerClient",
    runtime: "SageMakerRuntimeClient",
    stack: Stack,
    clock: Clock,
) -> RunDocument:
    """Promote the model of an endpoint that came up. After a failure `restore_endpoint` brings the one before it back.

    Raises:
        EndpointRolledBack: SageMaker went back to another configuration and says InService all the same.
        GoldenPictureFailed: an answer is none of the algorithm's.
        NoGoldenPicture: there is no picture to ask with.
        ModelUnavailable, ModelTimedOut: the endpoint does not answer.
    """
    deployment, dataset = present(run.deployment), present(run.dataset)
    project = ProjectFolder(stack.data_bucket, run.run.project)
    before = Promotion.read(store, project)
    if before is not None and before.version == present(run.training).job:  # a retry after a lost answer
        return run.with_(notice=_notice(before))
    _check_config(sagemaker, deployment)
    report = read_report(store, dataset)
    try:
        golden = _ask_golden_pictures(store, runtime, deployment, dataset, report)
    except (MalformedPrediction, ModelFailed) as error:
        raise GoldenPictureFailed(error.message) from error
    promotion = _promotion(run, report, sagemaker, before, clock)
    store.write_json(project.receipt(run.run.id, "result"), PromotionReceipt(promotion, golden))
    store.write_json(project.promoted, promotion)
    return run.with_(notice=_notice(promotion))


def _check_config(sagemaker: "SageMakerClient", deployment: Deployment) -> None:
    """A failed update ends InService with the old configuration, sometimes without a word.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
    """
    found = sagemaker.describe_endpoint(EndpointName=deployment.endpoint)
    if found["EndpointConfigName"] != deployment.config:
        reason = found.get("FailureReason") or "SageMaker gives no reason"
        raise EndpointRolledBack(
            f"endpoint {deployment.endpoint} serves {found['EndpointConfigName']}, not {deployment.config}: {reason}"
        )


def _ask_golden_pictures(
    store: Store, runtime: "SageMakerRuntimeClient", deployment: Deployment, dataset: Dataset, report: Report
) -> tuple[GoldenAnswer, ...]:
    algorithm = algorithms.algorithm_named(dataset.algorithm)
    answers = []
    for source_ref, picture in islice(_golden_pictures(store, dataset), GOLDEN_PICTURES):
        said = endpoint.ask(runtime, deployment.endpoint, algorithm, picture, Options(), len(report.classes))
        answers.append(GoldenAnswer(source_ref, len(said)))
    if not answers:
        raise NoGoldenPicture(f"none of the first {CANDIDATES} validation pictures is one that clients could send.")
    return tuple(answers)


def _golden_pictures(store: Store, dataset: Dataset) -> Iterator[tuple[str, Picture]]:
    """The first validation pictures that clients could send, each as it would be sent on."""
    for number, text in enumerate(store.first_lines(S3Uri.from_text(dataset.file(VALIDATION)), CANDIDATES), 1):
        source_ref = Line.from_json(number, text).source_ref
        picture = _readable_picture(store, source_ref) if source_ref else None
        if source_ref and picture:
            yield source_ref, picture


def _readable_picture(store: Store, source_ref: str) -> Picture | None:
    try:
        return read_picture(store.read(S3Uri.from_text(source_ref), limit=endpoint.BODY_LIMIT))
    except (ObjectNotFound, ObjectTooLarge, RequestError):
        return None  # a client could not ask about it either


def _promotion(
    run: RunDocument, report: Report, sagemaker: "SageMakerClient", before: Promotion | None, clock: Clock
) -> Promotion:
    training, deployment = present(run.training), present(run.deployment)
    final = sagemaker.describe_training_job(TrainingJobName=training.job).get("FinalMetricDataList", [])
    return Promotion(
        project=run.run.project,
        version=training.job,
        run=run.run.id,
        task=report.task,
        algorithm=report.algorithm,
        dataset=report.dataset,
        classes=report.class_names,
        metrics={metric["MetricName"]: metric["Value"] for metric in final},
        endpoint=deployment.endpoint,
        endpoint_config=deployment.config,
        promoted_at=clock().isoformat(timespec="seconds"),
        previous=before.version if before else None,
    )


def _notice(promotion: Promotion) -> Notice:
    metrics = ", ".join(f"{name} {value:.4g}" for name, value in sorted(promotion.metrics.items()))
    message = (
        f"{promotion.version} answers for {promotion.project}: "
        f"{promotion.task} of {len(promotion.classes)} classes.\n"
        f"Metrics: {metrics or 'none reported'}.\n"
        f"Before it: {promotion.previous or 'no model'}.\n"
        f"Dataset: {promotion.dataset}. Run: {promotion.run}."
    )
    return Notice(f"Labelloop: {promotion.project} has a new model", message)

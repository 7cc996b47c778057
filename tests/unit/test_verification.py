import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
import msgspec
import pytest
from labelloop.dataset import REPORT as REPORT_FILE
from labelloop.dataset import VALIDATION
from labelloop.endpoint import BODY_LIMIT
from labelloop.errors import EndpointRolledBack, GoldenPictureFailed, ModelUnavailable, NoGoldenPicture, ObjectNotFound
from labelloop.promotion import Promotion
from labelloop.run import RunDocument, present
from labelloop.stack import Stack
from labelloop.store import Store
from labelloop.verification import GOLDEN_PICTURES, verify_endpoint
from PIL import Image

from tests.unit.documents import (
    DATASET,
    JOB,
    PROJECT,
    PROMOTION,
    REPORT,
    RUN,
    document,
    endpoint,
    replaced,
    training_job,
)
from tests.unit.factories import BUCKET, line, manifest_text
from tests.unit.picture_files import encoded, picture
from tests.unit.runtime_stub import StubbedRuntime, stubbed_runtime
from tests.unit.stubs import Stubbed

DOCUMENT = document("verify_endpoint")
NOON = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
FINAL = [{"MetricName": "validation:mAP", "Value": 0.8125}, {"MetricName": "train:smooth_l1", "Value": 0.25}]
PICTURES = {f"projects/shapes/pictures/{number}.jpg": picture(40 + number, 20) for number in range(5)}
KEYS = list(PICTURES)
PROMOTED = replaced(
    PROMOTION,
    version=JOB,
    run=RUN,
    dataset=DATASET,
    metrics={"validation:mAP": 0.8125, "train:smooth_l1": 0.25},
    endpoint_config=JOB,
    promoted_at="2026-11-20T12:00:00+00:00",
    previous=PROMOTION.version,
)


@pytest.fixture
def runtime(session: boto3.Session) -> Iterator[StubbedRuntime]:
    with stubbed_runtime(session.client("sagemaker-runtime")) as found:
        yield found


@pytest.fixture
def store(s3: Any) -> Store:
    """With a frozen dataset of five validation pictures, and a model that was promoted before."""
    store = Store(s3)
    store.write_json(PROJECT.promoted, PROMOTION)
    store.write_json(PROJECT.dataset(DATASET, REPORT_FILE), REPORT)
    for key, body in PICTURES.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    validates(store, *KEYS)
    return store


def validates(store: Store, *keys: str | None) -> None:
    """Have the validation manifest name these pictures."""
    lines = [line(1, 0) | {"source-ref": f"s3://{BUCKET}/{key}" if key else None} for key in keys]
    uri = PROJECT.dataset(DATASET, VALIDATION)
    store.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=manifest_text(lines))


def answers(runtime: Stubbed, *rows: list[Any], picture: str | None = None) -> None:
    body = io.BytesIO(json.dumps({"prediction": rows}).encode())
    request = {
        "EndpointName": "labelloop-shapes",
        "Body": PICTURES[picture],
        "ContentType": "application/x-image",
        "Accept": "application/json",
    } if picture else {}  # fmt: skip
    runtime.answers("invoke_endpoint", {"Body": body}, **request)


def all_goes_well(sagemaker: Stubbed, runtime: Stubbed, pictures: list[str] = KEYS[:GOLDEN_PICTURES]) -> None:
    sagemaker.answers("describe_endpoint", endpoint(), EndpointName="labelloop-shapes")
    for number, key in enumerate(pictures):
        answers(runtime, *[[1, 0.5, 0.3 * box, 0, 0.3 * box + 0.2, 1] for box in range(number)], picture=key)
    metrics = [metric | {"Timestamp": NOON} for metric in FINAL]
    sagemaker.answers("describe_training_job", training_job(FinalMetricDataList=metrics), TrainingJobName=JOB)


def verified(
    store: Store, sagemaker: Stubbed, runtime: Stubbed, stack: Stack, run: RunDocument = DOCUMENT
) -> RunDocument:
    return verify_endpoint(run, store, sagemaker.client, runtime.client, stack, lambda: NOON)


def promoted(store: Store) -> Promotion | None:
    return Promotion.read(store, PROJECT)


def result(store: Store) -> Any:
    return json.loads(store.read(PROJECT.receipt(RUN, "result"), limit=10_000))


def test_an_endpoint_that_answers_golden_pictures_is_promoted(
    store: Store, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack
) -> None:
    all_goes_well(sagemaker, runtime)
    after = verified(store, sagemaker, runtime, stack)
    assert promoted(store) == PROMOTED
    assert result(store)["golden"] == [
        {"source_ref": f"s3://{BUCKET}/{key}", "predictions": number}
        for number, key in enumerate(KEYS[:GOLDEN_PICTURES])
    ]
    assert after == DOCUMENT.with_(notice=after.notice)


def test_subscribers_read_what_is_new_and_what_it_replaces(
    store: Store, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack
) -> None:
    all_goes_well(sagemaker, runtime)
    notice = verified(store, sagemaker, runtime, stack).notice
    assert notice is not None
    assert notice.subject == "Labelloop: shapes has a new model"
    assert notice.message == (
        f"{JOB} answers for shapes: object-detection of 2 classes.\n"
        "Metrics: train:smooth_l1 0.25, validation:mAP 0.8125.\n"
        "Before it: shapes-000000000000-1.\n"
        f"Dataset: {DATASET}. Run: {RUN}."
    )


def test_a_first_model_has_none_before_it_and_a_job_may_report_no_metric(
    store: Store, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack
) -> None:
    store.s3.delete_object(Bucket=BUCKET, Key=PROJECT.promoted.key)
    validates(store, KEYS[0])
    sagemaker.answers("describe_endpoint", endpoint())
    answers(runtime)
    sagemaker.answers("describe_training_job", training_job())
    notice = verified(store, sagemaker, runtime, stack).notice
    assert notice is not None
    assert "Metrics: none reported.\nBefore it: no model.\n" in notice.message
    assert promoted(store) == replaced(PROMOTED, metrics={}, previous=None)


def test_a_retry_after_a_lost_answer_keeps_the_version_before(
    store: Store, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack
) -> None:
    """It asks nothing more: what is promoted stays, whatever the endpoint says now."""
    all_goes_well(sagemaker, runtime)
    first = verified(store, sagemaker, runtime, stack)
    assert verified(store, sagemaker, runtime, stack) == first
    assert promoted(store) == PROMOTED


def test_the_promotion_is_written_last(store: Store, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack) -> None:
    all_goes_well(sagemaker, runtime)
    with written(store) as keys:
        verified(store, sagemaker, runtime, stack)
    assert keys == [PROJECT.receipt(RUN, "result").key, PROJECT.promoted.key]


@pytest.mark.parametrize(
    ("reason", "says"), [({}, "SageMaker gives no reason"), ({"FailureReason": "ping failed"}, "ping failed")]
)
def test_a_silent_rollback_is_seen(
    store: Store, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack, reason: dict[str, str], says: str
) -> None:
    sagemaker.answers("describe_endpoint", endpoint("InService", "shapes-000000000000-1", **reason))
    with pytest.raises(EndpointRolledBack, match=f"serves shapes-000000000000-1, not {JOB}: {says}"):
        verified(store, sagemaker, runtime, stack)
    assert promoted(store) == PROMOTION


WRONG_ANSWERS: dict[str, list[Any]] = {
    "a class the model does not have": [2, 0.9, 0, 0, 1, 1],
    "a score above one": [0, 1.5, 0, 0, 1, 1],
    "corners out of order": [0, 0.9, 0.5, 0, 0.4, 1],
    "too few numbers": [0, 0.9],
}


@pytest.mark.parametrize("row", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_a_wrong_answer_promotes_nothing(
    store: Store, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack, row: list[Any]
) -> None:
    sagemaker.answers("describe_endpoint", endpoint())
    answers(runtime, [1, 0.9, 0, 0, 1, 1])
    answers(runtime, row)
    with pytest.raises(GoldenPictureFailed, match="answer"):
        verified(store, sagemaker, runtime, stack)
    assert promoted(store) == PROMOTION
    assert store.find(PROJECT.receipt(RUN, "result")) is None


def test_a_container_that_fails_on_a_picture_promotes_nothing(
    store: Store, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack
) -> None:
    sagemaker.answers("describe_endpoint", endpoint())
    runtime.refuses("invoke_endpoint", "ModelError", "Received server error (500)", 424, OriginalStatusCode=500)
    with pytest.raises(GoldenPictureFailed, match="Received server error"):
        verified(store, sagemaker, runtime, stack)
    assert promoted(store) == PROMOTION


def test_without_a_picture_to_ask_with_nothing_is_promoted(
    store: Store, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack
) -> None:
    validates(store, None, "missing.jpg")
    sagemaker.answers("describe_endpoint", endpoint())
    with pytest.raises(NoGoldenPicture, match="none of the first 30 validation pictures is one that clients"):
        verified(store, sagemaker, runtime, stack)
    assert promoted(store) == PROMOTION


def test_an_endpoint_that_needs_a_moment_is_not_promoted_yet(
    store: Store, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack
) -> None:
    """The state machine tries again."""
    sagemaker.answers("describe_endpoint", endpoint())
    runtime.refuses("invoke_endpoint", "ModelNotReadyException", "", 429)
    with pytest.raises(ModelUnavailable):
        verified(store, sagemaker, runtime, stack)
    assert promoted(store) == PROMOTION


def test_pictures_that_no_client_could_send_are_passed_over(
    store: Store, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack
) -> None:
    store.s3.put_object(Bucket=BUCKET, Key="large.jpg", Body=b"\0" * (BODY_LIMIT + 1))
    store.s3.put_object(Bucket=BUCKET, Key="none.jpg", Body=b"no picture")
    validates(store, None, "large.jpg", KEYS[3], "missing.jpg", "none.jpg", KEYS[4])
    all_goes_well(sagemaker, runtime, KEYS[3:])
    verified(store, sagemaker, runtime, stack)
    assert len(result(store)["golden"]) == 2


def test_masks_are_held_against_the_size_of_their_picture(
    store: Store, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack
) -> None:
    facts = msgspec.structs.replace(present(DOCUMENT.dataset), algorithm="semantic-segmentation")
    sagemaker.answers("describe_endpoint", endpoint())
    runtime.answers("invoke_endpoint", {"Body": io.BytesIO(encoded(Image.new("L", (41, 20))))})
    with pytest.raises(GoldenPictureFailed, match="answered a mask of 41x20 to a picture of 40x20"):
        verified(store, sagemaker, runtime, stack, DOCUMENT.with_(dataset=facts))


def test_a_dataset_without_a_report_is_missing(
    store: Store, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack
) -> None:
    store.s3.delete_object(Bucket=BUCKET, Key=PROJECT.dataset(DATASET, REPORT_FILE).key)
    sagemaker.answers("describe_endpoint", endpoint())
    with pytest.raises(ObjectNotFound, match=r"report\.json does not exist"):
        verified(store, sagemaker, runtime, stack)


@contextmanager
def written(store: Store) -> Iterator[list[str]]:
    """The keys of the objects that are put, in order."""
    keys: list[str] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        keys.append(params["Key"])

    store.s3.meta.events.register("before-parameter-build.s3.PutObject", note)
    try:
        yield keys
    finally:
        store.s3.meta.events.unregister("before-parameter-build.s3.PutObject", note)

"""The last state of a good run: a model is promoted when its endpoint answers, and else nothing is."""

import io
import json
from collections.abc import Iterator
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
from tests.unit.s3_calls import calls_of, writes
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


class Scene:
    """A frozen dataset of five validation pictures, a model that was promoted before, and an endpoint to verify."""

    def __init__(self, store: Store, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack) -> None:
        self.store, self.sagemaker, self.runtime, self.stack = store, sagemaker, runtime, stack
        store.write_json(PROJECT.promoted, PROMOTION)
        store.write_json(PROJECT.dataset(DATASET, REPORT_FILE), REPORT)
        for key, body in PICTURES.items():
            self.put(key, body)
        self.validates(*KEYS)

    def put(self, key: str, body: bytes) -> None:
        self.store.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def delete(self, key: str) -> None:
        self.store.s3.delete_object(Bucket=BUCKET, Key=key)

    def validates(self, *keys: str | None) -> None:
        """Have the validation manifest name these pictures."""
        lines = [line(1, 0) | {"source-ref": f"s3://{BUCKET}/{key}" if key else None} for key in keys]
        self.put(PROJECT.dataset(DATASET, VALIDATION).key, manifest_text(lines))

    def answers(self, *rows: list[Any], picture: str | None = None) -> None:
        body = io.BytesIO(json.dumps({"prediction": rows}).encode())
        request = {
            "EndpointName": "labelloop-shapes",
            "Body": PICTURES[picture],
            "ContentType": "application/x-image",
            "Accept": "application/json",
        } if picture else {}  # fmt: skip
        self.runtime.answers("invoke_endpoint", {"Body": body}, **request)

    def all_goes_well(self, pictures: list[str] = KEYS[:GOLDEN_PICTURES]) -> None:
        self.sagemaker.answers("describe_endpoint", endpoint(), EndpointName="labelloop-shapes")
        for number, key in enumerate(pictures):
            self.answers(*[[1, 0.5, 0.3 * box, 0, 0.3 * box + 0.2, 1] for box in range(number)], picture=key)
        metrics = [metric | {"Timestamp": NOON} for metric in FINAL]
        self.sagemaker.answers("describe_training_job", training_job(FinalMetricDataList=metrics), TrainingJobName=JOB)

    def verified(self, run: RunDocument = DOCUMENT) -> RunDocument:
        return verify_endpoint(run, self.store, self.sagemaker.client, self.runtime.client, self.stack, lambda: NOON)

    @property
    def promoted(self) -> Promotion | None:
        return Promotion.read(self.store, PROJECT)

    @property
    def result(self) -> Any:
        return json.loads(self.store.read(PROJECT.receipt(RUN, "result"), limit=10_000))


@pytest.fixture
def scene(s3: Any, sagemaker: Stubbed, runtime: StubbedRuntime, stack: Stack) -> Scene:
    return Scene(Store(s3), sagemaker, runtime, stack)


def test_an_endpoint_that_answers_golden_pictures_is_promoted(scene: Scene) -> None:
    scene.all_goes_well()
    after = scene.verified()
    assert scene.promoted == PROMOTED
    assert scene.result["golden"] == [
        {"source_ref": f"s3://{BUCKET}/{key}", "predictions": number}
        for number, key in enumerate(KEYS[:GOLDEN_PICTURES])
    ]
    assert after == DOCUMENT.with_(notice=after.notice)


def test_subscribers_read_what_is_new_and_what_it_replaces(scene: Scene) -> None:
    scene.all_goes_well()
    notice = scene.verified().notice
    assert notice is not None
    assert notice.subject == "Labelloop: shapes has a new model"
    assert notice.message == (
        f"{JOB} answers for shapes: object-detection of 2 classes.\n"
        "Metrics: train:smooth_l1 0.25, validation:mAP 0.8125.\n"
        "Before it: shapes-000000000000-1.\n"
        f"Dataset: {DATASET}. Run: {RUN}."
    )


def test_a_first_model_has_none_before_it_and_a_job_may_report_no_metric(scene: Scene) -> None:
    scene.delete(PROJECT.promoted.key)
    scene.validates(KEYS[0])
    scene.sagemaker.answers("describe_endpoint", endpoint())
    scene.answers()
    scene.sagemaker.answers("describe_training_job", training_job())
    notice = scene.verified().notice
    assert notice is not None
    assert "Metrics: none reported.\nBefore it: no model.\n" in notice.message
    assert scene.promoted == replaced(PROMOTED, metrics={}, previous=None)


def test_a_retry_after_a_lost_answer_keeps_the_version_before(scene: Scene) -> None:
    """It asks nothing more: what is promoted stays, whatever the endpoint says now."""
    scene.all_goes_well()
    first = scene.verified()
    assert scene.verified() == first
    assert scene.promoted == PROMOTED


def test_the_promotion_is_written_last(scene: Scene) -> None:
    scene.all_goes_well()
    with calls_of(scene.store) as calls:
        scene.verified()
    assert writes(calls) == [PROJECT.receipt(RUN, "result").key, PROJECT.promoted.key]


@pytest.mark.parametrize(
    ("reason", "says"), [({}, "SageMaker gives no reason"), ({"FailureReason": "ping failed"}, "ping failed")]
)
def test_a_silent_rollback_is_seen(scene: Scene, reason: dict[str, str], says: str) -> None:
    scene.sagemaker.answers("describe_endpoint", endpoint("InService", "shapes-000000000000-1", **reason))
    with pytest.raises(EndpointRolledBack, match=f"serves shapes-000000000000-1, not {JOB}: {says}"):
        scene.verified()
    assert scene.promoted == PROMOTION


WRONG_ANSWERS: dict[str, list[Any]] = {
    "a class the model does not have": [2, 0.9, 0, 0, 1, 1],
    "a score above one": [0, 1.5, 0, 0, 1, 1],
    "corners out of order": [0, 0.9, 0.5, 0, 0.4, 1],
    "too few numbers": [0, 0.9],
}


@pytest.mark.parametrize("row", WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_a_wrong_answer_promotes_nothing(scene: Scene, row: list[Any]) -> None:
    scene.sagemaker.answers("describe_endpoint", endpoint())
    scene.answers([1, 0.9, 0, 0, 1, 1])
    scene.answers(row)
    with pytest.raises(GoldenPictureFailed, match="answer"):
        scene.verified()
    assert scene.promoted == PROMOTION
    assert scene.store.find(PROJECT.receipt(RUN, "result")) is None


def test_a_container_that_fails_on_a_picture_promotes_nothing(scene: Scene) -> None:
    scene.sagemaker.answers("describe_endpoint", endpoint())
    scene.runtime.refuses("invoke_endpoint", "ModelError", "Received server error (500)", 424, OriginalStatusCode=500)
    with pytest.raises(GoldenPictureFailed, match="Received server error"):
        scene.verified()
    assert scene.promoted == PROMOTION


def test_without_a_picture_to_ask_with_nothing_is_promoted(scene: Scene) -> None:
    scene.validates(None, "missing.jpg")
    scene.sagemaker.answers("describe_endpoint", endpoint())
    with pytest.raises(NoGoldenPicture, match="none of the first 30 validation pictures is one that clients"):
        scene.verified()
    assert scene.promoted == PROMOTION


def test_an_endpoint_that_needs_a_moment_is_not_promoted_yet(scene: Scene) -> None:
    """The state machine tries again."""
    scene.sagemaker.answers("describe_endpoint", endpoint())
    scene.runtime.refuses("invoke_endpoint", "ModelNotReadyException", "", 429)
    with pytest.raises(ModelUnavailable):
        scene.verified()
    assert scene.promoted == PROMOTION


def test_pictures_that_no_client_could_send_are_passed_over(scene: Scene) -> None:
    scene.put("large.jpg", b"\0" * (BODY_LIMIT + 1))
    scene.put("none.jpg", b"no picture")
    scene.validates(None, "large.jpg", KEYS[3], "missing.jpg", "none.jpg", KEYS[4])
    scene.all_goes_well(KEYS[3:])
    scene.verified()
    assert len(scene.result["golden"]) == 2


def test_masks_are_held_against_the_size_of_their_picture(scene: Scene) -> None:
    facts = msgspec.structs.replace(present(DOCUMENT.dataset), algorithm="semantic-segmentation")
    scene.sagemaker.answers("describe_endpoint", endpoint())
    scene.runtime.answers("invoke_endpoint", {"Body": io.BytesIO(encoded(Image.new("L", (41, 20))))})
    with pytest.raises(GoldenPictureFailed, match="answered a mask of 41x20 to a picture of 40x20"):
        scene.verified(DOCUMENT.with_(dataset=facts))


def test_a_dataset_without_a_report_is_missing(scene: Scene) -> None:
    scene.delete(PROJECT.dataset(DATASET, REPORT_FILE).key)
    scene.sagemaker.answers("describe_endpoint", endpoint())
    with pytest.raises(ObjectNotFound, match=r"report\.json does not exist"):
        scene.verified()

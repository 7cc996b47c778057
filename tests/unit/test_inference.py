import hashlib
import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import numpy as np
import pytest
import supervision
from labelloop.answer_size import ANSWER_LIMIT
from labelloop.errors import (
    AnswerTooLarge,
    AwsRefused,
    ModelFailed,
    NoModelYet,
    ProjectNotFound,
    ServiceUnavailable,
    UnsupportedMediaType,
)
from labelloop.inference import Answer, Service
from labelloop.inference_request import HttpRequest
from labelloop.masks import encode_mask_png
from labelloop.palette import class_colour, hex_colour
from labelloop.store import Store
from labelloop.tasks import Task
from PIL import Image

from tests.unit.documents import PROJECT, PROMOTION, replaced
from tests.unit.factories import BUCKET
from tests.unit.picture_files import GREY, encoded, opened, picture
from tests.unit.record_files import probabilities_body
from tests.unit.runtime_stub import StubbedRuntime, stubbed_runtime
from tests.unit.stubs import Stubbed

ROWS = [[1, 0.3, 0.0, 0.0, 0.5, 0.5], [0, 0.9, 0.25, 0.25, 0.75, 0.75], [0, 0.8, 0.25, 0.25, 0.75, 0.75]]
PICTURE = picture(400, 200)
MODEL = {
    "project": "shapes",
    "version": "shapes-000000000000-1",
    "task": "object-detection",
    "algorithm": "object-detection",
    "endpoint": "labelloop-shapes",
    "dataset": "ffffffffffffffff",
    "promoted": "2026-11-19T09:00:00+00:00",
}


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runtime(session: boto3.Session) -> Iterator[StubbedRuntime]:
    with stubbed_runtime(session.client("sagemaker-runtime")) as found:
        yield found


@pytest.fixture
def service(store: Store, runtime: StubbedRuntime, clock: Clock) -> Service:
    """Of a bucket in which the project `shapes` has a model."""
    store.write_json(PROJECT.promoted, PROMOTION)
    return Service(store, runtime.client, BUCKET, promotion_seconds=5, clock=clock)


def request(
    accept: str = "application/json", body: bytes = PICTURE, project: str = "shapes", **query: str
) -> HttpRequest:
    return HttpRequest(project, "01J", body, {"content-type": "image/png", "accept": accept}, query)


def answers(runtime: StubbedRuntime, rows: Any = ROWS, body: bytes = PICTURE) -> None:
    runtime.answers(
        "invoke_endpoint",
        {"Body": io.BytesIO(json.dumps({"prediction": rows}).encode())},
        EndpointName="labelloop-shapes",
        Body=body,
        ContentType="application/x-image",
        Accept="application/json",
    )


def parsed(answer: Answer) -> Any:
    assert answer.content_type == "application/json"
    return json.loads(answer.body)


def test_an_answer_says_what_was_seen_by_which_model_under_which_thresholds(
    service: Service, runtime: StubbedRuntime
) -> None:
    answers(runtime)
    assert parsed(service.infer(request())) == {
        "inference_id": "01J",
        "image": {
            "width": 400,
            "height": 200,
            "exif_orientation": 1,
            "oriented": False,
            "sha256": hashlib.sha256(PICTURE).hexdigest(),
        },
        "model": MODEL,
        "thresholds": {"confidence": 0.4, "source": "default", "iou": 0.5},
        "predictions": [
            {"x": 200.0, "y": 100.0, "width": 200.0, "height": 100.0, "x1": 100.0, "y1": 50.0, "x2": 300.0, "y2": 150.0,
             "confidence": 0.9, "class": "circle", "class_id": 0, "detection_id": "01J-0"},
        ],
        "counts": {"returned": 1, "left_out": 2},
        "time": 0.0,
    }  # fmt: skip


def test_supervision_reads_the_answer(service: Service, runtime: StubbedRuntime) -> None:
    answers(runtime)
    read = supervision.Detections.from_inference(parsed(service.infer(request(confidence="0.2"))))
    assert read.xyxy.tolist() == [[100, 50, 300, 150], [0, 0, 200, 100]]
    assert list(read.data["class_name"]) == ["circle", "square"]
    assert read.confidence is not None
    assert read.confidence.tolist() == [0.9, 0.3]


def test_the_thresholds_asked_for_are_used_and_said(service: Service, runtime: StubbedRuntime) -> None:
    answers(runtime)
    found = parsed(service.infer(request(confidence="0.2", iou="0.01", classes="circle")))
    assert found["thresholds"] == {"confidence": 0.2, "source": "request", "iou": 0.01}
    assert [one["class"] for one in found["predictions"]] == ["circle"]


def test_a_picture_is_turned_before_the_model_is_asked_and_the_answer_says_so(
    service: Service, runtime: StubbedRuntime
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(Image.new("RGB", (40, 20)), "JPEG", exif=exif)
    runtime.answers("invoke_endpoint", {"Body": io.BytesIO(b'{"prediction": [[0, 0.9, 0, 0, 1, 1]]}')})
    found = parsed(service.infer(request(body=data)))
    assert found["image"] == {
        "width": 20,
        "height": 40,
        "exif_orientation": 6,
        "oriented": True,
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    assert (found["predictions"][0]["width"], found["predictions"][0]["height"]) == (20, 40)
    ((_, sent),) = runtime.requests
    assert opened(sent["Body"]).size == (20, 40)


@pytest.mark.parametrize("accept", ["image/png", "image/jpeg"])
def test_the_picture_comes_back_with_the_boxes_on_it(service: Service, runtime: StubbedRuntime, accept: str) -> None:
    answers(runtime)
    answer = service.infer(request(accept))
    drawn = opened(answer.body)
    assert (answer.content_type, f"image/{drawn.format}".lower(), drawn.size) == (accept, accept, (400, 200))
    frame, inside = drawn.getpixel((299, 100)), drawn.getpixel((200, 100))
    assert frame == pytest.approx(class_colour(0), abs=0 if accept == "image/png" else 80)
    assert inside == pytest.approx(GREY, abs=3)


def test_a_drawn_picture_that_lambda_cannot_answer_is_refused_with_a_way_out(
    service: Service, runtime: StubbedRuntime
) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((1300, 1300), 90) for _ in "RGB"])
    body = encoded(noise, "JPEG", quality=80)
    answers(runtime, body=body)
    with pytest.raises(AnswerTooLarge, match=f"the drawn picture has more than the {ANSWER_LIMIT} bytes") as caught:
        service.infer(request("image/png", body))
    assert caught.value.hint == "Ask for image/jpeg or application/json, or send a smaller picture."


@pytest.mark.parametrize(
    "rows", [[[2, 0.9, 0, 0, 1, 1]], [[0, 1.5, 0, 0, 1, 1]], [[0, 0.9]], "none"], ids=["class", "score", "row", "type"]
)
def test_an_answer_that_no_such_model_gives_is_the_models_failure(
    service: Service, runtime: StubbedRuntime, rows: Any
) -> None:
    answers(runtime, rows)
    with pytest.raises(ModelFailed) as caught:
        service.infer(request())
    assert caught.value.public == "The model answered in a form that is not its algorithm's."
    assert "endpoint" in caught.value.message


def test_a_picture_is_refused_before_the_model_is_asked(service: Service) -> None:
    with pytest.raises(UnsupportedMediaType):
        service.infer(request(body=b"no picture"))


def test_a_project_is_described_by_its_model(service: Service) -> None:
    assert parsed(service.describe(request())) == {
        "model": MODEL,
        "classes": [
            {"class": "circle", "class_id": 0, "color": hex_colour(class_colour(0))},
            {"class": "square", "class_id": 1, "color": hex_colour(class_colour(1))},
        ],
        "metrics": {"validation:mAP": 0.75},
        "thresholds": {"confidence": 0.4, "source": "default", "iou": 0.5},
    }


@pytest.mark.parametrize("project", ["roads", "shape", "a_b", "-a", "", "shapes/../shapes", "x" * 200])
def test_a_project_that_never_was_is_not_found(service: Service, project: str) -> None:
    for ask in (service.infer, service.describe):
        with pytest.raises(ProjectNotFound, match="there is no project ") as caught:
            ask(request(project=project))
        assert len(caught.value.message) < 100


def test_a_project_whose_first_run_has_not_ended_has_no_model_yet(service: Service, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="projects/roads/manifests/a.manifest")
    with pytest.raises(NoModelYet, match="project roads has no model yet"):
        service.infer(request(project="roads"))


def test_which_model_answers_is_known_for_some_seconds(service: Service, store: Store, clock: Clock) -> None:
    def version() -> Any:
        return parsed(service.describe(request()))["model"]["version"]

    assert version() == "shapes-000000000000-1"
    store.write_json(PROJECT.promoted, replaced(PROMOTION, version="shapes-111111111111-1"))
    clock.seconds += 4.9
    assert version() == "shapes-000000000000-1"
    clock.seconds += 0.1
    assert version() == "shapes-111111111111-1"


def test_a_project_without_a_model_is_looked_for_every_time(service: Service, store: Store, s3: Any) -> None:
    s3.delete_object(Bucket=BUCKET, Key=PROJECT.promoted.key)
    s3.put_object(Bucket=BUCKET, Key="projects/shapes/project.json")
    with pytest.raises(NoModelYet):
        service.describe(request())
    store.write_json(PROJECT.promoted, PROMOTION)
    assert parsed(service.describe(request()))["model"] == MODEL


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [("InternalFailure", 500, ServiceUnavailable), ("AccessDeniedException", 403, AwsRefused)],
)
def test_errors_of_aws_itself_have_names(
    service: Service, runtime: StubbedRuntime, code: str, status: int, error: type[Exception]
) -> None:
    runtime.refuses("invoke_endpoint", code, "", status)
    with pytest.raises(error, match=f"InvokeEndpoint: {code}"):
        service.infer(request())


def test_storage_that_does_not_answer_is_unavailable_and_not_a_missing_project(
    runtime: StubbedRuntime, stubbed_s3: Stubbed, clock: Clock
) -> None:
    stubbed_s3.refuses("get_object", "SlowDown", "Please reduce your request rate.", 503)
    with pytest.raises(ServiceUnavailable, match="GetObject: SlowDown"):
        Service(Store(stubbed_s3.client), runtime.client, BUCKET, 5, clock).describe(request())


NAMES = ("BACKGROUND", "circle", "square")
HALVES = np.repeat(np.array([[0, 2]], np.uint8), 200, axis=1).repeat(200, axis=0)  # (200, 400)


JPEG = picture(400, 200, "JPEG")


def serves(store: Store, task: Task, names: tuple[str, ...] = NAMES) -> None:
    """Have the project's model be for another task."""
    store.write_json(PROJECT.promoted, replaced(PROMOTION, task=task, algorithm=task.value, classes=names))


def says(runtime: StubbedRuntime, body: bytes, accept: str, picture: bytes = PICTURE) -> None:
    media_type = "application/x-image" if picture is PICTURE else "image/jpeg"
    request = {"EndpointName": "labelloop-shapes", "Body": picture, "ContentType": media_type}
    runtime.answers("invoke_endpoint", {"Body": io.BytesIO(body)}, **request, Accept=accept)


def test_a_mask_is_asked_for_as_png_and_told_in_segments(
    service: Service, store: Store, runtime: StubbedRuntime
) -> None:
    serves(store, Task.SEMANTIC_SEGMENTATION)
    says(runtime, encode_mask_png(HALVES, [(0, 0, 0)] * 3), "image/png", JPEG)
    found = parsed(service.infer(request(body=JPEG)))
    assert found["thresholds"] == {}
    assert found["model"]["task"] == "semantic-segmentation"
    assert found["predictions"]["present_class_ids"] == [0, 2]
    assert [segment["share"] for segment in found["predictions"]["segments"]] == [0.5, 0.5]


def test_probabilities_are_asked_for_where_confidences_are_wanted(
    service: Service, store: Store, runtime: StubbedRuntime
) -> None:
    serves(store, Task.SEMANTIC_SEGMENTATION)
    shares = np.full((3, 200, 400), 0.25, np.float32)
    shares[2] = 0.5
    says(runtime, probabilities_body(shares), "application/x-protobuf", JPEG)
    found = parsed(service.infer(request(body=JPEG, confidence_mask="true")))
    assert [segment["confidence"] for segment in found["predictions"]["segments"]] == [0.5]


def test_probabilities_too_many_for_an_answer_are_refused_before_the_model_is_asked(
    service: Service, store: Store
) -> None:
    serves(store, Task.SEMANTIC_SEGMENTATION, tuple(map(str, range(20))))
    with pytest.raises(AnswerTooLarge, match="20 probabilities for each of 400x200 pixels"):
        service.infer(request(confidence_mask="true"))


def test_a_mask_comes_back_as_a_file_whatever_is_accepted(
    service: Service, store: Store, runtime: StubbedRuntime
) -> None:
    serves(store, Task.SEMANTIC_SEGMENTATION)
    for accept in ("application/json", "image/jpeg"):
        says(runtime, encode_mask_png(HALVES, [(0, 0, 0)] * 3), "image/png", JPEG)
        answer = service.infer(request(accept, JPEG, format="png"))
        assert answer.content_type == "image/png"
        assert (np.asarray(opened(answer.body)) == HALVES).all()


def test_a_model_that_takes_jpegs_alone_gets_one(service: Service, store: Store, runtime: StubbedRuntime) -> None:
    serves(store, Task.SEMANTIC_SEGMENTATION)
    runtime.answers("invoke_endpoint", {"Body": io.BytesIO(encode_mask_png(HALVES, []))})
    service.infer(request())
    ((_, sent),) = runtime.requests
    assert (sent["ContentType"], opened(sent["Body"]).format, opened(sent["Body"]).size) == (
        "image/jpeg",
        "JPEG",
        (400, 200),
    )


def test_a_mask_instead_of_probabilities_is_the_models_failure(
    service: Service, store: Store, runtime: StubbedRuntime
) -> None:
    serves(store, Task.SEMANTIC_SEGMENTATION)
    says(runtime, encode_mask_png(HALVES, []), "application/x-protobuf", JPEG)
    with pytest.raises(ModelFailed, match="asked for probabilities and answered a mask"):
        service.infer(request(body=JPEG, confidence_mask="true"))


def test_an_answer_too_large_for_lambda_is_refused(service: Service, store: Store, runtime: StubbedRuntime) -> None:
    serves(store, Task.OBJECT_DETECTION, tuple(map(str, range(2000))))
    answers(runtime, [[number % 2000, 0.9, 0, 0, 1, 1] for number in range(40_000)])
    with pytest.raises(AnswerTooLarge, match="the answer has more than"):
        service.infer(request(iou="1", max_detections="40000"))


def test_a_mask_comes_back_on_the_picture(service: Service, store: Store, runtime: StubbedRuntime) -> None:
    serves(store, Task.SEMANTIC_SEGMENTATION)
    says(runtime, encode_mask_png(HALVES, [(0, 0, 0)] * 3), "image/png", JPEG)
    drawn = opened(service.infer(request("image/png", JPEG)).body)
    assert drawn.getpixel((100, 100)) == GREY != drawn.getpixel((300, 100))


def test_one_class_of_a_picture_is_told(service: Service, store: Store, runtime: StubbedRuntime) -> None:
    serves(store, Task.IMAGE_CLASSIFICATION, ("cat", "dog"))
    says(runtime, b"[0.25, 0.75]", "application/json")
    found = parsed(service.infer(request()))
    assert (found["top"], found["confidence"], len(found["predictions"])) == ("dog", 0.75, 2)
    assert found["thresholds"] == {"confidence": 0.0, "source": "default"}


def test_several_classes_of_a_picture_are_told(service: Service, store: Store, runtime: StubbedRuntime) -> None:
    serves(store, Task.IMAGE_CLASSIFICATION_MULTILABEL, ("cat", "dog"))
    says(runtime, b"[0.75, 0.85]", "application/json")
    found = parsed(service.infer(request(confidence="80")))
    assert found["predicted_classes"] == ["dog"]
    assert found["thresholds"] == {"confidence": 0.8, "source": "request"}


def test_a_sigmoid_behind_a_softmax_is_the_models_failure(
    service: Service, store: Store, runtime: StubbedRuntime
) -> None:
    serves(store, Task.IMAGE_CLASSIFICATION, ("cat", "dog"))
    says(runtime, b"[0.75, 0.85]", "application/json")
    with pytest.raises(ModelFailed, match=r"add up to 1\.6000"):
        service.infer(request())


def test_the_background_of_masks_is_described_as_white(service: Service, store: Store) -> None:
    serves(store, Task.SEMANTIC_SEGMENTATION)
    found = parsed(service.describe(request()))
    assert found["classes"][0] == {"class": "BACKGROUND", "class_id": 0, "color": "#ffffff"}
    assert found["thresholds"] == {}

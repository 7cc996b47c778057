import base64
import json
from typing import Any

import pytest
from labelloop.endpoint import BODY_LIMIT
from labelloop.errors import (
    InvalidParameter,
    NotAcceptable,
    PictureNotFound,
    PictureTooLarge,
    RequestError,
    UnsupportedMediaType,
)
from labelloop.inference_parameters import Parameters
from labelloop.inference_request import HttpRequest, Wanted, understand
from labelloop.prediction import Options
from labelloop.store import Store
from labelloop.tasks import Task

from tests.unit.documents import PROJECT, PROMOTION, replaced
from tests.unit.factories import BUCKET

PICTURE = b"\xff\xd8 the bytes are not looked at here"
CLASSES = ("circle", "square", "2", "left, right", "STOP sign")
PNG, JSON = {"content-type": "image/png"}, {"content-type": "application/json"}
STORED = f"s3://{BUCKET}/projects/shapes/pictures/a b+c.jpg"


def asked(
    store: Store, body: bytes = PICTURE, headers: dict[str, str] = PNG, query: dict[str, str] | None = None
) -> Wanted:
    request = HttpRequest("shapes", "id", body, headers, query or {})
    return understand(request, replaced(PROMOTION, classes=CLASSES), store, BUCKET)


def asked_in_json(store: Store, query: dict[str, str] | None = None, **body: Any) -> Wanted:
    image = {"type": "base64", "value": base64.b64encode(PICTURE).decode()}
    return asked(store, json.dumps({"image": image} | body).encode(), JSON, query)


@pytest.fixture
def store() -> Store:
    """For requests that read nothing from S3."""
    return Store(None)  # type: ignore[arg-type]


@pytest.fixture
def pictures(s3: Any) -> Store:
    s3.put_object(Bucket=BUCKET, Key="projects/shapes/pictures/a b+c.jpg", Body=PICTURE)
    s3.put_object(Bucket=BUCKET, Key="projects/shapes/pictures/large.jpg", Body=b"\0" * (BODY_LIMIT + 1))
    s3.put_object(Bucket=BUCKET, Key="projects/shapes/pictures/largest.jpg", Body=b"\0" * BODY_LIMIT)
    s3.put_object(Bucket=BUCKET, Key="projects/shapes-of-others/a.jpg", Body=PICTURE)
    return Store(s3)


@pytest.mark.parametrize(
    "content_type",
    ["image/jpeg", "image/png", "application/x-image", "application/octet-stream", "IMAGE/PNG", "image/png; q=1"],
)
def test_a_raw_body_is_the_picture(store: Store, content_type: str) -> None:
    assert asked(store, headers={"content-type": content_type}) == Wanted(
        PICTURE, Parameters(Task.OBJECT_DETECTION, Options(0.4, 0.5, 300)), "application/json"
    )


@pytest.mark.parametrize(
    ("headers", "shown"),
    [
        ({"content-type": "image/gif"}, "image/gif"),
        ({"content-type": ""}, "none"),
        ({}, "none"),
        ({"accept": "*/*"}, "none"),
    ],
)
def test_another_body_is_refused_with_its_type(store: Store, headers: dict[str, str], shown: str) -> None:
    with pytest.raises(UnsupportedMediaType, match=f"a body of type .?{shown}.? is not understood") as caught:
        asked(store, headers=headers)
    assert "image/jpeg, image/png, or application/json" in caught.value.hint


@pytest.mark.parametrize("start", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"])
@pytest.mark.parametrize("headers", [{}, {"content-type": "application/x-www-form-urlencoded"}])
def test_what_begins_as_a_picture_is_one_whatever_it_is_called(
    store: Store, start: bytes, headers: dict[str, str]
) -> None:
    assert asked(store, start, headers).picture == start


@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/*", "application/json"),
        ("image/*", "image/png"),
        ("image/png", "image/png"),
        ("IMAGE/JPEG", "image/jpeg"),
        ("image/jpeg;q=0.9, */*", "image/jpeg"),
        ("text/html, image/png", "image/png"),
        # what browsers send for <img>
        ("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "image/png"),
        # the order counts, not the quality
        ("application/json;q=0.1, image/png;q=0.9", "application/json"),
    ],
)
def test_the_first_form_of_answer_that_is_offered_is_given(store: Store, accept: str, answer: str) -> None:
    assert asked(store, headers=PNG | {"accept": accept}).media_type == answer


@pytest.mark.parametrize("accept", ["text/html", "image/webp", "application/xml;q=0.9"])
def test_without_an_acceptable_form_the_request_is_refused(store: Store, accept: str) -> None:
    with pytest.raises(NotAcceptable, match="no answer of type ") as caught:
        asked(store, headers=PNG | {"accept": accept})
    assert caught.value.hint == "Accept one of application/json, image/png, image/jpeg."


def test_parameters_of_the_query_string_are_read_as_the_models_task_has_them(store: Store) -> None:
    parameters = asked(store, query={"confidence": "0.25"}).parameters
    assert parameters == Parameters(Task.OBJECT_DETECTION, Options(0.25), given=frozenset({"confidence"}))


@pytest.mark.parametrize(
    ("body", "options"),
    [
        ({}, Options(0.4, 0.5, 300)),
        ({"confidence": 0.25, "iou": 0.3, "max_detections": 7}, Options(0.25, 0.3, 7)),
        ({"confidence": 55}, Options(0.55, 0.5, 300)),
        ({"confidence": None, "classes": None}, Options(0.4, 0.5, 300)),
        ({"classes": ["square", 0]}, Options(0.4, 0.5, 300, frozenset({0, 1}))),
        ({"classes": ["left, right"]}, Options(0.4, 0.5, 300, frozenset({3}))),
        ({"classes": "square, 0"}, Options(0.4, 0.5, 300, frozenset({0, 1}))),
    ],
)
def test_parameters_of_a_json_body(store: Store, body: dict[str, Any], options: Options) -> None:
    wanted = asked_in_json(store, **body)
    assert (wanted.picture, wanted.parameters.options) == (PICTURE, options)
    assert wanted.parameters.given == {name for name, value in body.items() if value is not None}


def test_the_query_string_wins_over_the_body(store: Store) -> None:
    wanted = asked_in_json(store, {"confidence": "0.9"}, confidence=0.1, iou=0.2)
    assert wanted.parameters.options == Options(0.9, 0.2, 300)


IMAGE = {"type": "base64", "value": "AAAA"}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "Input data was truncated"),
        (b"picture", "JSON is malformed"),
        (b'"\xff"', "Expected `object`, got `str`"),
        (b'{"image": {"type": "base64", "value": "\xff"}}', "decode byte 0xff"),
        (b"{}", "missing required field `image`"),
        ({"image": "AAAA"}, "Expected `object`, got `str` - at `$.image`"),
        (
            {"image": {"type": "url", "value": "https://example.com/a.jpg"}},
            "Invalid enum value 'url' - at `$.image.type`",
        ),
        ({"image": {"type": "s3"}}, "missing required field `value` - at `$.image`"),
        ({"image": IMAGE, "threshold": 0.5}, "contains unknown field `threshold`"),
        ({"image": IMAGE | {"name": "a.jpg"}}, "contains unknown field `name` - at `$.image`"),
        ({"image": IMAGE, "confidence": "0.5"}, "Expected `float | null`, got `str` - at `$.confidence`"),
        ({"image": IMAGE, "confidence": True}, "Expected `float | null`, got `bool` - at `$.confidence`"),
        ({"image": IMAGE, "max_detections": 2.5}, "Expected `int | null`, got `float` - at `$.max_detections`"),
        ({"image": IMAGE, "classes": 5}, "got `int` - at `$.classes`"),
    ],
)
def test_a_json_body_of_another_form_is_refused_and_the_place_named(
    store: Store, body: bytes | dict[str, Any], says: str
) -> None:
    with pytest.raises(InvalidParameter) as caught:
        asked(store, body if isinstance(body, bytes) else json.dumps(body).encode(), JSON)
    assert caught.value.message.startswith("the JSON body is not understood: ")
    assert says in caught.value.message
    assert caught.value.hint == 'It looks like {"image": {"type": "base64", "value": "…"}}.'


@pytest.mark.parametrize("begin", ["", "data:image/png;base64,", "data:;base64,"])
def test_base64_may_come_as_a_data_url(store: Store, begin: str) -> None:
    image = {"type": "base64", "value": begin + base64.b64encode(PICTURE).decode()}
    assert asked_in_json(store, image=image).picture == PICTURE


@pytest.mark.parametrize("value", ["AAA", "AA AA", "A*==", "http://example.com/a.jpg", "ä==="])
def test_what_is_not_base64_is_refused(store: Store, value: str) -> None:
    with pytest.raises(InvalidParameter, match=r"image\.value is not base64: "):
        asked_in_json(store, image={"type": "base64", "value": value})


def test_a_picture_of_the_projects_folder_is_read_from_s3(pictures: Store) -> None:
    assert asked_in_json(pictures, image={"type": "s3", "value": STORED}).picture == PICTURE
    largest = f"{PROJECT.root}pictures/largest.jpg"
    assert len(asked_in_json(pictures, image={"type": "s3", "value": largest}).picture) == BODY_LIMIT


FOLDER = f"s3://{BUCKET}/projects/shapes"


@pytest.mark.parametrize(
    ("value", "refusal", "says"),
    [
        (
            "https://a.org/b.jpg",
            InvalidParameter,
            "image.value: 'https://a.org/b.jpg' is not of the form s3://bucket/key",
        ),
        (f"{FOLDER}/pictures/none.jpg", PictureNotFound, "none.jpg does not exist"),
        (f"{FOLDER}/pictures/large.jpg", PictureTooLarge, "has 6291457 bytes; an endpoint takes at most 6291456"),
        (f"{FOLDER}-of-others/a.jpg", PictureNotFound, f"a.jpg lies outside {FOLDER}/"),
        (FOLDER, PictureNotFound, f"shapes lies outside {FOLDER}/"),
        (f"s3://{BUCKET}/other.jpg", PictureNotFound, f"other.jpg lies outside {FOLDER}/"),
        ("s3://somebody-elses/projects/shapes/a.jpg", PictureNotFound, f"a.jpg lies outside {FOLDER}/"),
    ],
)
def test_other_places_of_s3_are_refused(pictures: Store, value: str, refusal: type[RequestError], says: str) -> None:
    with pytest.raises(refusal, match=says):
        asked_in_json(pictures, image={"type": "s3", "value": value})


@pytest.mark.parametrize(
    ("accept", "query"), [("image/png", {}), ("image/jpeg", {}), ("application/json", {"format": "png"})]
)
def test_confidences_of_a_mask_are_told_in_json_alone(store: Store, accept: str, query: dict[str, str]) -> None:
    asked_for = HttpRequest("shapes", "id", PICTURE, PNG | {"accept": accept}, {"confidence_mask": "true", **query})
    with pytest.raises(InvalidParameter, match="confidence_mask is told in JSON alone"):
        understand(asked_for, replaced(PROMOTION, task=Task.SEMANTIC_SEGMENTATION), store, BUCKET)

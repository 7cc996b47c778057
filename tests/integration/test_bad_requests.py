"""What the HTTP API refuses: one shape of error, the thing named, and the way out."""

import json
from typing import Any

import pytest

from laptop.cloud import Cloud
from tests.integration.loop import Loop, picture


@pytest.fixture(scope="module")
def api(cloud: Cloud) -> Loop:
    loop = Loop(cloud)
    loop.put_labels("asked")
    assert loop.wait("asked").status == "SUCCEEDED"
    loop.put("projects/unborn/project.json", "{}")
    return loop


GOOD = picture()


@pytest.mark.parametrize(
    ("project", "body", "query", "headers", "status", "code", "word"),
    [
        ("nobody", GOOD, "", {}, 404, "PROJECT_NOT_FOUND", "nobody"),
        ("bad_name", GOOD, "", {}, 404, "PROJECT_NOT_FOUND", "bad_name"),
        ("unborn", GOOD, "", {}, 409, "NO_MODEL_YET", "unborn"),
        ("asked", GOOD, "?confidence=high", {}, 400, "INVALID_PARAMETER", "confidence"),
        ("asked", GOOD, "?size=3", {}, 400, "INVALID_PARAMETER", "size"),
        ("asked", GOOD, "?classes=cow", {}, 400, "INVALID_PARAMETER", "cow"),
        ("asked", b"hello", "", {"Content_Type": "text/plain"}, 415, "UNSUPPORTED_MEDIA_TYPE", "text/plain"),
        ("asked", b"hello", "", {}, 415, "UNSUPPORTED_MEDIA_TYPE", "JPEG"),
        ("asked", GOOD[:300], "", {}, 400, "INVALID_PICTURE", "damaged"),
        ("asked", b"{", "", {"Content_Type": "application/json"}, 400, "INVALID_PARAMETER", "JSON"),
        ("asked", GOOD, "", {"Accept": "text/csv"}, 406, "NOT_ACCEPTABLE", "text/csv"),
        ("asked", bytes(9_000_000), "", {}, 413, "PICTURE_TOO_LARGE", "4.4 MB"),
        ("asked", bytes(11_000_000), "", {}, 413, "PICTURE_TOO_LARGE", "4.4 MB"),
    ],
)
def test_a_bad_request_is_refused_by_name(
    api: Loop, project: str, body: bytes, query: str, headers: Any, status: int, code: str, word: str
) -> None:
    found, answer = api.ask(project, body, query, **headers)
    error = answer["error"]
    assert (found, error["code"]) == (status, code)
    assert word in error["message"] + error["hint"]
    assert error.keys() == {"code", "message", "hint", "request_id"}
    assert error["request_id"]


def test_a_json_body_may_name_a_picture_of_the_project(api: Loop) -> None:
    def ask(uri: str) -> tuple[int, Any]:
        body = {"image": {"type": "s3", "value": uri}, "confidence": 0.2}
        return api.ask("asked", json.dumps(body).encode(), Content_Type="application/json")

    assert len(ask(f"s3://{api.bucket}/projects/asked/pictures/0.jpg")[1]["predictions"]) == 2
    assert ask(f"s3://{api.bucket}/projects/unborn/project.json")[0] == 404
    assert ask("s3://elsewhere/picture.jpg")[0] == 404


def test_an_unknown_address_is_answered_in_the_same_shape(api: Loop) -> None:
    answer = api.http.request("GET", f"{api.cloud.outputs['ApiUrl']}/v1/asked/nothing/here")
    assert answer.status == 403
    assert answer.json()["error"]["code"] == "FORBIDDEN_OR_NOT_FOUND"

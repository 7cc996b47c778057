import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

from laptop.cloud import Cloud
from laptop.gateway_responses import MISSING_TOKEN, GatewayError, GatewayResponses, render

MEBIBYTE = 1024 * 1024
HTTP = urllib3.PoolManager(retries=False)


def call(cloud: Cloud, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return HTTP.request(method, cloud.outputs["ApiUrl"] + path, body=body, headers=sent, timeout=30)


def test_the_event_is_that_of_the_rest_api(cloud: Cloud) -> None:
    response = call(cloud, "GET", "/v1/birds%20%C3%A4?a=1&a=2&b=x%26y", Accept="text/plain", X_Mine="here")
    assert (response.status, response.headers["X-Seen"]) == (200, "yes")
    event = response.json()
    expected = {
        "resource": "/v1/{project}",
        "path": "/v1/birds ä",
        "httpMethod": "GET",
        "queryStringParameters": {"a": "2", "b": "x&y"},
        "multiValueQueryStringParameters": {"a": ["1", "2"], "b": ["x&y"]},
        "pathParameters": {"project": "birds ä"},
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }
    assert {name: event[name] for name in expected} == expected
    assert (event["headers"]["Accept"], event["headers"]["X-Mine"]) == ("text/plain", "here")
    assert event["multiValueHeaders"]["X-Mine"] == ["here"]
    context = event["requestContext"]
    assert (context["stage"], context["resourcePath"], context["httpMethod"]) == ("prod", "/v1/{project}", "GET")
    assert context["path"] == "/prod/v1/birds ä"
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["requestId"] == response.headers["x-amzn-RequestId"]
    assert set(event) == {*expected, "headers", "multiValueHeaders", "requestContext"}


def test_without_query_the_parameters_are_null(cloud: Cloud) -> None:
    event = call(cloud, "GET", "/v1/birds").json()
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None


def test_bytes_go_in_and_out_unchanged(cloud: Cloud) -> None:
    picture = bytes(range(256)) * 40
    response = call(cloud, "POST", "/v1/birds/infer", picture, Content_Type="image/jpeg", Accept="image/png")
    assert response.status == 201
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers.getlist("X-Two") == ["a", "b"]
    assert response.data == picture[::-1]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/birds/infer"), ("POST", "/v1/birds"), ("GET", "/v1/a/b/c"), ("DELETE", "/v1/a")]
)
def test_an_unknown_route_is_a_missing_token(cloud: Cloud, method: str, path: str) -> None:
    response = call(cloud, method, path)
    assert (response.status, response.json()) == (403, {"message": "Missing Authentication Token"})
    assert response.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("size", [10_000_001, 5 * MEBIBYTE], ids=["API Gateway's 10 MB", "Lambda's 6 MB in base64"])
def test_too_large_a_body_is_worded_by_the_template(cloud: Cloud, size: int) -> None:
    response = call(cloud, "POST", "/v1/birds/infer", bytes(size), Content_Type="image/jpeg")
    error = response.json()["error"]
    assert (response.status, response.headers["X-Why"]) == (413, "size")
    assert (error["code"], error["message"]) == ("PICTURE_TOO_LARGE", "Request Too Long")
    assert error["id"] == response.headers["x-amzn-RequestId"]


@pytest.mark.parametrize(
    ("project", "status", "message"),
    [
        ("broken", 502, "Internal server error"),
        ("raise", 502, "Internal server error"),
        ("slow", 504, "Endpoint request timed out"),
    ],
)
def test_a_function_that_does_not_answer_properly(cloud: Cloud, project: str, status: int, message: str) -> None:
    response = call(cloud, "GET", f"/v1/{project}")
    assert (response.status, response.json()["error"]["message"]) == (status, message)


def test_a_page_of_another_site_cannot_reach_the_cloud(cloud: Cloud) -> None:
    """A name of an attacker's that leads to 127.0.0.1 shows in the Host header (DNS rebinding)."""
    address = urlsplit(cloud.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(b"GET /v1/birds HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 403")


def test_templates_know_the_variables_of_the_context() -> None:
    error = GatewayError("REQUEST_TOO_LARGE", 413, 'a "b"', "")
    names = ("requestId", "error.message", "error.messageString", "error.responseType", "stage")
    template = " ".join(f"$context.{name}" for name in names) + "."
    assert render(template, error, "id") == 'id a "b" "a \\"b\\"" REQUEST_TOO_LARGE .'


@pytest.mark.parametrize(
    ("customised", "status", "body"),
    [
        ({}, 403, {"message": "Missing Authentication Token"}),
        ({"DEFAULT_4XX": {"responseTemplates": {"application/json": '{"x": 4}'}}}, 403, {"x": 4}),
        (
            {"DEFAULT_5XX": {"responseTemplates": {"application/json": '{"x": 5}'}}},
            403,
            {"message": MISSING_TOKEN.message},
        ),
        (
            {
                "DEFAULT_4XX": {"responseTemplates": {"application/json": '{"x": 4}'}},
                "MISSING_AUTHENTICATION_TOKEN": {
                    "statusCode": "404",
                    "responseTemplates": {"application/json": '{"x": 404}'},
                },
            },
            404,
            {"x": 404},
        ),
    ],
)
def test_the_apis_own_response_goes_before_its_default(customised: Any, status: int, body: Any) -> None:
    response = GatewayResponses(customised).answer(MISSING_TOKEN, "id")
    assert (response.status_code, json.loads(response.get_data())) == (status, body)

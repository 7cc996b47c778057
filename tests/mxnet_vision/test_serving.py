"""`serve` as a process, with a model that `train` made."""

import json
import socket
from collections.abc import Iterator

import pytest
from PIL import Image

from .conftest import LINES, Client, OptMl, encoded, free_port, serving, streamed

EPOCHS = 30


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OptMl]:
    """A model that knows its eight training pictures by heart."""
    tree = OptMl(tmp_path_factory.mktemp("trained"))
    tree.prepare({"epochs": str(EPOCHS), "learning_rate": "0.03"})
    tree.stream_epochs(EPOCHS, streamed(LINES * 2), streamed(LINES))
    done = tree.train()
    assert done.returncode == 0, done.stderr
    yield tree
    tree.close()


@pytest.fixture(scope="module")
def client(trained: OptMl) -> Iterator[Client]:
    """A client of the served model."""
    with serving(trained) as found:
        yield found


@pytest.mark.parametrize("content_type", ["application/x-image", "image/png", "image/jpeg", "image/png; q=1"])
@pytest.mark.parametrize("accept", ["application/json", "*/*", ""])
def test_detections_are_rows_in_fractions(client: Client, content_type: str, accept: str) -> None:
    reply = client.invoke(LINES[0][0], accept, content_type)
    assert (reply.status, reply.content_type) == (200, "application/json")
    rows = json.loads(reply.body)["prediction"]
    for class_id, score, *corners in rows:
        assert class_id in (0.0, 1.0)
        assert 0 < score <= 1
        assert all(0 <= corner <= 1 for corner in corners)
        assert corners[0] <= corners[2]
        assert corners[1] <= corners[3]


@pytest.mark.parametrize("line", LINES[:4], ids=range(4))
def test_the_square_is_found_in_pixels(client: Client, line: tuple[bytes, dict[str, list[dict[str, int]]]]) -> None:
    picture, label = line
    reply = client.invoke(picture, "application/json;annotation=1")
    assert (reply.status, reply.content_type) == (200, "application/json")
    answer = json.loads(reply.body)
    assert answer["image_size"] == [{"width": 64, "height": 64, "depth": 3}]
    best = max(answer["annotations"], key=lambda each: float(each["score"]))
    assert set(best) == {"class_id", "score", "left", "top", "width", "height"}
    wanted = label["annotations"][0]
    assert best["score"] > 0.4
    assert best["class_id"] == wanted["class_id"]
    for name in ("left", "top", "width", "height"):
        assert best[name] == pytest.approx(wanted[name], abs=6)


def test_json_lines_are_one_line(client: Client) -> None:
    reply = client.invoke(LINES[0][0], "application/jsonlines")
    assert (reply.status, reply.content_type) == (200, "application/jsonlines")
    assert reply.body.count(b"\n") == 1
    assert reply.body.endswith(b"\n")
    assert json.loads(reply.body) == json.loads(client.invoke(LINES[0][0]).body)


def test_a_picture_of_another_size_and_mode_has_its_own_pixels(client: Client) -> None:
    picture = encoded(Image.new("L", (333, 55), 90), "JPEG")
    answer = json.loads(client.invoke(picture, "application/json;annotation=1").body)
    assert answer["image_size"] == [{"width": 333, "height": 55, "depth": 3}]


@pytest.mark.parametrize(
    ("status", "message", "request_"),
    [
        (400, "cannot be decoded", {"body": b"not a picture"}),
        (400, "cannot be decoded", {"body": b""}),
        (400, "cannot be decoded", {"body": LINES[0][0][:70]}),
        (406, "Accept 'image/png' is none of", {"body": LINES[0][0], "accept": "image/png"}),
        (413, "more than 6291456 bytes", {"body": bytes(6 * 2**20 + 1)}),
        (415, "Content-Type 'application/json' is none of", {"body": b"{}", "content_type": "application/json"}),
    ],
)
def test_a_bad_request_says_what_is_wrong(
    client: Client, status: int, message: str, request_: dict[str, bytes | str]
) -> None:
    body = bytes(request_.pop("body"))  # type: ignore[arg-type] # always bytes
    reply = client.invoke(body, **{name: str(value) for name, value in request_.items()})
    assert (reply.status, reply.content_type) == (status, "application/json")
    assert message in json.loads(reply.body)["error"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/invocations"), ("POST", "/ping")])
def test_there_is_nothing_else(client: Client, method: str, path: str) -> None:
    assert client.ask(method, path, Content_Type="image/png").status == 404


@pytest.mark.parametrize(
    ("length", "status"),
    [(None, b"411"), ("chunky", b"411"), ("-1", b"411"), ("6291457", b"413"), ("9" * 400, b"413")],
)
def test_the_length_of_a_body_must_be_known_and_small(client: Client, length: str | None, status: bytes) -> None:
    header = f"Content-Length: {length}\r\n" if length else "Transfer-Encoding: chunked\r\n"
    with socket.create_connection(("127.0.0.1", client.port), timeout=10) as connection:
        connection.sendall(f"POST /invocations HTTP/1.1\r\nContent-Type: image/png\r\n{header}\r\n".encode())
        assert connection.recv(100).split()[1] == status


def test_a_slow_sender_does_not_hold_up_the_others(client: Client) -> None:
    with socket.create_connection(("127.0.0.1", client.port)) as slow:
        slow.sendall(b"POST /invocations HTTP/1.1\r\nContent-Type: image/png\r\nContent-Length: 500\r\n\r\nabc")
        assert client.ask("GET", "/ping").status == 200
        assert client.invoke(LINES[0][0]).status == 200


def test_without_a_model_nothing_is_served(opt_ml: OptMl) -> None:
    opt_ml.prepare()
    process = opt_ml.start("serve", SAGEMAKER_BIND_TO_PORT=str(free_port()))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "hyperparams.json" in err

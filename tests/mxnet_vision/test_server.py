"""The HTTP server around a predictor that needs no MXNet."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from mxnet_vision.models import Answer
from mxnet_vision.serve import Server


class Scripted:
    """A predictor that does what it is told."""

    def __init__(self, act: Callable[[bytes], bytes]) -> None:
        self.act = act

    def answer(self, picture: bytes, accept: str) -> Answer:
        return Answer(self.act(picture), accept)


@contextmanager
def running(act: Callable[[bytes], bytes]) -> Iterator[Server]:
    with Server(Scripted(act), "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def invoke(server: Server, body: bytes) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("POST", "/invocations", body, {"Content-Type": "image/png", "Accept": "text/plain"})
    response = connection.getresponse()
    try:
        return response.status, response.read()
    finally:
        connection.close()


def test_a_failing_model_is_answered_and_logged(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: bytes) -> bytes:
        raise ArithmeticError("no weights")

    with running(fail) as server:
        status, body = invoke(server, b"picture")
    assert status == 500
    assert b"the endpoint's log says why" in body
    assert "ArithmeticError: no weights" in capsys.readouterr().err


def test_the_model_sees_one_picture_at_a_time_and_none_is_lost_at_the_end() -> None:
    inside, begun, go_on = threading.Semaphore(1), threading.Event(), threading.Event()
    replies: list[tuple[int, bytes]] = []

    def slow(picture: bytes) -> bytes:
        assert inside.acquire(blocking=False), "two at a time"
        begun.set()
        go_on.wait(10)
        inside.release()
        return picture[::-1]

    with running(slow) as server:
        clients = [
            threading.Thread(target=lambda body=body: replies.append(invoke(server, body))) for body in (b"ab", b"cd")
        ]
        for client in clients:
            client.start()
        begun.wait(10)
        threading.Timer(0.1, go_on.set).start()
        for client in clients:
            client.join()
    assert sorted(replies) == [(200, b"ba"), (200, b"dc")]

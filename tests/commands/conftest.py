"""An HTTP API with one answer, which remembers what it was asked."""

import json
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from tests.commands.answer_bodies import BOXES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Asked(NamedTuple):
    """One request."""

    path: str
    parameters: dict[str, str]
    content_type: str
    accept: str
    body: bytes


class Recorder:
    """The server; its answer can be changed."""

    url = ""

    def __init__(self) -> None:
        self.answer = Response(json.dumps(BOXES))
        self.asked: list[Asked] = []

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        headers = (request.headers.get("Content-Type", ""), request.headers["Accept"])
        self.asked.append(Asked(request.path, request.args.to_dict(), *headers, request.get_data()))
        return self.answer(environ, start_response)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    listening = make_server("127.0.0.1", 0, recorder)
    recorder.url = f"http://127.0.0.1:{listening.port}/"
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield recorder
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "wren.JPG"
    path.write_bytes(b"\xff\xd8picture")
    return path

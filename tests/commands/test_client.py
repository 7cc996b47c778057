import json
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from laptop.commands.answers import read_answer
from laptop.commands.client import Api
from laptop.commands.console import CommandError
from tests.commands.answer_bodies import BOXES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

REFUSAL = {"error": {"code": "NO_MODEL_YET", "message": "no model yet", "hint": "Wait.", "request_id": "1"}}


class Recorder:
    """An HTTP server with one answer, which remembers what it was asked."""

    def __init__(self) -> None:
        self.answer = Response(json.dumps(BOXES))
        self.asked: list[tuple[str, dict[str, str], str, str, bytes]] = []

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        headers = (request.headers.get("Content-Type", ""), request.headers["Accept"])
        self.asked.append((request.path, request.args.to_dict(), *headers, request.get_data()))
        return self.answer(environ, start_response)


@pytest.fixture
def server() -> Iterator[tuple[Api, Recorder]]:
    recorder = Recorder()
    listening = make_server("127.0.0.1", 0, recorder)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield Api(f"http://127.0.0.1:{listening.port}/"), recorder
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "wren.JPG"
    path.write_bytes(b"\xff\xd8picture")
    return path


def test_a_picture_is_posted_as_its_bytes(server: tuple[Api, Recorder], picture: Path) -> None:
    api, recorder = server
    answer = api.infer("birds", picture, {"confidence": "0.01", "classes": "wren,grey heron"})
    assert recorder.asked == [
        (
            "/v1/birds/infer",
            {"confidence": "0.01", "classes": "wren,grey heron"},
            "image/jpeg",
            "application/json",
            b"\xff\xd8picture",
        )
    ]
    assert answer == read_answer(json.dumps(BOXES).encode())


def test_a_drawn_picture_comes_as_bytes(server: tuple[Api, Recorder], picture: Path) -> None:
    api, recorder = server
    recorder.answer = Response(b"\x89PNG", mimetype="image/png")
    assert api.ask("birds", picture.rename(picture.with_suffix(".gif")), "image/png") == b"\x89PNG"
    assert recorder.asked[0][2:4] == ("application/x-image", "image/png")


def test_the_classes_of_a_model_are_its_descriptions(server: tuple[Api, Recorder]) -> None:
    api, recorder = server
    described = [{"class": "wren", "class_id": 0, "color": "#000000"}, {"class": "heron", "class_id": 1}]
    recorder.answer = Response(json.dumps({"model": {}, "classes": described}))
    assert api.classes("birds") == ("wren", "heron")
    assert recorder.asked[0][0] == "/v1/birds"


def test_a_refusal_is_told_with_its_code_and_hint(server: tuple[Api, Recorder], picture: Path) -> None:
    api, recorder = server
    recorder.answer = Response(json.dumps(REFUSAL), status=409)
    with pytest.raises(CommandError, match="409 NO_MODEL_YET: no model yet") as caught:
        api.infer("birds", picture)
    assert caught.value.hint == "Wait."


def test_a_refusal_of_another_form_is_told_as_it_is(server: tuple[Api, Recorder], picture: Path) -> None:
    api, recorder = server
    recorder.answer = Response("<h1>Bad Gateway</h1>", status=502)
    with pytest.raises(CommandError, match="502: <h1>Bad Gateway"):
        api.infer("birds", picture)


def test_no_server_is_told_with_the_way_out(picture: Path) -> None:
    with pytest.raises(CommandError, match="does not answer") as caught:
        Api("http://127.0.0.1:9").infer("birds", picture)
    assert "labelloop up" in caught.value.hint


def test_a_picture_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.png cannot be read: No such file"):
        Api("http://127.0.0.1:9").infer("birds", tmp_path / "absent.png")

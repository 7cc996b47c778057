import json
from pathlib import Path

import pytest
from werkzeug.wrappers import Response

from laptop.commands.answers import read_answer
from laptop.commands.client import Api
from laptop.commands.console import CommandError
from tests.commands.answer_bodies import BOXES
from tests.commands.conftest import Recorder

REFUSAL = {"error": {"code": "NO_MODEL_YET", "message": "no model yet", "hint": "Wait.", "request_id": "1"}}


def test_a_picture_is_posted_as_its_bytes(recorder: Recorder, picture: Path) -> None:
    answer = Api(recorder.url).infer("birds", picture, {"confidence": "0.01", "classes": "wren,grey heron"})
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


def test_a_drawn_picture_comes_as_bytes(recorder: Recorder, picture: Path) -> None:
    recorder.answer = Response(b"\x89PNG", mimetype="image/png")
    drawn = Api(recorder.url).ask("birds", picture.rename(picture.with_suffix(".gif")), "image/png")
    assert drawn == b"\x89PNG"
    assert recorder.asked[0][2:4] == ("application/x-image", "image/png")


def test_the_classes_of_a_model_are_its_descriptions(recorder: Recorder) -> None:
    described = [{"class": "wren", "class_id": 0, "color": "#000000"}, {"class": "heron", "class_id": 1}]
    recorder.answer = Response(json.dumps({"model": {}, "classes": described}))
    assert Api(recorder.url).classes("birds") == ("wren", "heron")
    assert recorder.asked[0].path == "/v1/birds"


def test_a_refusal_is_told_with_its_code_and_hint(recorder: Recorder, picture: Path) -> None:
    recorder.answer = Response(json.dumps(REFUSAL), status=409)
    with pytest.raises(CommandError, match="409 NO_MODEL_YET: no model yet") as caught:
        Api(recorder.url).infer("birds", picture)
    assert caught.value.hint == "Wait."


def test_a_refusal_of_another_form_is_told_as_it_is(recorder: Recorder, picture: Path) -> None:
    recorder.answer = Response("<h1>Bad Gateway</h1>", status=502)
    with pytest.raises(CommandError, match="502: <h1>Bad Gateway"):
        Api(recorder.url).infer("birds", picture)


def test_no_server_is_told_with_the_way_out(picture: Path) -> None:
    with pytest.raises(CommandError, match="does not answer") as caught:
        Api("http://127.0.0.1:9").infer("birds", picture)
    assert "labelloop up" in caught.value.hint


def test_a_picture_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.png cannot be read: No such file"):
        Api("http://127.0.0.1:9").infer("birds", tmp_path / "absent.png")

import json

import numpy as np
import pytest
from mxnet_vision.models import NotAcceptableError
from mxnet_vision.models.object_detection import answer, prepare, read_hyperparameters
from mxnet_vision.samples import Sample
from PIL import Image

from .conftest import HYPERPARAMETERS, encoded

ROWS = np.array([[1, 0.75, 0.25, 0.5, 0.5, 1.0], [0, 0.5, 0.0, 0.0, 1.0, 0.25]], np.float32)


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "application/jsonlines"])
def test_predictions_are_rows(accept: str) -> None:
    document = json.loads(answer(ROWS, (100, 200), accept).body)
    assert document == {"prediction": [[1.0, 0.75, 0.25, 0.5, 0.5, 1.0], [0.0, 0.5, 0.0, 0.0, 1.0, 0.25]]}


@pytest.mark.parametrize("accept", ["application/json;annotation=1", "application/json; annotation=1"])
def test_annotations_are_in_pixels(accept: str) -> None:
    assert json.loads(answer(ROWS, (100, 200), accept).body) == {
        "image_size": [{"width": 100, "height": 200, "depth": 3}],
        "annotations": [
            {"class_id": 1, "score": 0.75, "left": 25, "top": 100, "width": 25, "height": 100},
            {"class_id": 0, "score": 0.5, "left": 0, "top": 0, "width": 100, "height": 50},
        ],
    }


def test_nothing_found_is_an_empty_list() -> None:
    none = np.zeros((0, 6), np.float32)
    assert json.loads(answer(none, (10, 10), "").body) == {"prediction": []}
    assert json.loads(answer(none, (10, 10), "application/json;annotation=1").body)["annotations"] == []


def test_another_form_is_refused() -> None:
    with pytest.raises(NotAcceptableError, match="'image/png' is none of"):
        answer(ROWS, (10, 10), "image/png")


@pytest.mark.parametrize("epoch", [0, 1])
def test_boxes_without_area_are_left_out_and_said_once(epoch: int, capsys: pytest.CaptureFixture[str]) -> None:
    box = {"class_id": 0, "left": 8, "top": 8, "width": 16, "height": 16}
    flat, outside = box | {"width": 0}, box | {"left": 64}
    label = json.dumps({"annotations": [flat, box, outside]}).encode()
    sample = Sample(encoded(Image.new("RGB", (64, 64))), label, "Record 3", epoch)
    pixels, boxes = prepare(sample, read_hyperparameters(HYPERPARAMETERS), (64, 64), None)
    assert pixels.shape == (64, 64, 3)
    np.testing.assert_allclose(boxes, [[0, 0.125, 0.125, 0.375, 0.375]])
    said = "Record 3: 2 box(es) without area inside the picture are left out.\n"
    assert capsys.readouterr().out == (said if epoch == 0 else "")

"""Semantic segmentation as processes: `train` over real FIFOs, then `serve`."""

import io
import json
import re
from collections.abc import Iterator

import numpy as np
import pytest
from labelloop.masks import decode_probabilities
from PIL import Image, ImageDraw

from .conftest import Client, Line, OptMl, encoded, serving, streamed

METRICS = {
    "train:progress": r"#progress_metric: host=\S+, completed (\S+) %",
    "train:loss": r"#quality_metric: host=\S+, epoch=\S+, batch=\S+ train loss <loss>=(\S+)",
    "train:throughput": r"#throughput_metric: host=\S+, train throughput=(\S+) records/second",
    "validation:throughput": r"#throughput_metric: host=\S+, validation throughput=(\S+) records/second",
    "validation:mIOU": r"#quality_metric: host=\S+, epoch=\S+, validation mIOU <score>=\((\S+)\)",
    "validation:pixel_accuracy": r"#quality_metric: host=\S+, epoch=\S+, validation pixel_accuracy <score>=\((\S+)\)",
}
ARTIFACT = {"model_algo-1", "model_best.params", "hyperparams.json"}
EPOCHS = 16
COLOURS = [(20, 20, 40), (250, 80, 60), (60, 200, 250)]


def masked(place: int, side: int = 64) -> Line:
    """A small picture with one bright square, and its mask with a border nobody labelled."""
    left, top, class_id = 4 + place * 3 % 20, 6 + place * 5 % 20, 1 + place % 2
    picture, mask = Image.new("RGB", (side, side), COLOURS[0]), Image.new("L", (side, side))
    square = (left, top, left + 27, top + 27)
    ImageDraw.Draw(picture).rectangle(square, fill=COLOURS[class_id])
    ImageDraw.Draw(mask).rectangle(square, fill=class_id, outline=255)
    return encoded(picture), encoded(mask)


LINES = [masked(place) for place in range(8)]
HYPERPARAMETERS = {"num_classes": "3", "optimizer": "adam", "num_training_samples": "16"}


@pytest.fixture(
    scope="module",
    params=[
        {"algorithm": "fcn", "validation_mini_batch_size": "1"},
        {"algorithm": "psp", "validation_mini_batch_size": "3"},
        {"algorithm": "deeplab", "optimizer": "rmsprop", "learning_rate": "0.001"},
    ],
    ids=lambda each: each["algorithm"],
)
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OptMl, str]]:
    """A model that knows its eight training pictures by heart, and the log of its training."""
    tree = OptMl(tmp_path_factory.mktemp("trained"), "semantic-segmentation")
    tree.prepare(HYPERPARAMETERS | {"epochs": str(EPOCHS)} | request.param)
    tree.stream_epochs(EPOCHS, streamed(LINES * 2), streamed(LINES))
    done = tree.train()
    assert (done.returncode, done.stderr) == (0, "")
    yield tree, done.stdout
    tree.close()


@pytest.fixture(scope="module")
def client(trained: tuple[OptMl, str]) -> Iterator[Client]:
    """A client of the served model."""
    with serving(trained[0]) as found:
        yield found


def test_a_job_prints_the_built_ins_metrics_and_writes_its_files(trained: tuple[OptMl, str]) -> None:
    tree, log = trained
    values = {name: [float(value) for value in re.findall(pattern, log)] for name, pattern in METRICS.items()}
    assert {name: len(found) for name, found in values.items()} == dict.fromkeys(METRICS, EPOCHS)
    assert values["train:loss"][-1] < values["train:loss"][0] / 2
    assert max(values["validation:mIOU"]) > 0.7
    assert max(values["validation:pixel_accuracy"]) > 0.9
    assert "with 64 pixels on their shorter side, in crops of 64x64" in log
    assert {file.name for file in (tree.base / "model").iterdir()} == ARTIFACT
    written = json.loads((tree.base / "model/hyperparams.json").read_text())
    assert (written["num_classes"], written["_shorter_side"]) == ("3", "64")


@pytest.mark.parametrize("line", LINES[:2], ids=["class 1", "class 2"])
def test_the_square_is_found(client: Client, line: tuple[bytes, bytes]) -> None:
    picture, label = line
    reply = client.invoke(picture, "image/png")
    assert (reply.status, reply.content_type) == (200, "image/png")
    truth, found = (np.asarray(Image.open(io.BytesIO(each))) for each in (label, reply.body))
    assert np.mean((truth == found)[truth != 255]) > 0.9


@pytest.mark.parametrize("size", [(64, 64), (333, 55), (40, 300), (1, 1)])
def test_the_mask_is_of_the_picture_s_size_and_the_argmax_of_the_probabilities(
    client: Client, size: tuple[int, int]
) -> None:
    picture = encoded(Image.open(io.BytesIO(LINES[0][0])).resize(size), "JPEG")
    mask = np.asarray(Image.open(io.BytesIO(client.invoke(picture, "*/*").body)))
    reply = client.invoke(picture, "application/x-protobuf", "image/jpeg")
    assert (reply.status, reply.content_type) == (200, "application/x-protobuf")
    probabilities = decode_probabilities(reply.body)
    assert probabilities.shape == (3, size[1], size[0])
    np.testing.assert_array_equal(probabilities.argmax(axis=0), mask)


def test_another_form_is_refused(client: Client) -> None:
    reply = client.invoke(LINES[0][0], "application/json")
    assert reply.status == 406
    assert "none of image/png, application/x-protobuf" in json.loads(reply.body)["error"]


def test_a_mask_that_cannot_be_used_fails_the_job(opt_ml: OptMl) -> None:
    opt_ml.algorithm = "semantic-segmentation"
    opt_ml.prepare(HYPERPARAMETERS | {"num_classes": "2"})
    opt_ml.stream("train", 0, streamed(LINES))
    assert opt_ml.train().returncode == 2
    expected = r"ClientError: Record [1357] of channel 'train', epoch 0: class 2 of the mask is not below num_classes"
    assert re.match(expected, opt_ml.failure), opt_ml.failure

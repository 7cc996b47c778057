"""Image classification as processes: `train` over real FIFOs, then `serve`."""

import json
import re
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw

from .conftest import CHANNEL, Line, OptMl, encoded, serving, streamed

METRICS = {
    "train:accuracy": r"Epoch\S* Train-accuracy=(\S+)",
    "validation:accuracy": r"Epoch\S* Validation-accuracy=(\S+)",
    "top 2": r"Epoch\S* Train-top_k_accuracy_2=(\S+)",
}
EPOCHS = 8
COLOURS = [(60, 200, 250), (250, 80, 60), (90, 250, 60)]
SINGLE = [[place % 3] for place in range(12)]
MULTI = [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]] * 2


def with_squares(classes: list[int]) -> bytes:
    """A small picture with a bright square for each class."""
    image = Image.new("RGB", (48, 32), (20, 20, 40))
    for place, class_id in enumerate(classes):
        ImageDraw.Draw(image).rectangle((4 + 14 * place, 8, 15 + 14 * place, 19), fill=COLOURS[class_id])
    return encoded(image)


SINGLE_LINES: list[Line] = [
    (with_squares(classes), str(classes[0]) if place % 2 else classes[0]) for place, classes in enumerate(SINGLE)
]
MULTI_LINES: list[Line] = [(with_squares(classes), classes) for classes in MULTI]
HYPERPARAMETERS = {
    "num_classes": "3",
    "num_layers": "20",
    "image_shape": "3,32,48",
    "optimizer": "adam",
    "epochs": str(EPOCHS),
}
CLASS_ID = {"ContentType": "application/x-recordio; label-format=class-id"}


def trained(tree: OptMl, lines: list[Line], hyperparameters: dict[str, str], content_type: dict[str, str]) -> str:
    """Train on these lines and score on them too; the log."""
    tree.algorithm = "image-classification"
    told = HYPERPARAMETERS | {"num_training_samples": str(3 * len(lines))} | hyperparameters
    tree.prepare(told, train=CHANNEL | content_type, validation=CHANNEL | content_type)
    tree.stream_epochs(int(told["epochs"]), streamed(lines * 3), streamed(lines))
    done = tree.train()
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OptMl, str]]:
    """A model of one class a picture, and the log of its training."""
    tree = OptMl(tmp_path_factory.mktemp("single"))
    yield tree, trained(tree, SINGLE_LINES, {"top_k": "2"}, {})
    tree.close()


@pytest.fixture(scope="module")
def multi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OptMl, str]]:
    """A model of any number of classes a picture, and the log of its training."""
    tree = OptMl(tmp_path_factory.mktemp("multi"))
    yield tree, trained(tree, MULTI_LINES, {"multi_label": "1", "augmentation_type": "crop"}, CLASS_ID)
    tree.close()


def test_a_job_prints_the_built_ins_metrics_and_writes_its_files(single: tuple[OptMl, str]) -> None:
    tree, log = single
    values = {name: [float(value) for value in re.findall(pattern, log)] for name, pattern in METRICS.items()}
    assert {name: len(found) for name, found in values.items()} == dict.fromkeys(METRICS, EPOCHS)
    scores = values["validation:accuracy"]
    assert max(scores) == 1
    assert values["top 2"][-1] >= values["train:accuracy"][-1]
    best = max(epoch for epoch, score in enumerate(scores, start=1) if score == max(scores))
    weights = f"image-classification-{best:04d}.params"
    assert {file.name for file in (tree.base / "model").iterdir()} == {
        weights,
        "image-classification-symbol.json",
        "model-shapes.json",
    }
    said = (
        f'Storing the best model with validation accuracy: 1.000000\nSaved checkpoint to "{tree.base}/model/{weights}"'
    )
    assert said in log
    shapes = json.loads((tree.base / "model/model-shapes.json").read_text())
    assert shapes == [{"name": "data", "shape": [1, 3, 32, 48]}]


def test_one_class_has_the_probabilities_of_softmax(single: tuple[OptMl, str]) -> None:
    with serving(single[0]) as client:
        for (picture, _), (class_id,) in zip(SINGLE_LINES[:3], SINGLE[:3], strict=True):
            reply = client.invoke(picture, "")
            assert (reply.status, reply.content_type) == (200, "application/json")
            probabilities = json.loads(reply.body)
            assert sum(probabilities) == pytest.approx(1, abs=1e-5)
            assert max(range(3), key=probabilities.__getitem__) == class_id
        wide = client.invoke(encoded(Image.new("L", (333, 55), 90), "JPEG"), "application/jsonlines")
        assert len(json.loads(wide.body)["prediction"]) == 3
        assert client.invoke(SINGLE_LINES[0][0], "image/png").status == 406
        assert client.invoke(b"no picture").status == 400


def test_several_classes_have_a_sigmoid_each(multi: tuple[OptMl, str]) -> None:
    tree, log = multi
    assert max(float(value) for value in re.findall(METRICS["validation:accuracy"], log)) > 0.9
    with serving(tree) as client:
        for picture, classes in MULTI_LINES[:8]:
            probabilities = json.loads(client.invoke(picture, "application/json").body)
            assert [place for place, value in enumerate(probabilities) if value > 0.5] == classes


@pytest.mark.parametrize(
    "hyperparameters",
    [
        {"num_layers": "50", "optimizer": "nag", "learning_rate": "0.01", "resize": "40"},
        {"num_layers": "152", "optimizer": "rmsprop", "learning_rate": "0.001"},
    ],
)
def test_every_depth_and_optimizer_trains(opt_ml: OptMl, hyperparameters: dict[str, str]) -> None:
    log = trained(opt_ml, SINGLE_LINES, {"epochs": "1"} | hyperparameters, {})
    assert "Epoch[0] Validation-accuracy=" in log


@pytest.mark.parametrize(
    ("hyperparameters", "lines", "code", "reason"),
    [
        (
            {"multi_label": "1", "use_weighted_loss": "1"},
            [],
            1,
            "Algorithm Error: pos_cls_weights (caused by KeyError)",
        ),
        (
            {"mini_batch_size": "13"},
            SINGLE_LINES,
            2,
            "ClientError: The number of input images must be bigger or equal to the mini_batch_size.",
        ),
        ({"multi_label": "1"}, MULTI_LINES, 2, "the channel's ContentType must be"),
        ({"image_shape": "3,64,64"}, SINGLE_LINES, 2, "the picture has 48x32 pixels, less than image_shape asks for"),
    ],
)
def test_what_cannot_be_used_fails_the_job(
    opt_ml: OptMl, hyperparameters: dict[str, str], lines: list[Line], code: int, reason: str
) -> None:
    opt_ml.algorithm = "image-classification"
    opt_ml.prepare(HYPERPARAMETERS | {"num_training_samples": "12"} | hyperparameters)
    opt_ml.stream("train", 0, streamed(lines))
    assert opt_ml.train().returncode == code
    assert reason in opt_ml.failure

"""`train` as a process over real FIFOs."""

import io
import json
import re

import pytest
from labelloop.recordio import MAGIC_BYTES, frame
from PIL import Image, PngImagePlugin

from .conftest import HYPERPARAMETERS, LINES, Line, OptMl, encoded, labelled, streamed

# The metric definitions SageMaker's console shows for the built-in image.
METRICS = {
    "train:progress": r"#progress_metric: host=\S+, completed (\S+) %",
    "train:smooth_l1": r"#quality_metric: host=\S+, epoch=\S+, batch=\S+ train smooth_l1 <loss>=(\S+)",
    "train:cross_entropy": r"#quality_metric: host=\S+, epoch=\S+, batch=\S+ train cross_entropy <loss>=(\S+)",
    "train:throughput": r"#throughput_metric: host=\S+, train throughput=(\S+) records/second",
    "validation:mAP": r"#quality_metric: host=\S+, epoch=\S+, validation mAP <score>=\((\S+)\)",
}
ARTIFACT = {"model_algo_1-0000.params", "model_algo_1-symbol.json", "hyperparams.json"}


def model_files(opt_ml: OptMl) -> set[str]:
    return {file.name for file in (opt_ml.base / "model").glob("*")}


def holding_the_magic(line: Line) -> Line:
    """The same line; its PNG has a text chunk with the RecordIO magic at every offset modulo four."""
    note = PngImagePlugin.PngInfo()
    for place in range(4):
        note.add(b"noTe", b"x" * place + (MAGIC_BYTES + b"....") * 2 + b"x" * (4 - place))
    picture, label = line
    with_note = encoded(Image.open(io.BytesIO(picture)), pnginfo=note)
    return with_note, label


def test_a_job_prints_the_built_ins_metrics_and_writes_its_files(opt_ml: OptMl) -> None:
    opt_ml.prepare()
    lines = [holding_the_magic(LINES[0]), (LINES[1][0], json.dumps(LINES[1][1])), *LINES[2:]]
    assert frame(lines[0][0])[4:8] != len(lines[0][0]).to_bytes(4, "little"), "the picture goes in several parts"
    negative: Line = (LINES[0][0], {"annotations": []})
    opt_ml.stream_epochs(2, streamed([*lines, negative]), streamed([*LINES[:2], negative]))
    done = opt_ml.train()
    assert (done.returncode, done.stderr) == (0, "")
    values = {name: [float(value) for value in re.findall(pattern, done.stdout)] for name, pattern in METRICS.items()}
    assert {name: len(found) for name, found in values.items()} == dict.fromkeys(METRICS, 2)
    assert values["train:progress"] == [50, 100]
    assert values["train:cross_entropy"][1] < values["train:cross_entropy"][0]
    assert "Pictures are resized to 64x64 pixels" in done.stdout
    assert model_files(opt_ml) == ARTIFACT
    written = json.loads((opt_ml.base / "model/hyperparams.json").read_text())
    assert written == HYPERPARAMETERS | {"_working_size": "64,64"}


def test_two_runs_over_the_same_stream_are_alike(opt_ml: OptMl, tmp_path_factory: pytest.TempPathFactory) -> None:
    logs = []
    for tree in (opt_ml, OptMl(tmp_path_factory.mktemp("again"))):
        tree.prepare({"epochs": "1"})
        tree.stream_epochs(1, streamed(LINES), streamed(LINES[:2]))
        logs.append(re.findall(r"#quality_metric.*", tree.train(OMP_NUM_THREADS="1").stdout))
    assert logs[0] == logs[1]
    assert len(logs[0]) == 3


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "adadelta"])
def test_every_optimizer_trains_even_on_tiny_pictures(opt_ml: OptMl, optimizer: str) -> None:
    opt_ml.prepare({"epochs": "1", "optimizer": optimizer, "learning_rate": "0.001"})
    tiny = streamed([labelled(place, side=30) for place in range(8)])
    opt_ml.stream_epochs(1, tiny, tiny)
    done = opt_ml.train()
    assert (done.returncode, done.stderr) == (0, "")
    assert "Pictures are resized to 32x32 pixels" in done.stdout
    assert model_files(opt_ml) == ARTIFACT


def with_boxes(count: int) -> Line:
    picture, _ = labelled(0)
    box = {"class_id": 0, "left": 1, "top": 1, "width": 9, "height": 9}
    return picture, {"image_size": [{"width": 64, "height": 64, "depth": 3}], "annotations": [box] * count}


EMPTY_BATCH = (
    "ClientError: Got empty batch from pipe. Please check if the manifest file contains valid batches and the value of "
    "training job parameter AttributeNames matches attributes names in the augmented manifest."
)
ONE_EPOCH = {"epochs": "1"}
FAILURES = [
    pytest.param({}, b"", re.escape(EMPTY_BATCH), id="empty pipe"),
    pytest.param({}, streamed(LINES[:3]), re.escape(EMPTY_BATCH), id="less than a batch"),
    pytest.param(
        {},
        b"".join(picture for picture, _ in LINES),
        r"ClientError: Unable to parse record\. Please make sure input data is in correct recordio format\.",
        id="not RecordIO",
    ),
    pytest.param(
        {},
        streamed([*LINES[:5], (LINES[5][0][:90], LINES[5][1]), *LINES[6:]]),
        "ClientError: Record 5 of channel 'train', epoch 0: the picture cannot be decoded",
        id="broken picture",
    ),
    pytest.param(
        {},
        streamed([(b"no picture", LINES[0][1])]),
        "ClientError: Record 0 of channel 'train', epoch 0: the picture cannot be decoded",
        id="first picture broken",
    ),
    pytest.param(
        {},
        streamed([*LINES[:7], (LINES[7][0], "cat")]),
        "ClientError: Record 7 of channel 'train', epoch 0: the label is not",
        id="not a label",
    ),
    pytest.param(
        {"num_classes": "1"},
        streamed(LINES),
        "ClientError: Record [1357] of channel 'train', epoch 0: class_id 1 is not below num_classes, 1",
        id="unknown class",
    ),
    pytest.param(
        {"label_width": "12"},
        streamed([*LINES[:3], with_boxes(3)]),
        r"ClientError: Invalid parameter value 'label_width'\. Please ensure that the value of parameter 'label_width' "
        "is at least 17: Record 3 of channel 'train', epoch 0 has 3 boxes",
        id="label_width",
    ),
]


@pytest.mark.parametrize(("hyperparameters", "train", "reason"), FAILURES)
def test_data_that_cannot_be_used_is_a_client_error(
    opt_ml: OptMl, hyperparameters: dict[str, str], train: bytes, reason: str
) -> None:
    opt_ml.prepare(ONE_EPOCH | hyperparameters)
    opt_ml.stream_epochs(1, train, streamed(LINES))
    done = opt_ml.train()
    assert re.match(reason, opt_ml.failure), opt_ml.failure
    assert opt_ml.failure in done.stderr
    assert done.returncode == 2
    assert not model_files(opt_ml)


def test_an_empty_validation_channel_is_a_client_error(opt_ml: OptMl) -> None:
    opt_ml.prepare(ONE_EPOCH)
    opt_ml.stream_epochs(1, streamed(LINES), b"")
    assert opt_ml.train().returncode == 2
    assert opt_ml.failure == EMPTY_BATCH
    assert not model_files(opt_ml)


def test_hyperparameters_are_checked_before_any_data_is_read(opt_ml: OptMl) -> None:
    opt_ml.prepare({"learning_rate": "7"})
    assert opt_ml.train().returncode == 2
    assert opt_ml.failure.startswith("ClientError: Invalid value '7' for hyperparameter 'learning_rate'")


def test_an_algorithm_without_a_stand_in_is_named(opt_ml: OptMl) -> None:
    opt_ml.prepare()
    assert opt_ml.train(ALGORITHM="blazingtext").returncode == 2
    assert (
        "'blazingtext'; this container has image-classification, object-detection, semantic-segmentation."
        in opt_ml.failure
    )


def test_an_unexpected_error_is_not_the_clients(opt_ml: OptMl) -> None:
    opt_ml.prepare(ONE_EPOCH)
    (opt_ml.base / "model").write_text("a file where the model folder belongs")
    opt_ml.stream_epochs(1, streamed(LINES), streamed(LINES))
    assert opt_ml.train().returncode == 1
    assert opt_ml.failure.startswith("AlgorithmError: FileExistsError")


def test_sigterm_saves_the_best_model_so_far(opt_ml: OptMl) -> None:
    opt_ml.prepare({"epochs": "10000"})
    opt_ml.stream_epochs(1, streamed(LINES), streamed(LINES))
    process = opt_ml.start("train")
    assert process.stdout is not None
    for line in process.stdout:
        if "validation mAP" in line:
            process.terminate()  # while it waits for the pipe of the next epoch
            break
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "Stopped in epoch 1; the best model so far is saved." in out
    assert model_files(opt_ml) == ARTIFACT


def test_sigterm_before_there_is_a_model_is_a_failure(opt_ml: OptMl) -> None:
    opt_ml.prepare()
    process = opt_ml.start("train")
    assert process.stdout is not None
    assert "has no effect" in next(iter(process.stdout))
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 2
    assert "stopped before its first batch" in opt_ml.failure
    assert not model_files(opt_ml)

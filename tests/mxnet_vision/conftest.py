"""Drives the container as SageMaker does: an /opt/ml tree, FIFOs, a process."""

import io
import json
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from labelloop.recordio import frame
from PIL import Image, ImageDraw

ROOT = Path(__file__).parents[2]
CONTAINER = ROOT / "containers/mxnet_vision"
PYTHON = ROOT / ".envs/mxnet_vision/bin/python"

CHANNEL = {
    "ContentType": "application/x-recordio",
    "TrainingInputMode": "Pipe",
    "S3DistributionType": "FullyReplicated",
    "RecordWrapperType": "RecordIO",
}
HYPERPARAMETERS = {
    "num_classes": "2",
    "num_training_samples": "8",
    "epochs": "2",
    "mini_batch_size": "4",
    "learning_rate": "0.01",
    "use_pretrained_model": "0",
}

Line = tuple[bytes, object]  # a manifest line as its two records: the picture's bytes, the label's JSON value


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The picture as bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def labelled(place: int, side: int = 64) -> Line:
    """A small picture with one bright square; class and place go round."""
    left, top, class_id = 4 + place * 3 % 20, 6 + place * 5 % 20, place % 2
    image = Image.new("RGB", (side, side), (20, 20, 40))
    ImageDraw.Draw(image).rectangle(
        (left, top, left + 27, top + 27), fill=(250, 80, 60) if class_id else (60, 200, 250)
    )
    box = {"class_id": class_id, "left": left, "top": top, "width": 28, "height": 28}
    return encoded(image), {"image_size": [{"width": side, "height": side, "depth": 3}], "annotations": [box]}


LINES = [labelled(place) for place in range(8)]


def streamed(lines: Sequence[Line]) -> bytes:
    """What Pipe mode sends for the lines of an augmented manifest."""
    return b"".join(frame(picture) + frame(json.dumps(label).encode()) for picture, label in lines)


@dataclass
class OptMl:
    """An /opt/ml tree and the processes over it."""

    base: Path
    writers: list[threading.Thread] = field(default_factory=list)

    def prepare(self, hyperparameters: dict[str, str] | None = None, **channels: dict[str, str]) -> None:
        """Write the configuration files."""
        settings = {"train": CHANNEL, "validation": CHANNEL} | channels
        files = {
            "hyperparameters": HYPERPARAMETERS | (hyperparameters or {}),
            "inputdataconfig": {name: each for name, each in settings.items() if each},
            "resourceconfig": {"current_host": "algo-1", "hosts": ["algo-1"], "network_interface_name": "eth0"},
        }
        for name, document in files.items():
            path = self.base / "input/config" / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(document))

    def stream(self, channel: str, epoch: int, data: bytes) -> None:
        """Make a FIFO and write to it once the container reads."""
        fifo = self.base / "input/data" / f"{channel}_{epoch}"
        fifo.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(fifo)

        def write() -> None:
            with suppress(BrokenPipeError), fifo.open("wb") as pipe:
                pipe.write(data)

        self.writers.append(threading.Thread(target=write, daemon=True))
        self.writers[-1].start()

    def stream_epochs(self, count: int, train: bytes, validation: bytes) -> None:
        """The same data in each of `count` epochs."""
        for epoch in range(count):
            self.stream("train", epoch, train)
            self.stream("validation", epoch, validation)

    def start(self, command: str, **environment: str) -> "subprocess.Popen[str]":
        """Start the container's `train` or `serve`."""
        return subprocess.Popen(
            [PYTHON, "-m", "mxnet_vision", command],
            cwd=CONTAINER,
            env={"SAGEMAKER_BASE_DIR": str(self.base), "ALGORITHM": "object-detection"} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def train(self, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run `train` to its end."""
        process = self.start("train", **environment)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    @property
    def failure(self) -> str:
        """What DescribeTrainingJob would give as FailureReason."""
        return (self.base / "output/failure").read_text()

    def close(self) -> None:
        """Let go of writers whose FIFO nobody read."""
        for fifo in (self.base / "input/data").glob("*"):
            os.close(os.open(fifo, os.O_RDONLY | os.O_NONBLOCK))
        for writer in self.writers:
            writer.join(timeout=10)


@pytest.fixture
def opt_ml(tmp_path: Path) -> Iterator[OptMl]:
    """A fresh tree."""
    tree = OptMl(tmp_path)
    yield tree
    tree.close()

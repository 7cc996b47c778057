"""Drives the container as SageMaker does: an /opt/ml tree, FIFOs, a process."""

import http.client
import io
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
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
    "use_pretrained_model": "false",
}

Line = tuple[bytes, object]  # a manifest line as its two records: the picture's bytes, the label's JSON value or bytes


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
    texts = (label if isinstance(label, bytes) else json.dumps(label).encode() for _, label in lines)
    return b"".join(frame(picture) + frame(text) for (picture, _), text in zip(lines, texts, strict=True))


@dataclass
class OptMl:
    """An /opt/ml tree and the processes over it."""

    base: Path
    algorithm: str = "object-detection"
    writers: list[threading.Thread] = field(default_factory=list)

    def prepare(self, hyperparameters: dict[str, str] | None = None, **channels: dict[str, str]) -> None:
        """Write the configuration files: `HYPERPARAMETERS`, these, and `CHANNEL` where no other one is given."""
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
            env={"SAGEMAKER_BASE_DIR": str(self.base), "ALGORITHM": self.algorithm} | environment,
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


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Client:
    """Speaks to one running server."""

    port: int

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        reply = Reply(response.status, response.headers["Content-Type"], response.read())
        connection.close()
        return reply

    def invoke(self, body: bytes, accept: str = "application/json", content_type: str = "application/x-image") -> Reply:
        """`POST /invocations`."""
        return self.ask("POST", "/invocations", body, Content_Type=content_type, Accept=accept)

    def await_ping(self, server: "subprocess.Popen[str]") -> None:
        """Until the model is loaded."""
        while server.poll() is None:
            try:
                assert self.ask("GET", "/ping").status == 200
            except ConnectionRefusedError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(server.communicate()[1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(trained: OptMl) -> Iterator[Client]:
    """A client of the served model; afterwards SIGTERM must end it cleanly."""
    client = Client(free_port())
    process = trained.start("serve", SAGEMAKER_BIND_TO_PORT=str(client.port))
    client.await_ping(process)
    yield client
    process.terminate()
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in err


@pytest.fixture
def opt_ml(tmp_path: Path) -> Iterator[OptMl]:
    """A fresh tree."""
    tree = OptMl(tmp_path)
    yield tree
    tree.close()

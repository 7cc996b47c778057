"""A training image in plain Python; hyperparameters and the model tell it what to do."""

import http.server
import json
import os
import signal
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
CONFIG = BASE / "input" / "config"


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def records(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The RecordIO records of a stream: cflag and payload."""
    while header := stream.read(8):
        magic, word = struct.unpack("<II", header)
        assert magic == 0xCED7230A, hex(magic)
        size = word & (1 << 29) - 1
        payload = stream.read(size)
        stream.read(-size % 4)
        yield word >> 29, payload


def train() -> None:
    wanted = json.loads((CONFIG / "hyperparameters.json").read_text())
    channels = json.loads((CONFIG / "inputdataconfig.json").read_text())
    DO[wanted.get("do", "read")](wanted, channels)


def read(wanted: Any, channels: Any) -> None:
    seen: dict[str, Any] = {
        "hyperparameters": wanted,
        "channels": channels,
        "epochs": {},
        "environment": dict(os.environ),
    }
    for channel, config in channels.items():
        if config["TrainingInputMode"] == "File":
            files = {str(path.relative_to(BASE)): path.read_text() for path in (BASE / "input/data").rglob("*.txt")}
            seen["files"] = files
            continue
        for epoch in range(int(wanted.get("epochs", 1))):
            with (BASE / "input" / "data" / f"{channel}_{epoch}").open("rb") as pipe:
                if config["RecordWrapperType"] == "None":
                    content: Any = pipe.read().hex()
                elif "early" in wanted:
                    content = [next(records(pipe))[1].hex()]
                else:
                    content = [[flag, payload.hex()] for flag, payload in records(pipe)]
            seen["epochs"][f"{channel}_{epoch}"] = content
    say(wanted.get("say", "").replace("|", "\n"))
    say("loss: 0.5\nloss: nonsense\nloss: 0.25")
    (BASE / "model" / "seen.json").write_text(json.dumps(seen))


def fail(wanted: Any, _channels: Any) -> None:
    if "text" in wanted:
        (BASE / "output" / "failure").write_text(wanted["text"])
    sys.exit(int(wanted["code"]))


def until_told(_wanted: Any, _channels: Any) -> None:
    def save(*_: Any) -> None:
        (BASE / "model" / "partial").write_text("as far as it came")
        sys.exit(0)

    signal.signal(signal.SIGTERM, save)
    say("ready")
    time.sleep(300)


def deaf(_wanted: Any, _channels: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say("ready")
    time.sleep(300)


DO = {"read": read, "fail": fail, "until_told": until_told, "deaf": deaf}


class Handler(http.server.BaseHTTPRequestHandler):
    model = ""

    def do_GET(self) -> None:
        self.answer(503 if self.model == "unhealthy" else 200, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.model == "slow":
            time.sleep(3)
        if self.model == "refuse":
            self.answer(415, b"what is this?")
            return
        told = {name: self.headers[name] for name in ("Content-Type", "Accept", "X-Amzn-SageMaker-Custom-Attributes")}
        self.answer(200, body[::-1] + self.model.encode() + json.dumps(told).encode())

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-reversed")
        self.send_header("X-Amzn-SageMaker-Custom-Attributes", "seen")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve() -> None:
    Handler.model = (BASE / "model" / "model.txt").read_text()
    if Handler.model == "crash":
        sys.exit("this model cannot be loaded")
    address = ("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"]))
    http.server.ThreadingHTTPServer(address, Handler).serve_forever()


if __name__ == "__main__":
    {"train": train, "serve": serve}[sys.argv[1]]()

"""A training image in plain Python: `main.py train` and `main.py serve`, told what to do by hyperparameters and model."""

import http.server
import json
import os
import signal
import struct
import sys
import time
from pathlib import Path

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
CONFIG = BASE / "input" / "config"


def records(stream):
    """The RecordIO records of a stream: cflag and payload."""
    while header := stream.read(8):
        magic, word = struct.unpack("<II", header)
        assert magic == 0xCED7230A, hex(magic)
        size = word & (1 << 29) - 1
        payload = stream.read(size)
        stream.read(-size % 4)
        yield word >> 29, payload


def train():
    wanted = json.loads((CONFIG / "hyperparameters.json").read_text())
    channels = json.loads((CONFIG / "inputdataconfig.json").read_text())
    DO[wanted.get("do", "read")](wanted, channels)


def read(wanted, channels):
    seen = {"hyperparameters": wanted, "channels": channels, "epochs": {}, "environment": dict(os.environ)}
    for channel, config in channels.items():
        if config["TrainingInputMode"] == "File":
            files = {str(path.relative_to(BASE)): path.read_text() for path in (BASE / "input/data").rglob("*.txt")}
            seen["files"] = files
            continue
        for epoch in range(int(wanted.get("epochs", 1))):
            with (BASE / "input" / "data" / f"{channel}_{epoch}").open("rb") as pipe:
                if config["RecordWrapperType"] == "None":
                    content = pipe.read().hex()
                elif "early" in wanted:
                    content = [next(records(pipe))[1].hex()]
                else:
                    content = [[flag, payload.hex()] for flag, payload in records(pipe)]
            seen["epochs"][f"{channel}_{epoch}"] = content
            print(f"#quality_metric: host=algo-1, epoch={epoch}, validation mAP <score>=({epoch / 10})", flush=True)
    print("loss: 0.5\nloss: nonsense\nloss: 0.25", flush=True)
    (BASE / "model" / "seen.json").write_text(json.dumps(seen))


def fail(wanted, _channels):
    if "text" in wanted:
        (BASE / "output" / "failure").write_text(wanted["text"])
    sys.exit(int(wanted["code"]))


def until_told(_wanted, _channels):
    def save(*_):
        (BASE / "model" / "partial").write_text("as far as it came")
        sys.exit(0)

    signal.signal(signal.SIGTERM, save)
    print("ready", flush=True)
    time.sleep(300)


def deaf(_wanted, _channels):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("ready", flush=True)
    time.sleep(300)


DO = {"read": read, "fail": fail, "until_told": until_told, "deaf": deaf}


class Handler(http.server.BaseHTTPRequestHandler):
    model = ""

    def do_GET(self):
        self.answer(503 if self.model == "unhealthy" else 200, b"")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.model == "slow":
            time.sleep(3)
        if self.model == "refuse":
            self.answer(415, b"what is this?")
            return
        told = {name: self.headers[name] for name in ("Content-Type", "Accept", "X-Amzn-SageMaker-Custom-Attributes")}
        self.answer(200, body[::-1] + self.model.encode() + json.dumps(told).encode())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/x-reversed")
        self.send_header("X-Amzn-SageMaker-Custom-Attributes", "seen")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve():
    Handler.model = (BASE / "model" / "model.txt").read_text()
    if Handler.model == "crash":
        sys.exit("this model cannot be loaded")
    address = ("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"]))
    http.server.ThreadingHTTPServer(address, Handler).serve_forever()


if __name__ == "__main__":
    {"train": train, "serve": serve}[sys.argv[1]]()

"""A container that learns nothing: it reads its channels as SageMaker's would and does what its job's name says.

Run as `python stub_container.py train|serve`. A project called `crashing` gets a container that crashes, and so on; an
image can say so instead by BEHAVIOUR. What has to happen while serving travels in the artifact. Standard library only.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
BEHAVIOUR = BASE / "model" / "behaviour"
GOOD_ANSWER = {"prediction": [[0.0, 0.9, 0.1, 0.2, 0.5, 0.6], [1.0, 0.3, 0.5, 0.5, 0.9, 0.9]]}


def train() -> int:
    """Read one epoch of both channels, then write a model, fail with words, or crash without."""
    behaviour = os.environ.get("BEHAVIOUR") or os.environ["TRAINING_JOB_NAME"].partition("-")[0]
    read = {name: (BASE / "input" / "data" / f"{name}_0").read_bytes() for name in ("train", "validation")}
    print("#quality_metric: host=algo-1, epoch=0, validation mAP <score>=(0.75)", flush=True)  # noqa: T201 - its log
    if behaviour == "crashing":
        return 9
    if behaviour == "failing" or not all(read.values()):
        (BASE / "output" / "failure").write_text("ClientError: the stub was told to fail")
        return 1
    BEHAVIOUR.parent.mkdir(exist_ok=True)
    BEHAVIOUR.write_text(behaviour)
    return 0


class Handler(BaseHTTPRequestHandler):
    """Answers as the artifact says."""

    behaviour = ""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Answer /ping: never well for a model called `sick`."""
        self._answer(503 if self.behaviour == "sick" else 200, b"")

    def do_POST(self) -> None:
        """Answer /invocations."""
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.behaviour == "babbling":
            self._answer(200, b"<html>no detections</html>")
        elif self.behaviour == "erring":
            self._answer(500, b"the model is broken")
        else:
            self._answer(200, json.dumps(GOOD_ANSWER).encode())


def serve() -> int:
    """Serve until killed."""
    Handler.behaviour = BEHAVIOUR.read_text()
    if Handler.behaviour == "vanishing":
        return 3
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit({"train": train, "serve": serve}[sys.argv[1]]())

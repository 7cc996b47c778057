"""A container that learns nothing: it reads its channels as SageMaker's would and does what its job's name says.

Run as `python -m tests.integration.stub_container train|serve`. A project called `crashing` gets a container that
crashes, and so on; an image can say so instead by BEHAVIOUR. ALGORITHM says which built-in it stands for. What has to
happen while serving travels in the artifact, with the hyperparameters.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.integration import stub_algorithms

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
CONFIG, BEHAVIOUR, LEARNED = BASE / "input" / "config", BASE / "model" / "behaviour", BASE / "model" / "learned.json"


def train() -> int:
    """Read one epoch of both channels, then write a model, fail with words, or crash without."""
    behaviour = os.environ.get("BEHAVIOUR") or os.environ["TRAINING_JOB_NAME"].partition("-")[0]
    algorithm = stub_algorithms.named(os.environ["ALGORITHM"], _config("hyperparameters"))
    read = {name: (BASE / "input" / "data" / f"{name}_0").read_bytes() for name in ("train", "validation")}
    print(algorithm.metric, flush=True)  # noqa: T201 - its log
    if behaviour == "crashing":
        return 9
    told = "the stub was told to fail" if behaviour == "failing" else ""
    complaint = told or algorithm.complaint(read, _config("inputdataconfig"))
    if complaint:
        (BASE / "output" / "failure").write_text(f"ClientError: {complaint}")
        return 1
    BEHAVIOUR.parent.mkdir(exist_ok=True)
    BEHAVIOUR.write_text(behaviour)
    LEARNED.write_text(json.dumps(_config("hyperparameters")))
    return 0


def _config(name: str) -> Any:
    return json.loads((CONFIG / f"{name}.json").read_text())


class Handler(BaseHTTPRequestHandler):
    """Answers as the artifact says."""

    behaviour = ""
    algorithm: stub_algorithms.Algorithm

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: bytes, content_type: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Answer /ping: never well for a model called `sick`."""
        self._answer(503 if self.behaviour == "sick" else 200, b"")

    def do_POST(self) -> None:
        """Answer /invocations."""
        picture = self.rfile.read(int(self.headers["Content-Length"]))
        if self.behaviour == "babbling":
            self._answer(200, b"<html>no answer</html>", "text/html")
        elif self.behaviour == "erring":
            self._answer(500, b"the model is broken")
        else:
            accept = self.headers["Accept"]
            self._answer(200, self.algorithm.answers(picture)[accept](), accept)


def serve() -> int:
    """Serve until killed."""
    Handler.behaviour = BEHAVIOUR.read_text()
    Handler.algorithm = stub_algorithms.named(os.environ["ALGORITHM"], json.loads(LEARNED.read_text()))
    if Handler.behaviour == "vanishing":
        return 3
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit({"train": train, "serve": serve}[sys.argv[1]]())

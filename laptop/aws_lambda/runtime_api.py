"""The Runtime API a worker's runtime client speaks: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html."""

import queue
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Invocation:
    """One event on its way to a worker; `deadline` in seconds since the epoch."""

    request_id: str
    payload: bytes
    deadline: float


@dataclass(frozen=True, slots=True)
class Report:
    """What a worker answered: the handler's result, or AWS's error document where `failed`."""

    payload: bytes
    failed: bool


class RuntimeApi(ThreadingHTTPServer):
    """Hands invocations to one worker and takes its reports.

    Args:
        function_arn: told to the worker with each event.

    Attributes:
        initialised: set once the worker has loaded its handler, or has failed to.
        broken: whether it has failed to; it is about to exit.
    """

    daemon_threads = True

    def __init__(self, function_arn: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.function_arn = function_arn
        self.invocations: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self.reports: queue.SimpleQueue[Report | None] = queue.SimpleQueue()
        self.initialised = threading.Event()
        self.broken = False
        threading.Thread(target=self.serve_forever, name="runtime-api", daemon=True).start()

    @property
    def address(self) -> str:
        """`host:port`, as in AWS_LAMBDA_RUNTIME_API."""
        return f"127.0.0.1:{self.server_address[1]}"

    def close(self) -> None:
        """Let a waiting worker go and stop listening."""
        self.invocations.put(None)
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet: in two, delayed acknowledgements cost 40 ms a call
    server: RuntimeApi

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Requests are not news."""

    def do_GET(self) -> None:
        """`/2018-06-01/runtime/invocation/next`: the first means that the handler is loaded."""
        self.server.initialised.set()
        invocation = self.server.invocations.get()
        if invocation is None:
            self.close_connection = True
            return
        self.send_response(200)
        for name, value in {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(invocation.deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self.server.function_arn,
            "Content-Type": "application/json",
            "Content-Length": str(len(invocation.payload)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(invocation.payload)

    def do_POST(self) -> None:
        """`…/response`, `…/error` and `/runtime/init/error`."""
        payload = self._body()
        self.server.broken = self.path.endswith("/init/error")
        self.server.initialised.set()
        self.server.reports.put(Report(payload, failed=not self.path.endswith("/response")))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = bytearray()
        while size := int(self.rfile.readline().strip() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return bytes(body)

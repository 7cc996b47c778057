"""The hosting contract: `GET /ping` and `POST /invocations` on one port.

Source: SageMaker developer guide, "Custom Inference Code with Hosting Services".
"""

import json
import socket
import sys
import threading
import traceback
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from mxnet_vision.models import Answer, NotAcceptableError, Predictor
from mxnet_vision.samples import UndecodablePicture

BODY_LIMIT = 6 * 2**20  # bytes InvokeEndpoint lets through
_LINGER_LIMIT = 4 * BODY_LIMIT
_PIECE = 2**16
PICTURE_TYPES = ("application/x-image", "image/jpeg", "image/png")


class RefusedRequest(Exception):
    """A request answered with an error status."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class Server(ThreadingHTTPServer):
    """Takes connections at once, each in a thread of its own; the model answers one at a time."""

    request_queue_size = 128
    daemon_threads = False  # closing waits for the requests under way

    def __init__(self, predictor: Predictor, host: str, port: int) -> None:
        self.predictor = predictor
        self.one_at_a_time = threading.Lock()
        super().__init__((host, port), Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is a line in the log, anything else a traceback."""
        if isinstance(error := sys.exception(), ConnectionError):
            print(f"{client_address} went away: {error}", file=sys.stderr, flush=True)  # noqa: T201 - the log
        else:
            super().handle_error(request, client_address)  # type: ignore[arg-type] # only printed

    def answer(self, picture: bytes, accept: str) -> Answer:
        """The model's answer.

        Raises:
            RefusedRequest: not a picture, or an answer nobody can give.
        """
        try:
            with self.one_at_a_time:
                return self.predictor.answer(picture, accept)
        except UndecodablePicture as error:
            raise RefusedRequest(HTTPStatus.BAD_REQUEST, f"{error}.") from error
        except NotAcceptableError as error:
            raise RefusedRequest(HTTPStatus.NOT_ACCEPTABLE, str(error)) from error


class Handler(BaseHTTPRequestHandler):
    """One connection, one request."""

    server: Server
    timeout = 10  # seconds without a byte, so that nobody holds a thread for ever

    def do_GET(self) -> None:
        """`/ping`: the model is loaded, for the server starts after it."""
        if self.path == "/ping":
            self._send(HTTPStatus.OK, Answer(b"", "text/plain"))
        else:
            self._refuse(RefusedRequest(HTTPStatus.NOT_FOUND, f"There is no {self.path}."))

    def do_POST(self) -> None:
        """`/invocations`: one encoded picture in, its detections, classes or mask out."""
        try:
            answer = self.server.answer(self._picture(), self.headers.get("Accept", ""))
        except RefusedRequest as refused:
            self._refuse(refused)
        except ConnectionError:
            raise
        except Exception:  # noqa: BLE001 - the caller gets an answer, the log the reason
            traceback.print_exc()
            message = "The model failed on this picture; the endpoint's log says why."
            self._refuse(RefusedRequest(HTTPStatus.INTERNAL_SERVER_ERROR, message))
        else:
            self._send(HTTPStatus.OK, answer)

    def _picture(self) -> bytes:
        """The body.

        Raises:
            RefusedRequest: another path, another content type, or a body of unknown length or more than the limit.
        """
        if self.path != "/invocations":
            raise RefusedRequest(HTTPStatus.NOT_FOUND, f"There is no {self.path}.")
        content_type = self.headers.get_content_type()
        if content_type not in PICTURE_TYPES:
            accepted = ", ".join(PICTURE_TYPES)
            message = f"Content-Type '{content_type}' is none of {accepted}."
            raise RefusedRequest(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            raise RefusedRequest(HTTPStatus.LENGTH_REQUIRED, "Content-Length is required.")
        if len(length) > 12 or int(length) > BODY_LIMIT:
            message = f"The body has more than {BODY_LIMIT} bytes, which is all that is taken."
            raise RefusedRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise RefusedRequest(HTTPStatus.BAD_REQUEST, f"The body ended after {len(body)} of {length} bytes.")
        return body

    def _refuse(self, refused: RefusedRequest) -> None:
        body = json.dumps({"error": str(refused)}).encode()
        self._send(refused.status, Answer(body, "application/json"))
        self._linger()

    def _linger(self) -> None:
        """Read on for a while without keeping it: a client still sending would see a reset, not our answer."""
        left = _LINGER_LIMIT
        with suppress(OSError):  # gone already: nobody to wait for
            self.connection.shutdown(socket.SHUT_WR)
            while left > 0 and (piece := self.connection.recv(_PIECE)):
                left -= len(piece)

    def _send(self, status: HTTPStatus, answer: Answer) -> None:
        self.send_response(status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)


def serve(predictor: Predictor, host: str, port: int) -> None:
    """Answer requests until the process is told to end; requests under way are finished first."""
    with Server(predictor, host, port) as server:
        server.serve_forever()

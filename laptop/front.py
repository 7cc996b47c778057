"""The one port: who answers a request is decided by the service its signature names."""

import re
import socket
import threading
from collections.abc import Callable, Iterable, Mapping

from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Request, Response

from laptop.wsgi import Environ, ServiceError, StartResponse, WsgiApp, error_response, with_request_id

HOST = "127.0.0.1"
_OUR_NAMES = re.compile(r"(127\.0\.0\.1|([\w.-]+\.)?localhost)(:\d+)?")  # any other would be DNS rebinding
_SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/[^/]+/(?P<service>[^/]+)/aws4_request")

type Service = Callable[[Request], Response | None]
"""Answers a request, or returns None where moto shall."""


class Front:
    """A threaded WSGI server on 127.0.0.1.

    Args:
        port: 0 takes a free one.
        fallback: moto; answers what no service of ours does.
    """

    def __init__(self, port: int, fallback: Callable[[], WsgiApp]) -> None:
        self.services: Mapping[str, Service] = {}
        self.api: Service = _no_api
        self.after: Callable[[str, Request], None] = _ignore
        self._server = _listen(port, self)
        self.port = self._server.port
        self.url = f"http://{HOST}:{self.port}"
        self._fallback = fallback
        self._moto: WsgiApp | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._server.serve_forever, name="front", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        start_response = with_request_id(start_response)
        request = Request(environ)
        if not _OUR_NAMES.fullmatch(request.host):
            return error_response(ServiceError("", f"This is not {request.host}.", 403))(environ, start_response)
        service = signed_for(request)
        response = self.services[service](request) if service in self.services else None
        if response is None and not service and not _is_s3_presigned(request):
            response = self.api(request)
        if response is not None:
            return response(environ, start_response)
        answer = self._behind()(environ, start_response)
        self.after(service, request)
        return answer

    def _behind(self) -> WsgiApp:
        with self._lock:
            self._moto = self._moto or self._fallback()
            return self._moto


def signed_for(request: Request) -> str:
    """The service a SigV4 signature is made for; empty where the request is not signed."""
    found = _SIGNED_FOR.search(request.headers.get("Authorization", ""))
    return found["service"] if found else ""


def _is_s3_presigned(request: Request) -> bool:
    return "X-Amz-Signature" in request.args or "Signature" in request.args


def _no_api(_: Request) -> Response | None:
    return None


def _ignore(_service: str, _request: Request) -> None:
    """Nobody wants to know."""


def _listen(port: int, app: WsgiApp) -> BaseWSGIServer:
    from moto.moto_server.werkzeug_app import MotoRequestHandler

    class QuietHandler(MotoRequestHandler):  # type: ignore[misc]
        def log(self, *_: object) -> None:
            """Requests are not news."""

    with socket.create_server((HOST, port)) as bound:  # werkzeug's own way with a taken port is sys.exit
        return make_server(HOST, port, app, threaded=True, request_handler=QuietHandler, fd=bound.fileno())

"""Lambda's Invoke operation: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html."""

import base64
import json
import re
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from laptop.account import arn
from laptop.aws_lambda.function import Function, Outcome
from laptop.aws_lambda.pool import FunctionPool
from laptop.children import Children
from laptop.log_streams import LogWriter
from laptop.wsgi import MEBIBYTE, ServiceError, body_within, error_response

REQUEST_LIMIT = 6 * MEBIBYTE
EVENT_LIMIT = MEBIBYTE
_PATH = re.compile(r"/2015-03-31/functions/(?P<reference>[^/]+)/invocations")
_REFERENCE = re.compile(r"(?:arn:aws:lambda:[^:]+:)?(?:\d{12}:)?(?:function:)?(?P<name>[\w-]+)(?::[\w$-]+)?")
_EVENT_THREADS = 16


class LambdaService:
    """Functions and their invocation.

    Args:
        children: starts the workers.
        environment: what every worker gets before the function's own variables.
        logs: takes what functions print.
        async_retry_seconds: waits before an asynchronous invocation that failed is tried again.
    """

    def __init__(
        self,
        children: Children,
        environment: Mapping[str, str],
        logs: LogWriter,
        async_retry_seconds: Sequence[float],
    ) -> None:
        self._children = children
        self._environment = environment
        self._logs = logs
        self._retries = async_retry_seconds
        self._pools: dict[str, FunctionPool] = {}
        self._failed: dict[str, Callable[[str], object]] = {}
        self._events = ThreadPoolExecutor(_EVENT_THREADS, thread_name_prefix="lambda-event")
        self._closing = threading.Event()

    def add(self, function: Function) -> None:
        """Deploy a function, in place of one of its name."""
        if replaced := self._pools.pop(function.name, None):
            replaced.close()
        self._pools[function.name] = FunctionPool(function, self._children, self._environment, self._logs)

    def on_failure(self, name: str, tell: Callable[[str], object]) -> None:
        """Have `tell` called with AWS's record of every event that the function failed on at every attempt."""
        self._failed[name] = tell

    @property
    def functions(self) -> dict[str, Function]:
        """The deployed functions by name."""
        return {name: pool.function for name, pool in self._pools.items()}

    def invoke(self, reference: str, payload: bytes) -> Outcome:
        """Run a function and wait for it; `reference` is its name or an ARN.

        Raises:
            ServiceError: ResourceNotFoundException, RequestEntityTooLargeException.
        """
        pool = self._pool(reference)
        _refuse_over(REQUEST_LIMIT, len(payload), "RequestResponse")
        return pool.invoke(payload or b"{}")

    def invoke_event(self, reference: str, payload: bytes) -> None:
        """Run a function some time soon, and twice more should it fail.

        Raises:
            ServiceError: ResourceNotFoundException, RequestEntityTooLargeException.
        """
        pool = self._pool(reference)
        _refuse_over(EVENT_LIMIT, len(payload), "Event")
        self._events.submit(self._run_event, pool, payload or b"{}")

    def close(self) -> None:
        """End all workers; events not yet run are dropped."""
        self._closing.set()
        self._events.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools.values():
            pool.close()
        self._events.shutdown()

    def __call__(self, request: Request) -> Response | None:
        """Answer Invoke; None for any other operation."""
        found = _PATH.fullmatch(request.path.rstrip("/"))
        if request.method != "POST" or not found:
            return None
        try:
            return self._answer(unquote(found["reference"]), request)
        except ServiceError as error:
            return error_response(error, extra={"Type": "User"})

    def _answer(self, reference: str, request: Request) -> Response:
        kind = request.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        self._pool(reference)
        payload = body_within(request, REQUEST_LIMIT)
        if payload is None:
            raise _too_large(request.content_length or 0, kind, REQUEST_LIMIT)
        _refuse_unless_json(payload)
        if kind == "DryRun":
            return Response(status=204)
        if kind == "Event":
            self.invoke_event(reference, payload)
            return Response(status=202)
        outcome = self.invoke(reference, payload)
        return _response(outcome, tail=request.headers.get("X-Amz-Log-Type") == "Tail")

    def _run_event(self, pool: FunctionPool, payload: bytes) -> None:
        for wait in (0, *self._retries):
            if self._closing.wait(wait):
                return
            outcome = pool.invoke(payload)
            if not outcome.failed:
                return
        if tell := self._failed.get(pool.function.name):
            tell(_failure_record(pool.function, payload, outcome, len(self._retries)))

    def _pool(self, reference: str) -> FunctionPool:
        found = _REFERENCE.fullmatch(reference)
        if found and found["name"] in self._pools:
            return self._pools[found["name"]]
        name = reference if reference.startswith("arn:") else arn("lambda", f"function:{reference}")
        raise ServiceError("ResourceNotFoundException", f"Function not found: {name}", 404)


def _failure_record(function: Function, payload: bytes, outcome: Outcome, retries: int) -> str:
    """As https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html has it."""
    record = {
        "version": "1.0",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": f"{function.arn}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": retries + 1,
        },
        "requestPayload": json.loads(payload),
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": json.loads(outcome.payload),
    }
    return json.dumps(record)


def _response(outcome: Outcome, *, tail: bool) -> Response:
    response = Response(outcome.payload, mimetype="application/json")
    response.headers["X-Amz-Executed-Version"] = "$LATEST"
    if outcome.failed:
        response.headers["X-Amz-Function-Error"] = "Unhandled"
    if tail:
        response.headers["X-Amz-Log-Result"] = base64.b64encode(outcome.log[-4096:]).decode()
    return response


def _refuse_over(limit: int, size: int, kind: str) -> None:
    if size > limit:
        raise _too_large(size, kind, limit)


def _too_large(size: int, kind: str, limit: int) -> ServiceError:
    text = f"{size} byte payload is too large for the {kind} invocation type (limit {limit} bytes)"
    return ServiceError("RequestEntityTooLargeException", text, 413)


def _refuse_unless_json(payload: bytes) -> None:
    try:
        json.loads(payload or b"{}")
    except ValueError as error:
        text = f"Could not parse request body into json: {error}"
        raise ServiceError("InvalidRequestContentException", text) from error

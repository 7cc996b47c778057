"""One execution environment: a process running `awslambdaric`, invoked one event at a time."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from laptop.aws_lambda.function import Function, Outcome
from laptop.aws_lambda.runtime_api import Invocation, Report, RuntimeApi
from laptop.children import Children

INIT_SECONDS = 10  # the init phase does not count towards the function's timeout
RESPONSE_LIMIT = 6 * 1024 * 1024 + 100  # bytes; 6291556 in AWS's own message


class Worker:
    """A warm process of one function.

    What the process prints goes into a file, not a pipe: all of it is there by the time the answer is.
    """

    def __init__(self, function: Function, children: Children, environment: Mapping[str, str]) -> None:
        self.function = function
        self.started = time.time()
        self.log_stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}"
        self._children = children
        self._busy = threading.Lock()
        self._api = RuntimeApi(function.arn)
        self._log = (children.folder / f"lambda-{uuid.uuid4().hex}.log").open("a+b", buffering=0)
        self._process = children.start(
            [sys.executable, "-m", "awslambdaric", function.handler],
            environment=self._environment(environment),
            folder=function.code,
            output=self._log,
        )
        threading.Thread(target=self._report_exit, name="lambda-exit", daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether it can take another event."""
        return not self._api.broken and self._process.poll() is None

    def invoke(self, payload: bytes) -> Outcome:
        """Run the handler on a JSON event, within the function's timeout."""
        with self._busy:
            return self._invoke(payload)

    def close(self) -> None:
        """End the process; an invocation under way ends with an error."""
        self._children.reap(self._process)
        with self._busy:
            self._api.close()
            self._log.close()

    def _invoke(self, payload: bytes) -> Outcome:
        request_id = str(uuid.uuid4())
        self._api.initialised.wait(INIT_SECONDS)
        began = time.monotonic()
        self._api.invocations.put(Invocation(request_id, payload, time.time() + self.function.timeout))
        report = self._await_report(request_id)
        if len(report.payload) > RESPONSE_LIMIT:
            message = f"Response payload size exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes)."
            report = _error("Function.ResponseSizeTooLarge", message)
        outcome = Outcome(report.payload, report.failed, self._printed(request_id, time.monotonic() - began))
        os.truncate(self._log.fileno(), 0)
        return outcome

    def _await_report(self, request_id: str) -> Report:
        try:
            report = self._api.reports.get(timeout=self.function.timeout)
        except queue.Empty:
            self._children.reap(self._process)
            text = f"Task timed out after {self.function.timeout:.2f} seconds"
            return _error("Sandbox.Timedout", f"RequestId: {request_id} Error: {text}")
        if report is not None:
            return report
        code = self._process.wait()
        how = f"exit status {code}" if code >= 0 else f"signal: {-code}"
        return _error("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited with error: {how}")

    def _printed(self, request_id: str, seconds: float) -> bytes:
        printed = os.pread(self._log.fileno(), os.fstat(self._log.fileno()).st_size, 0)
        end = b"" if not printed or printed.endswith(b"\n") else b"\n"
        report = (
            f"REPORT RequestId: {request_id}\tDuration: {seconds * 1000:.2f} ms\tMemory Size: {self.function.memory} MB"
        )
        return b"".join(
            (
                f"START RequestId: {request_id} Version: $LATEST\n".encode(),
                printed + end,
                f"END RequestId: {request_id}\n{report}\n".encode(),
            )
        )

    def _report_exit(self) -> None:
        try:
            self._process.wait()
        except subprocess.SubprocessError:
            return
        self._api.reports.put(None)
        self._api.initialised.set()

    def _environment(self, base: Mapping[str, str]) -> dict[str, str]:
        function = self.function
        return {
            **base,
            **function.environment,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": self.log_stream,
            "_HANDLER": function.handler,
            "LAMBDA_TASK_ROOT": str(function.code),
            "PYTHONPATH": os.pathsep.join(str(folder) for folder in (function.code, *function.layers)),
        }


def _error(kind: str, message: str) -> Report:
    return Report(json.dumps({"errorType": kind, "errorMessage": message}).encode(), failed=True)

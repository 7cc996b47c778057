"""The warm workers of each function, a bounded number of them."""

import threading
from collections.abc import Mapping

from laptop.aws_lambda.function import Function, Outcome
from laptop.aws_lambda.worker import Worker
from laptop.children import Children
from laptop.log_streams import LogStream, LogWriter

WORKERS_PER_FUNCTION = 4


class FunctionPool:
    """Invokes one function; a fifth concurrent call waits for a worker (AWS would add one, a laptop has few cores)."""

    def __init__(self, function: Function, children: Children, environment: Mapping[str, str], logs: LogWriter) -> None:
        self.function = function
        self._children = children
        self._environment = environment
        self._logs = logs
        self._places = threading.BoundedSemaphore(WORKERS_PER_FUNCTION)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()
        self._closed = False

    def invoke(self, payload: bytes) -> Outcome:
        """Run the handler on a JSON event."""
        with self._places:
            worker = self._take()
            outcome = worker.invoke(payload)
            self._give_back(worker)
        stream = LogStream(self.function.log_group, worker.log_stream)
        for line in outcome.log.decode(errors="replace").splitlines():
            self._logs.write(stream, line, source=self.function.name)
        return outcome

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            self._closed = True
            workers, self._idle = list(self._all), []
        for worker in workers:
            worker.close()

    def _take(self) -> Worker:
        changed = self.function.newest_source()
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.alive and worker.started > changed:
                    return worker
                self._drop(worker)
            worker = Worker(self.function, self._children, self._environment)
            self._all.add(worker)
            return worker

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            if worker.alive and not self._closed:
                self._idle.append(worker)
            elif not self._closed:
                self._drop(worker)

    def _drop(self, worker: Worker) -> None:
        self._all.discard(worker)
        worker.close()

"""What children print, as CloudWatch Logs streams."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import ClientError

from laptop.session import Session

FLUSH_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class LogStream:
    """One stream of a log group."""

    group: str
    name: str


class LogWriter:
    """Sends lines to CloudWatch Logs in batches from one thread, so that no child waits for it.

    Args:
        session: of the cloud.
        echo: is shown every line, after the name of the one who wrote it.
    """

    def __init__(self, session: Session, echo: Callable[[str], None] | None) -> None:
        self._client = session.logs
        self._echo = echo
        self._known: set[LogStream] = set()
        self._lines: queue.SimpleQueue[tuple[LogStream, int, str] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def write(self, stream: LogStream, line: str, *, source: str) -> None:
        """Log one line, without its line end; `source` names the writer for the echo."""
        if self._echo:
            self._echo(f"[{source}] {line}")
        if line:
            self._lines.put((stream, int(time.time() * 1000), line))

    def close(self) -> None:
        """Send what is left."""
        self._lines.put(None)
        self._thread.join()

    def _run(self) -> None:
        closing = False
        while not closing:
            batch = [self._lines.get()]
            time.sleep(FLUSH_SECONDS)
            while not self._lines.empty():  # nobody else takes lines away
                batch.append(self._lines.get())
            closing = None in batch
            self._send([line for line in batch if line is not None])

    def _send(self, batch: list[tuple[LogStream, int, str]]) -> None:
        streams: dict[LogStream, list[tuple[int, str]]] = {}
        for stream, at, line in batch:
            streams.setdefault(stream, []).append((at, line))
        for stream, lines in streams.items():
            self._ensure(stream)
            self._client.put_log_events(
                logGroupName=stream.group,
                logStreamName=stream.name,
                logEvents=[{"timestamp": at, "message": line} for at, line in lines],
            )

    def _ensure(self, stream: LogStream) -> None:
        if stream in self._known:
            return
        with _existing_is_fine():
            self._client.create_log_group(logGroupName=stream.group)
        with _existing_is_fine():
            self._client.create_log_stream(logGroupName=stream.group, logStreamName=stream.name)
        self._known.add(stream)


@contextmanager
def _existing_is_fine() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise

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


@dataclass(frozen=True, slots=True)
class _Line:
    stream: LogStream
    time: int
    text: str
    source: str


class LogWriter:
    """Sends lines to CloudWatch Logs in batches from one thread, so that no child waits for it.

    Args:
        session: of the cloud.
        echo: is shown every line, after the name of the one who wrote it.
    """

    def __init__(self, session: Session, echo: Callable[[str], None] | None) -> None:
        self._client = session.logs
        self._echo = echo or _unheard
        self._known: set[LogStream] = set()
        self._lines: queue.SimpleQueue[_Line | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def write(self, stream: LogStream, line: str, *, source: str) -> None:
        """Log one line, without its line end; `source` names the writer for the echo."""
        self._lines.put(_Line(stream, int(time.time() * 1000), line, source))

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
            lines = [line for line in batch if line is not None]
            self._show(lines)
            self._send([line for line in lines if line.text])  # CloudWatch refuses empty messages

    def _show(self, lines: list[_Line]) -> None:
        try:
            for line in lines:
                self._echo(f"[{line.source}] {line.text}")
        except OSError:  # whoever read along has gone; the logs go on
            self._echo = _unheard

    def _send(self, batch: list[_Line]) -> None:
        streams: dict[LogStream, list[_Line]] = {}
        for line in batch:
            streams.setdefault(line.stream, []).append(line)
        for stream, lines in streams.items():
            self._ensure(stream)
            self._client.put_log_events(
                logGroupName=stream.group,
                logStreamName=stream.name,
                logEvents=[{"timestamp": line.time, "message": line.text} for line in lines],
            )

    def _ensure(self, stream: LogStream) -> None:
        if stream in self._known:
            return
        with _existing_is_fine():
            self._client.create_log_group(logGroupName=stream.group)
        with _existing_is_fine():
            self._client.create_log_stream(logGroupName=stream.group, logStreamName=stream.name)
        self._known.add(stream)


def _unheard(_: str) -> None:
    """Nobody reads along."""


@contextmanager
def _existing_is_fine() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise

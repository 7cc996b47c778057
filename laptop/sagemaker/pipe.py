"""Pipe mode: a channel as a FIFO per epoch, `<channel>_0`, `<channel>_1`, …, for as long as the container opens them.

Source: Amazon SageMaker Developer Guide, your-algorithms-training-algo-running-container.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from laptop.sagemaker.augmented_manifest import InputDataError

FETCH_THREADS = 4
FETCH_AHEAD = 16

MakeRecord = Callable[[], bytes]
"""Makes the bytes of one line or object: slow, because it fetches; run ahead of its turn."""


class Pipe:
    """Feeds one channel from a thread until it is stopped.

    Args:
        path: of the FIFOs, without `_<epoch>`.
        epoch: the records of an epoch, in order, each as a function that makes its bytes.
        failed: is told, once, why no more can be fed.
    """

    def __init__(
        self,
        path: Path,
        epoch: Callable[[int], Iterator[MakeRecord]],
        failed: Callable[[str], None],
    ) -> None:
        self._path = path
        self._epoch = epoch
        self._failed = failed
        self._stopping = threading.Event()
        self._make(0)
        self._thread = threading.Thread(target=self._run, name=f"pipe-{path.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Feed no more; the container must have ended."""
        self._stopping.set()
        while self._thread.is_alive():
            self._release_writer()
            self._thread.join(0.05)

    def _run(self) -> None:
        number = 0
        with ThreadPoolExecutor(FETCH_THREADS, thread_name_prefix="pipe-fetch") as fetchers:
            while not self._stopping.is_set():
                self._make(number + 1)  # a reader that has seen the end of one epoch finds the next one there
                try:
                    self._feed(number, fetchers)
                except InputDataError as error:
                    self._failed(f"ClientError: {error}")
                    return
                except Exception as error:  # noqa: BLE001 - whatever it is, the job must end with it, not hang
                    self._failed(f"InternalServerError: {error}")
                    return
                number += 1

    def _feed(self, number: int, fetchers: ThreadPoolExecutor) -> None:
        fifo = self._fifo(number)
        with fifo.open("wb", buffering=0) as pipe, suppress(BrokenPipeError):  # to close early is the reader's right
            fifo.unlink()  # an epoch is read once; a second open must not hang
            for record in _ahead(self._epoch(number), fetchers):
                if self._stopping.is_set():
                    return
                _write_all(pipe.fileno(), record)

    def _fifo(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}_{number}")

    def _make(self, number: int) -> None:
        if not self._fifo(number).exists():
            os.mkfifo(self._fifo(number), 0o600)

    def _release_writer(self) -> None:
        """Open for reading what the thread waits to open for writing."""
        for fifo in self._path.parent.glob(f"{self._path.name}_*"):
            with suppress(FileNotFoundError):
                os.close(os.open(fifo, os.O_RDONLY | os.O_NONBLOCK))


def _ahead(records: Iterator[MakeRecord], fetchers: ThreadPoolExecutor) -> Iterator[bytes]:
    """The records in order, at most FETCH_AHEAD of them held in memory."""
    waiting: deque[Future[bytes]] = deque()
    for record in records:
        waiting.append(fetchers.submit(record))
        if len(waiting) >= FETCH_AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]

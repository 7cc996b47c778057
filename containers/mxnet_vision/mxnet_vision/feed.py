"""Between the pipe and the network: shuffling, batches, and decoding ahead in a background thread."""

import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Generic, TypeVar

import numpy as np

from mxnet_vision.samples import Sample

SHUFFLE_SAMPLES = 2000
SHUFFLE_BYTES = 128 * 2**20  # encoded pictures kept for shuffling
_LOOK_AGAIN = 0.1  # seconds between looks at `stop` while waiting

T = TypeVar("T")


def shuffled(samples: Iterator[Sample], rng: np.random.Generator) -> Iterator[Sample]:
    """The samples in random order, within a bounded window: the pipe may stream the same order every epoch."""
    window: list[Sample] = []
    held = 0
    for sample in samples:
        window.append(sample)
        held += len(sample.picture) + len(sample.label)
        while len(window) > SHUFFLE_SAMPLES or held > SHUFFLE_BYTES:
            drawn = _draw(window, rng)
            held -= len(drawn.picture) + len(drawn.label)
            yield drawn
    while window:
        yield _draw(window, rng)


def _draw(window: list[Sample], rng: np.random.Generator) -> Sample:
    place = int(rng.integers(len(window)))
    window[place], window[-1] = window[-1], window[place]
    return window.pop()


def in_batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` items, the last one perhaps shorter."""
    while batch := list(islice(items, size)):
        yield batch


class Counted(Generic[T]):
    """The batches, counted as they pass."""

    def __init__(self, batches: Iterator[list[T]]) -> None:
        self._batches = iter(batches)
        self.batches = self.items = 0

    def __iter__(self) -> "Counted[T]":
        return self

    def __next__(self) -> list[T]:
        batch = next(self._batches)
        self.batches += 1
        self.items += len(batch)
        return batch


def in_background(items: Iterator[T], depth: int, stop: threading.Event) -> Iterator[T]:
    """The items, made up to `depth` ahead in a thread; ends early when `stop` is set. Errors are raised here.

    The thread may be blocked in opening a FIFO, which nothing can interrupt: it is a daemon and dies with the process.
    """
    ahead: _Ahead[T] = _Ahead(queue.Queue(depth), stop)
    threading.Thread(target=ahead.make, args=(items,), daemon=True).start()
    try:
        while (entry := ahead.take()) is not None:
            if isinstance(entry, Exception):
                raise entry
            yield entry[0]
    finally:
        ahead.abandoned.set()


class _Ahead(Generic[T]):
    """A bounded queue between two threads, of items in tuples, an exception, or None at the end."""

    def __init__(self, ready: "queue.Queue[tuple[T] | Exception | None]", stop: threading.Event) -> None:
        self.ready = ready
        self.stop = stop
        self.abandoned = threading.Event()  # nobody takes any more

    def make(self, items: Iterator[T]) -> None:
        """Fill the queue."""
        try:
            for item in items:
                if not self._put((item,)):
                    return
        except Exception as error:  # noqa: BLE001 - raised again where the items are used
            self._put(error)
        else:
            self._put(None)

    def _put(self, entry: tuple[T] | Exception | None) -> bool:
        while not (self.abandoned.is_set() or self.stop.is_set()):
            with suppress(queue.Full):
                self.ready.put(entry, timeout=_LOOK_AGAIN)
                return True
        return False

    def take(self) -> tuple[T] | Exception | None:
        """The next entry; None also where `stop` is set."""
        while not self.stop.is_set():
            with suppress(queue.Empty):
                return self.ready.get(timeout=_LOOK_AGAIN)
        return None

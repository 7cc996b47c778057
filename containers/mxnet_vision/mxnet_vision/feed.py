"""Between the pipe and the network: shuffling, batches, and decoding ahead in a background thread."""

import queue
import threading
from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

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


def in_background(items: Iterator[T], depth: int, stop: threading.Event) -> Iterator[T]:
    """The items, made up to `depth` ahead in a thread; ends early when `stop` is set. Errors are raised here.

    The thread may be blocked in opening a FIFO, which nothing can interrupt: it is a daemon and dies with the process.
    """
    ready: queue.Queue[tuple[T] | Exception | None] = queue.Queue(depth)
    abandoned = threading.Event()

    def put(entry: tuple[T] | Exception | None) -> bool:
        while not (abandoned.is_set() or stop.is_set()):
            try:
                ready.put(entry, timeout=_LOOK_AGAIN)
                return True
            except queue.Full:
                continue
        return False

    def make() -> None:
        try:
            for item in items:
                if not put((item,)):
                    return
            put(None)
        except Exception as error:  # noqa: BLE001 - raised again where the items are used
            put(error)

    threading.Thread(target=make, daemon=True).start()
    try:
        while not stop.is_set():
            try:
                entry = ready.get(timeout=_LOOK_AGAIN)
            except queue.Empty:
                continue
            if entry is None:
                return
            if isinstance(entry, Exception):
                raise entry
            yield entry[0]
    finally:
        abandoned.set()

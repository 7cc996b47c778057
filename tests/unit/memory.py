"""How much memory something takes."""

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MEGABYTE = 1 << 20


@contextmanager
def peak_memory() -> Iterator[Callable[[], int]]:
    """Gives a function that tells how many bytes were held at most since, beside what was held before."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield lambda: tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()

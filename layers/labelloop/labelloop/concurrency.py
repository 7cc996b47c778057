"""Many slow calls at once, of which few are under way at a time."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

_UNDER_WAY = 2  # for each worker: one that runs, one that waits for it or for its turn to be given


def ordered_map[Item, Result](act: Callable[[Item], Result], items: Iterable[Item], workers: int) -> Generator[Result]:
    """What `act` makes of each item, in the items' order, with `workers` threads.

    Items are taken as results are: of both no more are held than a few for each worker. What `act` raises is raised,
    in its place; items that are not begun then are not.
    """
    waiting: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(workers)
    try:
        for item in items:
            waiting.append(pool.submit(act, item))
            if len(waiting) >= _UNDER_WAY * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)

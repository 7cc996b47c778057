import threading
import time
from collections.abc import Iterator

import pytest
from labelloop.concurrency import ordered_map


@pytest.mark.parametrize("workers", [1, 2, 7])
@pytest.mark.parametrize("count", [0, 1, 5, 50])
def test_results_come_in_the_order_of_the_items(workers: int, count: int) -> None:
    def late_first(number: int) -> int:
        time.sleep(0.002 if number % 3 == 0 else 0)
        return number * 2

    assert list(ordered_map(late_first, range(count), workers)) == [number * 2 for number in range(count)]


def test_as_many_are_under_way_as_there_are_workers() -> None:
    together = threading.Barrier(3, timeout=20)  # breaks unless three wait for each other
    assert len(list(ordered_map(lambda _: together.wait(), range(6), 3))) == 6


def test_items_are_taken_as_results_are() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1_000):
            taken.append(number)
            yield number

    results = ordered_map(str, items(), 3)
    assert next(results) == "0"
    assert len(taken) <= 6
    assert list(results)[-1] == "999"


def test_an_error_is_raised_in_its_place_and_ends_the_work() -> None:
    begun: list[int] = []

    def fail_on_two(number: int) -> int:
        begun.append(number)
        if number == 2:
            raise ValueError("two")
        return number

    results = ordered_map(fail_on_two, range(1_000), 2)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ValueError, match="two"):
        next(results)
    assert len(begun) < 10


def test_no_thread_is_left() -> None:
    before = threading.active_count()
    results = ordered_map(str, range(100), 4)
    next(results)
    results.close()
    assert threading.active_count() == before

"""Time and memory of a piece of work, in the process that asks."""

import gc
import re
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

Work = Callable[[], object]
_PROCESS = Path("/proc/self")
_FORGET_PEAK = "5"  # proc(5), /proc/pid/clear_refs


def best_ms(work: Work, runs: int) -> float:
    """The quickest of some runs after a first one that is not counted, in milliseconds.

    Whatever else runs on the machine can only make a run slower.
    """
    work()
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return round(min(times) * 1000, 4)


def memory(work: Work) -> dict[str, float]:
    """What the work takes beside what was there before, at most, in megabytes of 10**6 bytes.

    `resident_mb` is what the system gave to the process, libraries in C included; `traced_mb` what Python and numpy
    allocated. One run each, the resident first.
    """
    gc.collect()
    (_PROCESS / "clear_refs").write_text(_FORGET_PEAK)
    before = _status("VmRSS")
    work()
    resident = _status("VmHWM") - before
    tracemalloc.start()
    work()
    traced = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {"resident_mb": round(resident / 1e6, 2), "traced_mb": round(traced / 1e6, 2)}


def peak_resident_mb() -> float:
    """The most that the system ever gave to this process, in megabytes of 10**6 bytes."""
    return round(_status("VmHWM") / 1e6, 2)


def _status(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", (_PROCESS / "status").read_text())
    assert found
    return int(found[1]) * 1024

"""One way to read a manifest, in a process of its own: `python -m tests.bench.preflight_ways <way> <manifest>`.

A way imports what it needs itself, so that the memory of the process is that of the way; imports are not timed.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.measure import peak_resident_mb

Read = Callable[[Path], object]


def preflight(processes: int = 1) -> Read:
    """Ours: every check of lines, labels, boxes, classes, duplicates and the split."""
    from labelloop.label_file import LabelFile
    from labelloop.preflight import preflight
    from labelloop.run import Pinned
    from labelloop.settings import Settings

    def read(manifest: Path) -> object:
        checked = preflight(LabelFile(manifest, Pinned(str(manifest), "")), Settings(), processes=processes)
        assert checked.findings.results() == ()
        return checked

    return read


def preflight_by_all_processors() -> Read:
    """Ours, as the command reads large manifests."""
    return preflight(os.process_cpu_count() or 1)


def preflight_and_freeze() -> Read:
    """Ours, as Lambda reads them, and then the dataset's files."""
    from labelloop.dataset import freeze
    from labelloop.preflight import Preflight
    from labelloop.run import present

    check = preflight()

    def read(manifest: Path) -> object:
        checked = check(manifest)
        assert isinstance(checked, Preflight)
        with tempfile.TemporaryDirectory() as folder:
            return freeze(checked, present(checked.report), Path(folder))

    return read


def orjson_alone() -> Read:
    """Each line parsed, none kept, nothing checked: about the quickest that Python can read JSON Lines."""
    import orjson

    def read(manifest: Path) -> None:
        with manifest.open("rb") as file:
            for line in file:
                orjson.loads(line)

    return read


def notebook() -> Read:
    """As AWS's notebooks do: all lines at once, nothing checked.

    Source: amazon-sagemaker-examples, ground_truth_labeling_jobs
    """

    def read(manifest: Path) -> object:
        lines = manifest.read_bytes().decode("utf-8").split("\n")
        return [json.loads(line) for line in lines if line]

    return read


WAYS = {
    way.__name__: way for way in (preflight, preflight_by_all_processors, preflight_and_freeze, orjson_alone, notebook)
}


def _children_mb(way: str) -> float:
    """The most that the largest child took, for each there was."""
    children = (os.process_cpu_count() or 1) - 1 if way == "preflight_by_all_processors" else 0
    return children * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    way, manifest = sys.argv[1], Path(sys.argv[2])
    read = WAYS[way]()
    begin = time.perf_counter()
    read(manifest)
    seconds = time.perf_counter() - begin
    json.dump({"seconds": round(seconds, 4), "peak_mb": peak_resident_mb() + _children_mb(way)}, sys.stdout)

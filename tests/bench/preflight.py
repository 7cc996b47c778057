"""Preflight of long bounding-box manifests: its speed beside parsers that check nothing, and its memory."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import preflight_manifest

ROOT = Path(__file__).parents[2]
LINES, MANY_LINES = 200_000, 1_000_000
ROUNDS = 7
QUICK_WAYS = ("preflight_by_all_processors", "orjson_alone", "preflight")
_BARE = "import re; print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"


def measured() -> dict[str, Any]:
    """Seconds, the quickest of some rounds in turn, and megabytes of 10**6 bytes above a bare interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        manifest = Path(folder, "output.manifest")
        preflight_manifest.write(manifest, LINES)
        rounds = [{way: _run(way, manifest) for way in QUICK_WAYS} for _ in range(ROUNDS)]
        few = {way: _quickest([one[way] for one in rounds]) for way in QUICK_WAYS}
        few |= {way: _quickest([_run(way, manifest) for _ in range(2)]) for way in ("notebook", "preflight_and_freeze")}
        line_bytes = round(manifest.stat().st_size / LINES)
        preflight_manifest.write(manifest, MANY_LINES)
        many = {way: _run(way, manifest) for way in (*QUICK_WAYS, "preflight_and_freeze")}
    bare_mb = _bare_mb()
    for figures in (*few.values(), *many.values()):
        figures["above_bare_mb"] = round(figures["peak_mb"] - bare_mb, 1)
    return {"line_bytes": line_bytes, str(LINES): few, str(MANY_LINES): many}


def _quickest(runs: list[dict[str, float]]) -> dict[str, float]:
    return {"seconds": min(run["seconds"] for run in runs), "peak_mb": max(run["peak_mb"] for run in runs)}


def _run(way: str, manifest: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.preflight_ways", way, manifest],
        cwd=ROOT, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _bare_mb() -> float:
    done = subprocess.run([sys.executable, "-c", _BARE], check=True, stdout=subprocess.PIPE)
    return int(done.stdout) * 1024 / 1e6

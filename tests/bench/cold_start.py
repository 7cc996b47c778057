"""What importing the `infer` handler takes, beside importing what any such handler needs."""

import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUNDS = 9
LEAST = "boto3, numpy, PIL.Image"
_TIMED = "import time; begin = time.perf_counter(); import {}; print(time.perf_counter() - begin)"


def measured() -> dict[str, float]:
    """Medians in milliseconds of fresh interpreters in turn, after one of each that may write bytecode."""
    times: dict[str, list[float]] = {"app": [], LEAST: []}
    for _ in range(ROUNDS + 1):
        for modules, taken in times.items():
            taken.append(_import_seconds(modules) * 1000)
    handler, least = (round(statistics.median(taken[1:]), 1) for taken in times.values())
    return {"infer_ms": handler, "boto3_numpy_pillow_ms": least, "times": round(handler / least, 3)}


def _import_seconds(modules: str) -> float:
    """Without the site packages' start-up, which both have."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = kept | {"PYTHONPATH": str(ROOT / "layers/labelloop"), "AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run(
        [sys.executable, "-c", _TIMED.format(modules)],
        cwd=ROOT / "functions/infer", env=environment, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    return float(done.stdout)

"""Runs every measurement and says which targets are met."""

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import cold_start, preflight
from tests.unit.record_files import probabilities_body

ROOT = Path(__file__).parents[2]
SHAPE = (21, 600, 800)  # the notebook's picture with the classes of Pascal VOC


def main() -> None:
    """Write a table for people and JSON for programs."""
    decoding, start, manifests = _decoding(), cold_start.measured(), preflight.measured()
    ours, notebook = decoding["ours"], decoding["notebook"]
    few, many = manifests[str(preflight.LINES)], manifests[str(preflight.MANY_LINES)]
    checked = few["preflight_by_all_processors"]
    rows = [
        ("times faster than the notebook", notebook["class_ids_of_body_ms"] / ours["class_ids_of_body_ms"], ">=", 200),
        ("share of its resident memory", ours["resident_mb"] / notebook["resident_mb"], "<=", 1 / 20),
        ("share of its traced memory", ours["traced_mb"] / notebook["traced_mb"], "<=", 1 / 20),
        ("decode_probabilities, ms", ours["decode_probabilities_ms"], "<", 1),
        ("class_ids, times a max pass over the same", ours["class_ids_ms"] / ours["max_ms"], "<=", 3),
        ("the same of aligned numbers", ours["class_ids_of_aligned_ms"] / ours["max_of_aligned_ms"], "<=", 3),
        ("import of infer, times boto3+numpy+PIL", start["times"], "<=", 1.5),
        ("preflight, times as quick as orjson alone", few["orjson_alone"]["seconds"] / checked["seconds"], ">=", 1),
        ("preflight, times the notebook's way", few["notebook"]["seconds"] / checked["seconds"], ">=", 3),
        ("its memory for 200,000 lines, MB", checked["above_bare_mb"], "<=", 64),
        ("its memory for 1,000,000 lines, MB", many["preflight_by_all_processors"]["above_bare_mb"], "<=", 64),
        ("the same in one process, MB", many["preflight"]["above_bare_mb"], "<=", 64),
    ]
    summary = [
        {"measured": name, "value": round(value, 4), "target": f"{sign} {target}", "met": _met(value, sign, target)}
        for name, value, sign, target in rows
    ]
    for row in summary:
        outcome = "" if row["met"] else "missed"
        sys.stderr.write(f"{row['measured']:42}{row['value']:>10}   {row['target']:8}{outcome}\n")
    machine = {
        "python": platform.python_version(),
        "processors": os.process_cpu_count(),
        "numpy": np.__version__,
        "load": os.getloadavg()[0],
    }
    told = {"summary": summary, "decoding": decoding, "cold_start": start, "preflight": manifests, "on": machine}
    json.dump(told, sys.stdout, indent=2)
    sys.stdout.write("\n")


def _decoding() -> dict[str, Any]:
    """Both ways on the same bytes, each in a process of its own; they have to find the same classes."""
    probabilities = np.random.default_rng(0).random(SHAPE, dtype=np.float32)
    with tempfile.NamedTemporaryFile() as file:
        body = probabilities_body(probabilities / probabilities.sum(axis=0))
        file.write(body)
        file.flush()
        ours = _measured(".venv", "our_way", file.name)
        notebook = _measured(".envs/oracles", "notebook_way", file.name)
    assert ours["sha256"] == notebook["sha256"]
    return {"shape": SHAPE, "body_mb": round(len(body) / 1e6, 2), "ours": ours, "notebook": notebook}


def _measured(environment: str, module: str, body: str) -> dict[str, Any]:
    done = subprocess.run(
        [ROOT / environment / "bin/python", "-m", f"tests.bench.{module}", body],
        cwd=ROOT, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _met(value: float, sign: str, target: float) -> bool:
    return value >= target if sign == ">=" else value <= target if sign == "<=" else value < target


if __name__ == "__main__":
    main()

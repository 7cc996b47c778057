"""The newcomer's command, whole: the real container trains, serves and is scored; nothing stays behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]


def processes_working_in(folder: Path) -> list[str]:
    """Command lines of the processes that know the folder from their environment, this one's own family excepted."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and str(folder) in "\n".join(process.environ().values()):
                found.append(" ".join(process.cmdline()))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


@pytest.mark.timeout(600)
def test_labels_become_right_answers_over_http(tmp_path: Path) -> None:
    report_file = tmp_path / "report.json"
    command = [sys.executable, "-m", "laptop", "demo", "--no-keep", "--seed", "1"]
    outputs = ["--report", str(report_file), "--out", str(tmp_path / "demo")]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    ended = subprocess.run([*command, *outputs], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    report = json.loads(report_file.read_text())
    assert report["map50"] >= 0.9
    assert report["held_out"] >= 40
    assert report["manifest_to_first_answer_seconds"] > 0
    with Image.open(report["picture"]) as drawn:
        drawn.load()
    assert report["curl"] in ended.stdout
    assert processes_working_in(tmp_path) == []

"""The newcomer's command, whole: the real containers train, serve and are scored; nothing stays behind."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]


def demo(folder: Path, *arguments: str) -> dict[str, Any]:
    """The report of a demo, which must have shown its answers and left no process behind."""
    report_file = folder / "report.json"
    command = [sys.executable, "-m", "laptop", "demo", "--no-keep", *arguments]
    outputs = ["--report", str(report_file), "--out", str(folder / "demo"), "--cloud-file", str(folder / "cloud.json")]
    environment = os.environ | {"TMPDIR": str(folder)}
    ended = subprocess.run([*command, *outputs], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    report: dict[str, Any] = json.loads(report_file.read_text())
    for task in report["tasks"]:
        assert task["curl"] in ended.stdout
        with Image.open(task["picture"]) as drawn:
            drawn.load()
    assert processes_working_in(folder) == []
    return report


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
    (task,) = demo(tmp_path, "--task", "object-detection", "--seed", "1")["tasks"]
    assert (task["task"], task["metric"]) == ("object-detection", "mAP@0.5")
    assert task["score"] >= 0.9
    assert task["held_out"] >= 40
    assert task["manifest_to_first_answer_seconds"] > 0


@pytest.mark.timeout(600)
def test_masks_and_classes_are_learnt_one_after_the_other_in_one_cloud(tmp_path: Path) -> None:
    metrics = {
        "semantic-segmentation": "mIoU",
        "image-classification": "accuracy",
        "image-classification-multilabel": "macro-F1",
    }
    arguments = [word for task in metrics for word in ("--task", task)]
    tasks = demo(tmp_path, *arguments, "--epochs", "6")["tasks"]  # too few to be good, enough to beat guessing
    assert {task["task"]: task["metric"] for task in tasks} == metrics
    for task in tasks:
        assert task["epochs"] == 6
        assert task["manifest_to_first_answer_seconds"] > 0
        assert set(task["by_class"]) - {"BACKGROUND"} == {"circle", "square", "triangle"}
    masks, one_class, classes = tasks
    assert masks["score"] >= 0.35  # the ground alone would be a quarter
    assert one_class["score"] == one_class["right_answers"] / one_class["held_out"]
    assert one_class["score"] > one_class["beside"]["majority-class baseline"]
    assert classes["right_answers"] > classes["held_out"] / 7  # there are seven sets that are not empty

"""The demo's cloud: a process of its own, so that its start and its memory are measured from outside."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from laptop.commands.cloud_file import ROOT, RunningCloud
from laptop.commands.console import CommandError

START_SECONDS = 60
STOP_SECONDS = 20
TAIL_LINES = 15  # of the log, in an error
_POLL_SECONDS = 0.02


class MeasuredCloud(NamedTuple):
    """A running cloud; `start_seconds` from nothing until it is ready, `megabytes` of its process and all below it."""

    cloud: RunningCloud
    start_seconds: float
    megabytes: float


@contextmanager
def child_cloud(cloud_file: Path, log: Path) -> Iterator[MeasuredCloud]:
    """Run `labelloop up` beneath us; it ends with the block, and also when this process dies.

    Raises:
        CommandError: it did not come up; the end of its log is shown.
    """
    began = time.monotonic()
    argv = [sys.executable, "-m", "laptop", "up", "--verbose", "--port", "0", "--parent", str(os.getpid())]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*argv, "--cloud-file", str(cloud_file.resolve())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a terminal's Ctrl-C comes to us alone, and we end the cloud once
        )
    try:
        cloud = _wait(process, cloud_file, log, began + START_SECONDS)
        yield MeasuredCloud(cloud, time.monotonic() - began, _megabytes(process.pid))
    finally:
        _stop(process)


def _wait(process: "subprocess.Popen[bytes]", cloud_file: Path, log: Path, deadline: float) -> RunningCloud:
    while process.poll() is None and time.monotonic() < deadline:
        cloud = RunningCloud.read(cloud_file)
        if cloud is not None and cloud.pid == process.pid:
            return cloud
        time.sleep(_POLL_SECONDS)
    how = "ended" if process.poll() is not None else f"was not ready after {START_SECONDS} s"
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-TAIL_LINES:])
    raise CommandError(f"The laptop cloud {how}. Its log {log} ends:\n{tail}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()  # its guardian ends its children
        process.wait()


def _megabytes(pid: int) -> float:
    """Resident memory of a process and its descendants; pages that they share count for each."""
    root = psutil.Process(pid)
    resident = 0
    for process in (root, *root.children(recursive=True)):
        try:
            resident += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue  # it has just ended
    return resident / 2**20

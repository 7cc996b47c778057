"""The processes the cloud starts: a bare environment, a process group each, and an end that is certain.

Every child leads its own process group. A guardian process, connected to us by a pipe, holds the list of groups: when
we die in whatever way (SIGKILL too), the pipe closes and the guardian kills them and removes the cloud's folder.
Linux's PR_SET_PDEATHSIG would not do: it fires when the *thread* that forked ends, and spares the children's own.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from laptop.account import ACCESS_KEY, REGION, SECRET_KEY
from laptop.session import LOOPBACK

INHERITED = ("PATH", "LANG", "LC_ALL", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def child_environment(url: str, home: Path) -> dict[str, str]:
    """What a worker or container may know: the laptop cloud's address and credentials that open nothing."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return inherited | {
        "HOME": str(home),
        "TMPDIR": str(home),
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": LOOPBACK,
        "no_proxy": LOOPBACK,
        "POWERTOOLS_TRACE_DISABLED": "true",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


class Children:
    """Starts and ends child processes, and owns the folder they work in (`folder`, removed at the end)."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="labelloop-laptop-"))
        self.home = self.folder / "home"
        self.home.mkdir()
        self._lock = threading.Lock()
        self._closed = False
        self._running: set[subprocess.Popen[bytes]] = set()
        self._guardian = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("guardian.py")), str(self.folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def start(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Path,
        output: int | IO[bytes] = subprocess.PIPE,
    ) -> subprocess.Popen[bytes]:
        """Start a child with exactly this environment; its stderr goes where its stdout goes.

        Raises:
            RuntimeError: the cloud is closing.
        """
        with self._lock:
            if self._closed:
                raise RuntimeError(f"the cloud is closing; {argv[0]} is not started")
            process = subprocess.Popen(
                list(argv),
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._running.add(process)
            self._tell_guardian(process.pid)
        return process

    def stop(self, process: subprocess.Popen[bytes], grace: float = 0) -> int:
        """SIGTERM, `grace` seconds, then SIGKILL to the whole group; without grace SIGKILL at once."""
        if grace and process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(grace)
        return self.reap(process)

    def reap(self, process: subprocess.Popen[bytes]) -> int:
        """Kill what is left of the child's group and return the child's exit code."""
        with self._lock:
            if process in self._running:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                self._running.discard(process)
                code = process.wait()
                self._tell_guardian(-process.pid)
                return code
        return process.wait()

    def close(self) -> None:
        """End every child and the guardian, and remove the folder."""
        with self._lock:
            self._closed = True
        for process in list(self._running):
            self.reap(process)
        self._pipe.close()
        self._guardian.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _pipe(self) -> IO[bytes]:
        assert self._guardian.stdin is not None
        return self._guardian.stdin

    def _tell_guardian(self, group: int) -> None:
        with suppress(BrokenPipeError):  # a killed guardian must not stop the work; close() still ends the children
            self._pipe.write(b"%d\n" % group)
            self._pipe.flush()

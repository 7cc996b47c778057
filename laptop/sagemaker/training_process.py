"""The container of one training job as a process that can be told to end at any time."""

import subprocess
import threading
from collections.abc import Callable, Mapping

from laptop.children import Children
from laptop.containers import Launch


class TrainingProcess:
    """Runs once.

    Args:
        children: starts it.
        grace: seconds between SIGTERM and SIGKILL.

    Attributes:
        ending: the secondary status the job ends with because it was told to end; empty where it was not.
    """

    def __init__(self, children: Children, grace: float) -> None:
        self.ending = ""
        self._children = children
        self._grace = grace
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def run(
        self, launch: Launch, environment: Mapping[str, str], seconds: float, read_line: Callable[[str], None]
    ) -> int:
        """Run to its end, at most `seconds`; gives every line it prints to `read_line`. Returns the exit code."""
        with self._lock:
            if self.ending:
                return 0
            self._process = process = self._children.start(
                launch.argv, environment={**environment, **launch.environment}, folder=launch.folder
            )
        # what the container started and left holds its output open; in Docker it would end with the container
        threading.Thread(target=self._reap_group, args=(process,), name="reap", daemon=True).start()
        limit = threading.Timer(seconds, self.end, ("MaxRuntimeExceeded",))
        limit.daemon = True
        limit.start()
        assert process.stdout is not None
        try:
            with process.stdout as output:
                for raw in output:
                    read_line(raw.decode(errors="replace").rstrip("\r\n"))
            return self._children.reap(process)
        finally:
            limit.cancel()
            if launch.remove:
                subprocess.run(launch.remove, check=False, capture_output=True)

    def end(self, ending: str) -> None:
        """SIGTERM, and SIGKILL after the grace; returns at once. The first reason given is the one that counts."""
        if process := self._told(ending):
            stop = threading.Thread(target=self._children.stop, args=(process, self._grace), name="stop", daemon=True)
            stop.start()

    def kill(self) -> None:
        """SIGKILL."""
        if process := self._told("Stopped"):
            self._children.reap(process)

    def _told(self, ending: str) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            self.ending = self.ending or ending
            return self._process

    def _reap_group(self, process: "subprocess.Popen[bytes]") -> None:
        process.wait()
        self._children.reap(process)

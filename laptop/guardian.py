"""Outlives the cloud by a moment, to end what it leaves: `python guardian.py <folder>`.

Reads process groups from stdin, one a line: `123` is alive, `-123` has been ended. At the end of input the parent is
gone; the groups still alive are killed and the folder removed. Standard library only: it starts in milliseconds.
"""

import os
import shutil
import signal
import sys


def main() -> None:
    """Read groups until the parent is gone, then end them."""
    alive: set[int] = set()
    for line in sys.stdin:
        group = int(line)
        if group > 0:
            alive.add(group)
        else:
            alive.discard(-group)
    for group in alive:
        try:
            os.killpg(group, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
    shutil.rmtree(sys.argv[1], ignore_errors=True)


if __name__ == "__main__":
    main()

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.padding import Padding

from laptop.commands.cloud_file import ROOT
from laptop.commands.console import trimmed
from tests.unit.factories import box, line, write_manifest


@pytest.mark.parametrize(("terminal", "shown"), [(False, "\n a [b]\n\n"), (True, "        \n a [b]  \n        \n")])
def test_lines_are_not_filled_up_where_there_is_no_terminal(terminal: bool, shown: str) -> None:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=8, color_system=None)
    with trimmed(console):
        console.print(Padding("a [b]", (1, 1), expand=True), markup=False)
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == shown


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_that_nobody_reads_on_is_no_error(tmp_path: Path, options: list[str]) -> None:
    """As `head` ends before all is said; the exit code is still the verdict's."""
    manifest = write_manifest(tmp_path / "output.manifest", [line(n, box(0), box(1, left=200)) for n in range(1, 61)])
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "laptop", "preflight", str(manifest), "--pictures", "0", *options]
    done = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")

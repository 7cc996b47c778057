"""The files of a model."""

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

HYPERPARAMETERS = "hyperparams.json"


def replace_files(folder: Path, write: Callable[[Path], None]) -> list[Path]:
    """Let `write` fill a folder beside `folder`, then rename: a file in it is always whole, and of the newest model.

    Returns:
        The files that are there now.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".saving-") as unfinished:
        write(Path(unfinished))
        files = [file.replace(folder / file.name) for file in sorted(Path(unfinished).iterdir())]
    for stale in {file for file in folder.iterdir() if file.is_file()} - set(files):
        stale.unlink()
    return files


def write_hyperparameters(folder: Path, values: Mapping[str, str], **own: object) -> None:
    """`hyperparams.json`: the values as they were sent, and what serving needs besides, its names after a `_`."""
    document = {**values, **{f"_{name}": str(value) for name, value in own.items()}}
    (folder / HYPERPARAMETERS).write_text(json.dumps(document, indent=1), encoding="utf-8")


def read_hyperparameters(folder: Path) -> dict[str, str]:
    """What `write_hyperparameters` wrote."""
    found: dict[str, str] = json.loads((folder / HYPERPARAMETERS).read_bytes())
    return found

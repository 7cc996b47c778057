"""A manifest on this machine, and how it is to be read."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from labelloop.run import Pinned


@dataclass(frozen=True)
class LabelFile:
    """A manifest on this machine, and how it is to be read.

    Attributes:
        manifest: where it was put.
        label_attribute: the one that a labeling job or project.json names, if any does.
        categories: the class names of the labeling job.
    """

    path: Path
    manifest: Pinned
    label_attribute: str | None = None
    categories: tuple[str, ...] = ()

    @cached_property
    def id(self) -> str:
        """A digest of the content; the same file has the same wherever it is put, and however it is read."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]

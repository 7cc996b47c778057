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
        """A digest of the content and of how it is read; the same file put anywhere has the same."""
        digest = hashlib.sha256(repr((self.label_attribute, self.categories)).encode())
        with self.path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()[:16]

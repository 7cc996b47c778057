"""A project's manifests on this machine, as preflight gets them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labelloop.findings import CheckResult, Findings
from labelloop.label_file import LabelFile
from labelloop.preflight import Inspect, Preflight, preflight, read_source
from labelloop.run import Pinned
from labelloop.samples import Sample
from labelloop.settings import Settings

from tests.unit.factories import Json, manifest_text

Manifest = Sequence[Json | str] | bytes


class LocalProject:
    """Puts manifests into a folder; `settings` are those of its project.json."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder, self.settings = folder, Settings(**{"invalid_share": 1, **settings})

    def file(self, manifest: Manifest, wanted: str | None = None, categories: Sequence[str] = ()) -> LabelFile:
        """The manifest, under a name that its content gives it."""
        body = manifest if isinstance(manifest, bytes) else manifest_text(manifest)
        path = self.folder / f"{hashlib.sha256(body).hexdigest()}.manifest"
        path.write_bytes(body)
        return LabelFile(path, Pinned(f"s3://b/{path.name}", "e7a9"), wanted, tuple(categories))

    def put(self, *manifests: Manifest | LabelFile, inspect: Inspect | None = None) -> Preflight:
        """Check the last of them in a project that has the others."""
        *earlier, new = (each if isinstance(each, LabelFile) else self.file(each) for each in manifests)
        sources = [read_source(file, self.settings, Findings()) for file in earlier]
        return preflight(new, self.settings, earlier=sources, inspect=inspect)


def kept(done: Preflight) -> dict[str, tuple[int, int]]:
    """The pictures of the dataset: which manifest's label is taken, counted from 0 as they were put, and its line."""
    return {
        entry.source_ref: (index, entry.number)
        for index, (source, left_out) in enumerate(zip(done.sources, done.left_out, strict=True))
        for entry in source.read()
        if isinstance(entry, Sample) and entry.number not in left_out
    }


def results(done: Preflight) -> dict[str, CheckResult]:
    """What was found, by code."""
    return {result.code: result for result in done.findings.results()}


def told(done: Preflight, code: str) -> list[tuple[int | None, str]]:
    """Line and message of each finding of a check."""
    result = results(done).get(code)
    return [(finding.line, finding.message) for finding in result.findings] if result else []

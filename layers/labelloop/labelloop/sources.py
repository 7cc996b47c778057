"""The manifests that a project has taken in: its dataset is made from all of them, anew each time.

projects/<project>/sources/<source>/source.manifest    the manifest, byte for byte
projects/<project>/sources/<source>/source.json        how it is read; written last, so where it is, the other is
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from labelloop.checks import all_checks, lines
from labelloop.errors import ManifestRefused
from labelloop.findings import Findings
from labelloop.label_file import LabelFile
from labelloop.merging import InspectedFiles, Source
from labelloop.preflight import read_source
from labelloop.projects import ProjectFolder
from labelloop.run import Pinned
from labelloop.settings import Settings
from labelloop.store import S3Uri, Store

MANIFEST, RECORD = "source.manifest", "source.json"
RECORD_LIMIT = 64 * 1024 * 1024
BYTES_LIMIT = 1_200_000_000  # of all manifests of a project: they and the two that they become share 4 GB of disk


class SourceRecord(msgspec.Struct, frozen=True):
    """source.json: how the manifest is read, and what was found of its files (see `InspectedFiles`).

    `refused` are codes by line; None, like `repaired`, where the files have to be looked at again.
    """

    manifest: Pinned
    label_attribute: str | None
    categories: tuple[str, ...]
    refused: dict[int, str] | None = None
    repaired: Mapping[str, str] | None = None

    @property
    def inspected(self) -> InspectedFiles | None:
        """What was found of the files, where that still holds."""
        if self.refused is None or self.repaired is None:
            return None
        return InspectedFiles({line: all_checks()[code] for line, code in self.refused.items()}, self.repaired)


class Sources(NamedTuple):
    """Those of one project."""

    project: ProjectFolder
    store: Store

    def ids(self) -> frozenset[str]:
        """Of all that are complete."""
        found = (uri.key.split("/")[-2:] for uri in self.store.uris(self.project.sources))
        return frozenset(source for source, file in found if file == RECORD)

    def add(self, file: LabelFile, inspected: InspectedFiles | None) -> None:
        """Take a manifest in; of one that was taken in before, how it is read now, and what its files are now."""
        refused = {line: check.code for line, check in inspected.refused.items()} if inspected else None
        repaired = inspected.repaired if inspected else None
        record = SourceRecord(file.manifest, file.label_attribute, file.categories, refused, repaired)
        if file.id not in self.ids():
            self.store.upload(file.path, self.project.source(file.id, MANIFEST), content_type="application/json")
        self.store.write_json(self.project.source(file.id, RECORD), record)

    def read(self, ids: Collection[str], settings: Settings, folder: Path, limit: int) -> Iterator[Source]:
        """Survey some, of at most `limit` bytes in all; those that `folder` has not yet are downloaded into it.

        Raises:
            ManifestRefused: together they are larger.
        """
        for source in sorted(ids):
            path = folder / f"{source}.manifest"
            if not path.exists():  # what a source is called says what it holds
                download(self.store, self.project.source(source, MANIFEST), path, limit=limit)
            limit -= path.stat().st_size
            record = self._record(source)
            file = LabelFile(path, record.manifest, record.label_attribute, record.categories)
            # project.json's algorithm is for the new manifest; that theirs are of another task is found by comparing.
            yield self._read(file, settings)._replace(inspected=record.inspected)

    def _read(self, file: LabelFile, settings: Settings) -> Source:
        try:
            return read_source(file, msgspec.structs.replace(settings, algorithm=None), Findings())
        except ManifestRefused as refusal:
            message = f"{refusal.what}, in {file.manifest.uri} that was taken in before (sources/{file.id}/)"
            raise ManifestRefused(refusal.check, message, value=refusal.value) from refusal

    def _record(self, source: str) -> SourceRecord:
        body = self.store.read(self.project.source(source, RECORD), limit=RECORD_LIMIT)
        return msgspec.json.decode(body, type=SourceRecord)


def download(store: Store, uri: S3Uri, path: Path, *, limit: int, version: str | None = None) -> None:
    """Get a manifest.

    Raises:
        ObjectNotFound: it does not exist.
        ManifestRefused: it has more than `limit` bytes.
    """
    found = store.find(uri, version=version)
    if found is not None and found.size > limit:
        message = f"it and the project's others have more than {BYTES_LIMIT:,} bytes; {uri} alone has {found.size:,}"
        raise ManifestRefused(lines.MANIFEST_TOO_LARGE, message, value=found.size)
    store.download(uri, path, limit=limit, version=version)

"""Putting a manifest and its pictures where a run begins: the project's inbox in the data bucket."""

import mimetypes
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from labelloop import aws
from labelloop.manifest import Line
from labelloop.manifest_file import read_lines
from labelloop.projects import ProjectFolder
from labelloop.run import Pinned
from labelloop.store import S3Uri, Store
from labelloop.tasks import REF_SUFFIX

from laptop.commands.console import CommandError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOADS_AT_ONCE = 8
MOST_NAMED = 5  # missing files that an error names
ALL_WANTED = "Give the folder that holds them with --images."


def objects_of(manifest: Path) -> tuple[S3Uri, ...]:
    """Every S3 object that a manifest refers to (`source-ref` and masks), each once, in its order."""
    return tuple(dict.fromkeys(uri for line in read_lines(manifest) for uri in _objects_of_line(line)))


def files_of(objects: Iterable[S3Uri], folder: Path) -> dict[S3Uri, Path]:
    """The local file of each object: `folder` and the key, else `folder` and the key's last part.

    Raises:
        CommandError: some have neither; they are named.
    """
    found = find_files(objects, folder)
    if found.missing:
        raise CommandError(found.complaint(folder), ALL_WANTED)
    return found.files


class FoundFiles(NamedTuple):
    """The local files of objects, and the objects that have none."""

    files: dict[S3Uri, Path]
    missing: tuple[S3Uri, ...]

    def complaint(self, folder: Path) -> str:
        """How many are missing from the folder, and which."""
        names = ", ".join(Path(uri.key).name for uri in self.missing[:MOST_NAMED])
        more = ", …" if len(self.missing) > MOST_NAMED else ""
        count = f"{len(self.missing)} of {len(self.files) + len(self.missing)}"
        return f"{count} pictures of the manifest are not in {folder}: {names}{more}."


def find_files(objects: Iterable[S3Uri], folder: Path) -> FoundFiles:
    """As `files_of`, where some may be missing.

    Raises:
        CommandError: none is there.
    """
    places = {uri: local_file(uri, folder) for uri in objects}
    there = {uri: path for uri, path in places.items() if path.is_file()}
    found = FoundFiles(there, tuple(uri for uri in places if uri not in there))
    if found.missing and not there:
        raise CommandError(found.complaint(folder), ALL_WANTED)
    return found


def local_file(uri: S3Uri, folder: Path) -> Path:
    """Where an object would lie in a folder of pictures; never outside of it, whatever the key."""
    at_key = folder / os.path.normpath(f"/{uri.key}").lstrip("/")
    return at_key if at_key.is_file() else folder / Path(uri.key).name


def _objects_of_line(line: Line) -> Iterator[S3Uri]:
    for name in line.values:
        uri = line.s3_uri(name) if name.endswith(REF_SUFFIX) else None
        if uri is not None:
            yield S3Uri.from_text(uri)


@dataclass(frozen=True, slots=True)
class Inbox:
    """One project's, in the running cloud."""

    s3: "S3Client"
    folder: ProjectFolder

    def upload(self, files: Mapping[S3Uri, Path], uploaded: Callable[[], None]) -> None:
        """Upload pictures, several at a time; buckets that are missing are created. `uploaded` is called after each."""
        for bucket in sorted({uri.bucket for uri in files}):
            self._ensure_bucket(bucket)
        with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
            try:
                for _ in pool.map(self._upload, files.values(), files):
                    uploaded()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def settings(self) -> Pinned | None:
        """The project's project.json, or None where it has none."""
        return self._pinned(self.folder.settings)

    def put_settings(self, body: bytes) -> None:
        """Write project.json."""
        self._put(self.folder.settings, body)

    def touch_settings(self) -> None:
        """Write project.json again with one more line end: other bytes with the same meaning make another run."""
        uri = self.folder.settings
        body = self.s3.get_object(Bucket=uri.bucket, Key=uri.key)["Body"].read()
        self.put_settings(body + b"\n")

    def put_manifest(self, manifest: Path) -> Pinned:
        """Put the manifest into the inbox, which starts a run."""
        uri = S3Uri(self.folder.bucket, f"{self.folder.root.key}manifests/{manifest.stem}.manifest")
        self._put(uri, manifest.read_bytes())
        pinned = self._pinned(uri)
        assert pinned is not None
        return pinned

    def _put(self, uri: S3Uri, body: bytes) -> None:
        self.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=body, ContentType="application/json")

    def _pinned(self, uri: S3Uri) -> Pinned | None:
        found = Store(self.s3).find(uri)
        return Pinned(str(uri), found.etag, found.version) if found else None

    def _upload(self, path: Path, uri: S3Uri) -> None:
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=path.read_bytes(), ContentType=media_type)

    def _ensure_bucket(self, bucket: str) -> None:
        try:
            self.s3.head_bucket(Bucket=bucket)
        except aws.ClientError as error:
            if aws.error_code(error) != "404":
                raise
            self.s3.create_bucket(Bucket=bucket)

"""Objects in this process, for what reads through `labelloop.store.Objects`."""

from collections.abc import Mapping

from labelloop.errors import LabelloopError, ObjectNotFound, ObjectTooLarge
from labelloop.store import ObjectInfo, ObjectStart, S3Uri


class Shelf:
    """Holds bytes, or the error that reading them is, by URI; `reads` are URI and count of bytes asked for."""

    def __init__(self, objects: Mapping[str, bytes | LabelloopError]) -> None:
        self.objects = dict(objects)
        self.reads: list[tuple[str, int]] = []

    def find(self, uri: S3Uri) -> ObjectInfo | None:
        held = self.objects.get(str(uri))
        return ObjectInfo("etag", None, len(held)) if isinstance(held, bytes) else None

    def read(self, uri: S3Uri, *, limit: int) -> bytes:
        start = self.read_start(uri, limit)
        if not start.is_whole:
            raise ObjectTooLarge(f"{uri} has {start.size} bytes")
        return start.data

    def read_start(self, uri: S3Uri, count: int) -> ObjectStart:
        self.reads.append((str(uri), count))
        held = self.objects.get(str(uri), ObjectNotFound(f"{uri} does not exist"))
        if isinstance(held, LabelloopError):
            raise held
        return ObjectStart(held[:count], len(held))

    def region(self, bucket: str) -> str | None:
        return None

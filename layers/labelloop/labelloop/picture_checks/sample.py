"""The pictures of a manifest that are looked at: all of them up to a number, else a seeded sample."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

_HASH_SIZE = 8  # bytes


class LabelledPicture(NamedTuple):
    """A picture as its line tells of it.

    Attributes:
        line: of the manifest, from 1.
        uri: of the picture, `s3://bucket/key`.
        size: width and height in pixels as its label says; None where labels say nothing of it.
        validates: whether it lies on the validation side of the split.
    """

    line: int
    uri: str
    size: tuple[int, int] | None
    validates: bool


class PictureSample:
    """Collects pictures one at a time and keeps at most `limit` of them, each with the same chance.

    Which ones depends on the seed and on their URIs alone: those whose hashes are the smallest.
    """

    def __init__(self, limit: int, seed: int = 0) -> None:
        self.total = 0
        self._limit, self._prefix = limit, b"%d " % seed
        self._kept: list[tuple[bytes, LabelledPicture]] = []
        self._largest = b"\xff" * _HASH_SIZE

    def add(self, picture: LabelledPicture) -> None:
        """Take a picture, or leave it."""
        self.total += 1
        rank = blake2b(self._prefix + picture.uri.encode(), digest_size=_HASH_SIZE).digest()
        if rank <= self._largest:
            self._kept.append((rank, picture))
            if len(self._kept) > 2 * self._limit:  # twice, so that sorting is rare
                self._leave_the_largest()

    @property
    def pictures(self) -> tuple[LabelledPicture, ...]:
        """Those kept, by line."""
        self._leave_the_largest()
        return tuple(sorted(picture for _, picture in self._kept))

    @property
    def is_whole(self) -> bool:
        """Whether no picture was left."""
        return self.total <= self._limit

    def _leave_the_largest(self) -> None:
        self._kept.sort()
        if len(self._kept) > self._limit:
            del self._kept[self._limit :]
            self._largest = self._kept[-1][0] if self._kept else b""


def sample_of(pictures: Iterable[LabelledPicture], limit: int, seed: int) -> tuple[LabelledPicture, ...]:
    """At most `limit` of some pictures, by line."""
    sample = PictureSample(limit, seed)
    for picture in pictures:
        sample.add(picture)
    return sample.pictures

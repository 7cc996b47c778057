"""S3 as a place of whole objects: read a version, write a whole, or learn that it is not there."""

import contextlib
import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec

from labelloop import aws
from labelloop.errors import ObjectNotFound, ObjectTooLarge

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MISSING = frozenset({"404", "NoSuchKey", "NoSuchBucket", "NoSuchVersion"})


@dataclass(frozen=True, slots=True)
class S3Uri:
    """`s3://bucket/key`."""

    bucket: str
    key: str

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Parse `s3://bucket/key`.

        Raises:
            ValueError: another scheme, no bucket or no key.
        """
        bucket, _, key = text.removeprefix("s3://").partition("/")
        if not text.startswith("s3://") or not bucket or not key:
            raise ValueError(f"{text!r} is not of the form s3://bucket/key")
        return cls(bucket, key)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


class ObjectInfo(msgspec.Struct, frozen=True):
    """What a HEAD says of an object; `version` is None in a bucket without versioning, `size` is in bytes."""

    etag: str
    version: str | None
    size: int


@dataclass(frozen=True, slots=True)
class Store:
    """Objects in S3, by way of a boto3 client.

    Every method raises ObjectNotFound where the object or its version does not exist, but for `find`.
    """

    s3: "S3Client"

    def find(self, uri: S3Uri, *, version: str | None = None) -> ObjectInfo | None:
        """The object's identity and size, or None where there is none."""
        try:
            head = self.s3.head_object(Bucket=uri.bucket, Key=uri.key, **_pinned(version))
        except aws.ClientError as error:
            if aws.error_code(error) in _MISSING:
                return None
            raise
        return ObjectInfo(head["ETag"].strip('"'), _real_version(head.get("VersionId")), head["ContentLength"])

    def read(self, uri: S3Uri, *, limit: int, version: str | None = None) -> bytes:
        """The whole object.

        Raises:
            ObjectTooLarge: it has more than `limit` bytes; nothing of it is read then.
        """
        try:
            answer = self.s3.get_object(Bucket=uri.bucket, Key=uri.key, **_pinned(version))
        except aws.ClientError as error:
            raise _not_found(error, uri) from error
        if answer["ContentLength"] > limit:
            answer["Body"].close()
            raise ObjectTooLarge(f"{uri} has {answer['ContentLength']} bytes; at most {limit} are read")
        return answer["Body"].read()

    def first_lines(self, uri: S3Uri, count: int) -> list[bytes]:
        """The first lines of a text object, without their ends; no more than these is read."""
        try:
            body = self.s3.get_object(Bucket=uri.bucket, Key=uri.key)["Body"]
        except aws.ClientError as error:
            raise _not_found(error, uri) from error
        with contextlib.closing(body):
            return list(itertools.islice(body.iter_lines(), count))

    def download(self, uri: S3Uri, path: Path, *, limit: int, version: str | None = None) -> None:
        """Write the object to a local file, in parallel parts where it is large.

        Raises:
            ObjectTooLarge: it has more than `limit` bytes; nothing of it is read then.
        """
        found = self.find(uri, version=version)
        if found is None:
            raise ObjectNotFound(f"{uri} does not exist")
        if found.size > limit:
            raise ObjectTooLarge(f"{uri} has {found.size} bytes; at most {limit} are read")
        self.s3.download_file(uri.bucket, uri.key, os.fspath(path), ExtraArgs=dict(_pinned(version)))

    def upload(self, path: Path, uri: S3Uri, *, content_type: str) -> None:
        """Write a local file as one object; it appears whole or not at all."""
        with path.open("rb") as file:  # upload_file would hide the service's error behind one of boto3's own
            self.s3.upload_fileobj(file, uri.bucket, uri.key, ExtraArgs={"ContentType": content_type})

    def write_json(self, uri: S3Uri, value: Any) -> None:
        """Write a JSON document, two spaces deep, as a person would want to read it."""
        body = msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
        self.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=body, ContentType="application/json")

    def has_any(self, prefix: S3Uri) -> bool:
        """Whether any object's key begins so."""
        return self.s3.list_objects_v2(Bucket=prefix.bucket, Prefix=prefix.key, MaxKeys=1)["KeyCount"] > 0


def _pinned(version: str | None) -> Mapping[str, Any]:
    return {"VersionId": version} if version else {}


def _real_version(version: str | None) -> str | None:
    """S3 says "null" for an object written before versioning was switched on."""
    return None if version in (None, "null") else version


def _not_found(error: "aws.ClientError", uri: S3Uri) -> Exception:
    return ObjectNotFound(f"{uri} does not exist") if aws.error_code(error) in _MISSING else error

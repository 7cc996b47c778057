"""S3 as a place of whole objects: read a version, write a whole, or learn that it is not there."""

import contextlib
import itertools
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

import msgspec

from labelloop import aws
from labelloop.errors import ObjectNotFound, ObjectNotReadable, ObjectTooLarge

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; a key that is too long cannot be an object's.
_MISSING = frozenset({"404", "NoSuchKey", "NoSuchBucket", "NoSuchVersion", "InvalidBucketName", "KeyTooLongError"})
# The last is also what S3 says of an object that is encrypted with its owner's own key (SSE-C).
_UNREADABLE = frozenset({"AccessDenied", "AllAccessDisabled", "InvalidObjectState", "InvalidRequest"})
_KMS = "KMS."  # begins the codes that S3 passes on from the key service: the key is disabled, deleted or another's
_EMPTY = "InvalidRange"  # what a range of an object without bytes is
_TELLING_THE_REGION = frozenset({301, 400, 403, 404})


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


class ObjectStart(NamedTuple):
    """The first bytes of an object, all of them where it is small, and how many it has in all."""

    data: bytes
    size: int

    @property
    def is_whole(self) -> bool:
        """Whether these are all its bytes."""
        return len(self.data) == self.size


class Objects(Protocol):
    """What preflight reads objects through: S3, or a folder that stands for it."""

    def find(self, uri: S3Uri) -> ObjectInfo | None:
        """The object's identity and size, or None where there is none."""
        ...

    def read(self, uri: S3Uri, *, limit: int) -> bytes:
        """The whole object.

        Raises:
            ObjectNotFound: it does not exist.
            ObjectTooLarge: it has more than `limit` bytes; nothing of it is read then.
        """
        ...

    def read_start(self, uri: S3Uri, count: int) -> ObjectStart:
        """The first `count` bytes of an object, in one request.

        Raises:
            ObjectNotFound: it does not exist.
            ObjectNotReadable: it may not be read.
        """
        ...

    def region(self, bucket: str) -> str | None:
        """The Region that a bucket is in; None where that cannot be learnt."""
        ...


@dataclass(frozen=True, slots=True)
class Store:
    """Objects in S3, by way of a boto3 client.

    Every method raises ObjectNotFound where the object or its version does not exist, but for `find` and `region`.
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

    def read_start(self, uri: S3Uri, count: int) -> ObjectStart:
        """The first `count` bytes of an object, in one request.

        Raises:
            ObjectNotReadable: S3 refuses it for itself: another account's, encrypted with another's key, archived.
                It says so, too, of what is missing, to callers who may not list the bucket.
        """
        try:
            answer = self.s3.get_object(Bucket=uri.bucket, Key=uri.key, Range=f"bytes=0-{count - 1}")
        except aws.ParamValidationError as error:
            raise ObjectNotFound(f"{uri} does not exist: no bucket can have that name") from error
        except aws.ClientError as error:
            if aws.error_code(error) == _EMPTY:
                return ObjectStart(b"", 0)
            raise _not_readable(error, uri) from error
        return ObjectStart(answer["Body"].read(), int(answer["ContentRange"].rpartition("/")[2]))

    def region(self, bucket: str) -> str | None:
        """The Region that a bucket is in, whoever owns it; None where S3 does not tell.

        Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
        """
        try:
            answer: Mapping[str, Any] = self.s3.head_bucket(Bucket=bucket)
        except aws.ParamValidationError:
            return None
        except aws.ClientError as error:
            answer = error.response
            if answer["ResponseMetadata"]["HTTPStatusCode"] not in _TELLING_THE_REGION:
                raise
        region: str | None = answer["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region")
        return region

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

    def write(self, uri: S3Uri, body: bytes, *, content_type: str) -> None:
        """Write an object; it appears whole or not at all."""
        self.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=body, ContentType=content_type)

    def write_json(self, uri: S3Uri, value: Any) -> None:
        """Write a JSON document, two spaces deep, as a person would want to read it."""
        body = msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
        self.write(uri, body, content_type="application/json")

    def uris(self, prefix: S3Uri) -> Iterator[S3Uri]:
        """All objects whose key begins so, in the order of their keys."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=prefix.bucket, Prefix=prefix.key)
        return (S3Uri(prefix.bucket, entry["Key"]) for page in pages for entry in page.get("Contents", []))

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


def _not_readable(error: "aws.ClientError", uri: S3Uri) -> Exception:
    code = aws.error_code(error)
    if code not in _UNREADABLE and not code.startswith(_KMS):
        return _not_found(error, uri)
    reason = f"{code}: {aws.error_message(error)}"
    return ObjectNotReadable(f"{uri} cannot be read: {reason}", public=f"S3 refuses it: {reason}")

"""Objects of S3 as files of a job's folder."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from laptop.account import split_s3_uri

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Files:
    """Fetches objects, keeping what it fetched in `folder`: an epoch after the first asks S3 for nothing."""

    def __init__(self, s3: "S3Client", folder: Path) -> None:
        self._s3 = s3
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, uri: str) -> bytes:
        """The bytes of an object.

        Raises:
            FileNotFoundError: there is no such object.
        """
        return self.path(uri).read_bytes()

    def path(self, uri: str) -> Path:
        """A file with the bytes of an object.

        Raises:
            FileNotFoundError: there is no such object.
        """
        kept = self._folder / hashlib.sha256(uri.encode()).hexdigest()
        if not kept.exists():
            partial = kept.with_suffix(f".{threading.get_ident()}")
            self.download(uri, partial)
            partial.replace(kept)
        return kept

    def download(self, uri: str, to: Path) -> None:
        """Copy an object into a file.

        Raises:
            FileNotFoundError: there is no such object.
        """
        bucket, key = split_s3_uri(uri)
        try:
            body = self._s3.get_object(Bucket=bucket, Key=key)["Body"]
            with to.open("wb") as file:
                for chunk in body.iter_chunks(1 << 20):
                    file.write(chunk)
        except ClientError as error:
            raise FileNotFoundError(f"{error.response['Error']['Code']}: {uri}") from error

    def keys(self, uri: str) -> Iterator[tuple[str, str]]:
        """The objects below a prefix: URI, and path relative to the prefix.

        Raises:
            FileNotFoundError: there are none.
        """
        bucket, prefix = split_s3_uri(uri)
        found = False
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Contents", []):
                if not item["Key"].endswith("/"):
                    found = True
                    relative = item["Key"].removeprefix(prefix).lstrip("/")
                    yield f"s3://{bucket}/{item['Key']}", relative or item["Key"].rpartition("/")[2]
        if not found:
            raise FileNotFoundError(f"No S3 objects found under S3 URL {uri}")

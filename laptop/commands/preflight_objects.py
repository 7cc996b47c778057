"""Where preflight reads pictures and masks: a folder that stands for S3, or S3 by the user's own credentials."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from labelloop.errors import ObjectNotFound, ObjectTooLarge
from labelloop.inspection import MASK_WORKERS, WORKERS
from labelloop.store import ObjectInfo, Objects, ObjectStart, S3Uri, Store

from laptop.account import REGION
from laptop.commands.cloud_file import RunningCloud
from laptop.commands.console import CommandError
from laptop.commands.inbox import local_file
from laptop.session import Session

CONNECTIONS = WORKERS + MASK_WORKERS  # kept open, one for each thread that reads pictures


@dataclass(frozen=True, slots=True)
class FolderObjects:
    """Files that stand for S3 objects, each at its key or under its name; see `local_file`."""

    folder: Path

    def find(self, uri: S3Uri) -> ObjectInfo | None:
        """The file's size; when it was changed stands for its ETag."""
        path = local_file(uri, self.folder)
        if not path.is_file():
            return None
        about = path.stat()
        return ObjectInfo(f"{about.st_mtime_ns:x}", None, about.st_size)

    def read(self, uri: S3Uri, *, limit: int) -> bytes:
        """The whole file.

        Raises:
            ObjectNotFound: there is none.
            ObjectTooLarge: it has more than `limit` bytes; nothing of it is read then.
        """
        path = self._existing(uri)
        size = path.stat().st_size
        if size > limit:
            raise ObjectTooLarge(f"{path} has {size} bytes; at most {limit} are read")
        return path.read_bytes()

    def read_start(self, uri: S3Uri, count: int) -> ObjectStart:
        """The first `count` bytes of the file.

        Raises:
            ObjectNotFound: there is none.
        """
        path = self._existing(uri)
        with path.open("rb") as file:
            return ObjectStart(file.read(count), path.stat().st_size)

    def region(self, bucket: str) -> str | None:  # noqa: ARG002 - see Objects
        """A folder is in none."""
        return None

    def _existing(self, uri: S3Uri) -> Path:
        path = local_file(uri, self.folder)
        if not path.is_file():
            raise ObjectNotFound(f"{uri} is not in {self.folder}")
        return path


def own_account(make_session: Callable[[], boto3.Session] = boto3.Session) -> tuple[Store | None, str | None]:
    """S3 as the user's own credentials reach it, None where there are none; and the Region that is the user's, if any.

    Raises:
        CommandError: the credentials that are named cannot be had.
    """
    try:
        session = make_session()
        if session.get_credentials() is None:
            return None, session.region_name
    except BotoCoreError as error:
        raise CommandError(f"Your AWS credentials cannot be used: {error}", "--cloud does without them.") from error
    config = Config(retries={"mode": "standard"}, max_pool_connections=CONNECTIONS)
    return Store(session.client("s3", config=config)), session.region_name


class Places(NamedTuple):
    """Where a preflight reads: the manifest from S3, unless it is a file; pictures and masks from a folder or from S3.

    Attributes:
        s3: of the laptop cloud or of the user's own account; None where there are no credentials.
        files: where pictures and masks are; None where they cannot be read.
        region: where training would run, as far as that is known.
    """

    s3: Store | None
    files: Objects | None
    region: str | None

    @classmethod
    def of(cls, cloud: RunningCloud | None, images: Path | None) -> Self:
        """The folder for pictures if there is one, else S3: the cloud's if there is one, else the user's own."""
        s3, region = own_account() if cloud is None else (Store(Session(cloud.url).s3), REGION)
        return cls(s3, FolderObjects(images) if images else s3, region)

"""Where the running cloud is: a file that the cloud writes when it is ready and removes when it ends."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import msgspec
import psutil
from botocore.exceptions import BotoCoreError, ClientError

from laptop.commands.console import CommandError, pretty_json
from laptop.session import Session

ROOT = Path(__file__).parents[2]
CLOUD_FILE = ROOT / ".labelloop/cloud.json"
START_ONE = "Start one with `labelloop up`."
DATA_BUCKET_PREFIX = "labelloop-databucket-"


class RunningCloud(msgspec.Struct, frozen=True):
    """A laptop cloud: its URL, the outputs of its stack, and its process with the time that process began."""

    url: str
    outputs: dict[str, str]
    pid: int
    process_began: float

    @classmethod
    def here(cls, url: str, outputs: Mapping[str, str]) -> Self:
        """The cloud that this very process runs."""
        process = psutil.Process()
        return cls(url, dict(outputs), process.pid, process.create_time())

    @classmethod
    def at(cls, url: str) -> Self:
        """A cloud of which only the URL is known: it is asked what it holds.

        Raises:
            CommandError: nothing answers there, or not a laptop cloud.
        """
        if not url.startswith("http://"):
            raise CommandError(f"{url} is no URL of a laptop cloud.", "It looks like http://127.0.0.1:4570.")
        session = Session(url.rstrip("/"))
        states = session.stepfunctions
        try:
            machines = [found["stateMachineArn"] for found in states.list_state_machines()["stateMachines"]]
            buckets = [found["Name"] for found in session.s3.list_buckets()["Buckets"]]
        except BotoCoreError as error:
            raise CommandError(f"No laptop cloud answers at {url}: {error}", START_ONE) from error
        except ClientError as error:
            raise CommandError(f"What answers at {url} is no laptop cloud.", START_ONE) from error
        data = [name for name in buckets if name.startswith(DATA_BUCKET_PREFIX)]
        if len(machines) != 1 or len(data) != 1:
            raise CommandError(f"The laptop cloud at {url} has no stack deployed.", START_ONE)
        outputs = {"BucketName": data[0], "StateMachineArn": machines[0], "ApiUrl": url}
        return cls(url.rstrip("/"), outputs, pid=0, process_began=0)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The cloud of a file, or None where there is no file or its process has ended without removing it.

        Raises:
            CommandError: the file says something else.
        """
        try:
            cloud = msgspec.json.decode(path.read_bytes(), type=cls)
            # A number is given to another process in time; its beginning tells them apart.
            return cloud if psutil.Process(cloud.pid).create_time() == cloud.process_began else None
        except (FileNotFoundError, psutil.NoSuchProcess):
            return None
        except msgspec.DecodeError as error:
            raise CommandError(f"{path} is not what `labelloop up` writes: {error}.", "Remove it.") from error

    @property
    def bucket(self) -> str:
        """The data bucket."""
        return self.outputs["BucketName"]

    @property
    def state_machine(self) -> str:
        """ARN of the state machine."""
        return self.outputs["StateMachineArn"]

    @property
    def api(self) -> str:
        """URL of the HTTP API, without a slash at its end."""
        return self.outputs["ApiUrl"].rstrip("/")


def find(path: Path, url: str | None = None) -> RunningCloud:
    """The running cloud: the one at `url`, else the one that wrote the file.

    Raises:
        CommandError: none runs.
    """
    cloud = RunningCloud.at(url) if url else RunningCloud.read(path)
    if cloud is None:
        raise CommandError("No laptop cloud is running.", START_ONE)
    return cloud


def ensure_none(path: Path) -> None:
    """See that no cloud runs.

    Raises:
        CommandError: one does.
    """
    cloud = RunningCloud.read(path)
    if cloud is not None:
        raise CommandError(
            f"A laptop cloud runs already at {cloud.url} (process {cloud.pid}).",
            f"Use that one, or end it: Ctrl-C in its terminal, or `kill {cloud.pid}`.",
        )


@contextmanager
def announced(cloud: RunningCloud, path: Path) -> Iterator[None]:
    """Keep the file while the cloud runs; it appears whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{cloud.pid}")
    unfinished.write_text(pretty_json(cloud) + "\n")
    unfinished.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)

"""One container serving one model on one port."""

import shutil
import socket
import subprocess
import tarfile
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import urllib3

from laptop.account import Json
from laptop.children import Children
from laptop.containers import Containers
from laptop.log_streams import LogStream, LogWriter
from laptop.sagemaker.s3_files import S3Files

PING_INTERVAL = 0.05
PING_TIMEOUT = 2.0


class DeploymentError(Exception):
    """A model that does not come up; the text is the endpoint's FailureReason."""


@dataclass(frozen=True, slots=True)
class ServingContext:
    """What a server needs of its surroundings; `ping_within` in seconds (240 on AWS)."""

    children: Children
    environment: Mapping[str, str]
    files: S3Files
    logs: LogWriter
    containers: Containers
    ping_within: float


class ModelServer:
    """Starts at once; `wait_until_healthy` says whether it came up.

    Args:
        endpoint: whose log it writes.
        variant: a ProductionVariant of the endpoint configuration.
        model: a DescribeModel answer.

    Raises:
        DeploymentError: the model's artifact cannot be had.
    """

    def __init__(self, endpoint: str, variant: Json, model: Json, context: ServingContext) -> None:
        self.variant: str = variant["VariantName"]
        self._context = context
        self._base = context.children.folder / "serving" / uuid.uuid4().hex
        self.http = urllib3.PoolManager(maxsize=16, retries=False)
        self.port = _free_port()
        container = model["PrimaryContainer"]
        _unpack(container.get("ModelDataUrl"), self._base / "model", context.files)
        told = container.get("Environment", {})
        launch = context.containers.of_image(container["Image"]).launch("serve", self._base, self.port, told)
        self._remove = launch.remove
        self._process = context.children.start(
            launch.argv, environment={**context.environment, **told, **launch.environment}, folder=launch.folder
        )
        stream = LogStream(f"/aws/sagemaker/Endpoints/{endpoint}", f"{self.variant}/i-{uuid.uuid4().hex[:17]}")
        threading.Thread(target=self._read_log, args=(stream, endpoint), name=f"serve-{endpoint}", daemon=True).start()

    @property
    def url(self) -> str:
        """Where the container listens."""
        return f"http://127.0.0.1:{self.port}"

    def wait_until_healthy(self) -> None:
        """Return once `/ping` answers 200.

        Raises:
            DeploymentError: it does not in time, or the container has exited.
        """
        deadline = time.monotonic() + self._context.ping_within
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._ping():
                return
            time.sleep(PING_INTERVAL)
        raise DeploymentError(
            f"The primary container for production variant {self.variant} did not pass the ping health check."
            " Please check CloudWatch logs for this endpoint."
        )

    def close(self) -> None:
        """End the container."""
        self._context.children.reap(self._process)
        if self._remove:
            subprocess.run(self._remove, check=False, capture_output=True)
        self.http.clear()
        shutil.rmtree(self._base, ignore_errors=True)

    def _ping(self) -> bool:
        try:
            return self.http.request("GET", f"{self.url}/ping", timeout=PING_TIMEOUT).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def _read_log(self, stream: LogStream, endpoint: str) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for raw in output:
                self._context.logs.write(stream, raw.decode(errors="replace").rstrip("\r\n"), source=endpoint)


def _unpack(url: str | None, folder: Path, files: S3Files) -> None:
    folder.mkdir(parents=True)
    if url is None:
        return
    packed = folder.with_suffix(".tar.gz")
    try:
        files.download(url, packed)
        with tarfile.open(packed, "r:gz") as tar:
            tar.extractall(folder, filter="data")
    except FileNotFoundError as error:
        raise DeploymentError(
            f'Failed to download model data for container "container_1" from URL: "{url}". Please ensure that there is'
            " an object located at the URL and that the role passed to CreateModel has permissions to download the"
            " object."
        ) from error
    except tarfile.TarError as error:
        raise DeploymentError(
            f'Failed to extract model data archive from URL "{url}" for container: {error}'
        ) from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

"""How a SageMaker image is run here: as a process in the container's own environment, or in Docker.

The request names an ECR image, as on AWS; its repository name is looked up in a table of containers.
"""

import shutil
import subprocess
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from labelloop.algorithms import all_algorithms

from laptop.wsgi import ServiceError

Action = Literal["train", "serve"]


@dataclass(frozen=True, slots=True)
class Launch:
    """A command that runs a container.

    Args:
        argv: the command.
        folder: where it runs.
        environment: variables it needs besides those of the job.
        remove: a command that removes what killing `argv` leaves; empty where nothing is left.
    """

    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    remove: tuple[str, ...] = ()


class Container(Protocol):
    """Runs one image."""

    @property
    def metrics(self) -> Mapping[str, str]:
        """The image's own metric definitions, name to regular expression; empty for an image that has none."""

    def launch(self, action: Action, base: Path, port: int, environment: Mapping[str, str]) -> Launch:
        """The command that does `action` with `base` as /opt/ml, serving on 127.0.0.1:`port`."""


@dataclass(frozen=True, slots=True)
class ProcessContainer:
    """A container's program run directly.

    Args:
        argv: the command; `train` or `serve` is appended.
        folder: where it runs.
        environment: the image's own variables.
        metrics: the image's own metric definitions.
    """

    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, str] = field(default_factory=dict)

    def launch(self, action: Action, base: Path, port: int, environment: Mapping[str, str]) -> Launch:  # noqa: ARG002
        """The program with `SAGEMAKER_BASE_DIR` and `SAGEMAKER_BIND_TO_PORT` in place of mounts."""
        own = {"SAGEMAKER_BASE_DIR": str(base), "SAGEMAKER_BIND_TO_PORT": str(port)}
        return Launch((*self.argv, action), self.folder, {**self.environment, **own})


@dataclass(frozen=True, slots=True)
class DockerContainer:
    """A container run by Docker; its image is built when first needed.

    Args:
        folder: holds the Dockerfile.
        environment: the image's own variables.
        metrics: the image's own metric definitions.
        docker: the client program.
    """

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, str] = field(default_factory=dict)
    docker: str = "docker"

    def launch(self, action: Action, base: Path, port: int, environment: Mapping[str, str]) -> Launch:
        """`docker run` with /opt/ml mounted; FIFOs work across a bind mount on Linux.

        Raises:
            RuntimeError: the image cannot be built.
        """
        tag, name = f"labelloop/{self.folder.name}", f"labelloop-{uuid.uuid4().hex}"
        self._build(tag)
        variables = [f"--env={name}={value}" for name, value in {**environment, **self.environment}.items()]
        mounts = [f"--volume={base}:/opt/ml", f"--publish=127.0.0.1:{port}:8080"]
        argv = (self.docker, "run", "--rm", f"--name={name}", *mounts, *variables, tag, action)
        return Launch(argv, self.folder, remove=(self.docker, "rm", "--force", name))

    def _build(self, tag: str) -> None:
        argv = [self.docker, "build", "--quiet", "--tag", tag, str(self.folder)]
        built = subprocess.run(argv, check=False, capture_output=True, text=True)
        if built.returncode:
            raise RuntimeError(f"`{' '.join(argv)}` failed: {built.stderr.strip()}")


class Containers:
    """The containers by the repository name of their image.

    Args:
        table: repository name to container.
        note: one line saying how they run.
    """

    def __init__(self, table: Mapping[str, Container], note: str = "") -> None:
        self._table = dict(table)
        self.note = note

    def of_image(self, uri: str) -> Container:
        """The container for an image such as `811284229777.dkr.ecr.us-east-1.amazonaws.com/object-detection:1`.

        Raises:
            ServiceError: no container here stands for that repository.
        """
        repository = uri.rpartition("/")[2].partition(":")[0].partition("@")[0]
        if repository in self._table:
            return self._table[repository]
        known = ", ".join(sorted(self._table))
        raise ServiceError("ValidationException", f"No container on this machine stands for {uri}; there are: {known}")

    @classmethod
    def of_repository(cls, root: Path) -> "Containers":
        """The containers of this repository: processes where their environment is there, else Docker.

        Raises:
            FileNotFoundError: neither is.
        """
        folder, python = root / "containers" / "mxnet_vision", root / ".envs" / "mxnet_vision" / "bin" / "python"
        if python.exists():
            note = f"containers run as processes of {python.relative_to(root)}"
            argv = (str(python), "-m", "mxnet_vision")
            return cls(_builtins(lambda *own: ProcessContainer(argv, folder, *own)), note)
        if shutil.which("docker"):
            note = f"containers run in Docker, because {python.relative_to(root)} is not there"
            return cls(_builtins(lambda *own: DockerContainer(folder, *own)), note)
        raise FileNotFoundError(f"{python} is not there, nor is docker: run `make setup`, or install Docker")


def _builtins(make: Callable[[Mapping[str, str], Mapping[str, str]], Container]) -> dict[str, Container]:
    """Every algorithm's image; nobody sends the metric definitions of built-in ones, the image brings them."""
    every = all_algorithms().values()
    return {one.repository: make({"ALGORITHM": one.repository}, one.metric_definitions) for one in every}

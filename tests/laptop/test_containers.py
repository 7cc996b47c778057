import subprocess
from pathlib import Path

import pytest
from labelloop.algorithms import algorithm_named, all_algorithms

from laptop.containers import Containers, DockerContainer, ProcessContainer
from laptop.wsgi import ServiceError

DOCKER = """#!/bin/sh
echo "$@" >> "{log}"
[ "$1" != build ] || [ ! -e "{folder}/broken" ] || {{ echo "no such base image" >&2; exit 1; }}
"""


@pytest.fixture
def docker(tmp_path: Path) -> DockerContainer:
    """A Docker client that only writes down what it is asked."""
    folder = tmp_path / "mxnet_vision"
    folder.mkdir()
    program = tmp_path / "docker"
    program.write_text(DOCKER.format(log=tmp_path / "log", folder=folder))
    program.chmod(0o755)
    return DockerContainer(folder, {"ALGORITHM": "object-detection"}, docker=str(program))


def test_docker_builds_runs_and_removes(docker: DockerContainer, tmp_path: Path) -> None:
    launch = docker.launch("serve", tmp_path, 1234, {"MINE": "a b"})
    for argv in (launch.argv, launch.remove):
        subprocess.run(argv, check=True, cwd=launch.folder)
    name = launch.remove[-1]
    mounts = f"--volume={tmp_path}:/opt/ml --publish=127.0.0.1:1234:8080"
    variables = "--env=MINE=a b --env=ALGORITHM=object-detection"
    assert (tmp_path / "log").read_text().splitlines() == [
        f"build --quiet --tag labelloop/mxnet_vision {docker.folder}",
        f"run --rm --name={name} {mounts} {variables} labelloop/mxnet_vision serve",
        f"rm --force {name}",
    ]


def test_an_image_that_cannot_be_built_says_why(docker: DockerContainer, tmp_path: Path) -> None:
    (docker.folder / "broken").touch()
    with pytest.raises(RuntimeError, match="no such base image"):
        docker.launch("train", tmp_path, 8080, {})


def test_a_process_is_told_its_folder_and_port(tmp_path: Path) -> None:
    container = ProcessContainer(("python", "-m", "mxnet_vision"), tmp_path, {"ALGORITHM": "object-detection"})
    launch = container.launch("train", tmp_path / "ml", 8080, {})
    assert (launch.argv, launch.folder, launch.remove) == (("python", "-m", "mxnet_vision", "train"), tmp_path, ())
    assert launch.environment == {
        "ALGORITHM": "object-detection",
        "SAGEMAKER_BASE_DIR": str(tmp_path / "ml"),
        "SAGEMAKER_BIND_TO_PORT": "8080",
    }


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One with an environment for its container."""
    python = tmp_path / ".envs" / "mxnet_vision" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    return tmp_path


def test_processes_are_chosen_where_their_environment_is(repository: Path) -> None:
    containers = Containers.of_repository(repository)
    assert isinstance(containers.of_image("any/object-detection:1"), ProcessContainer)
    assert containers.note == "containers run as processes of .envs/mxnet_vision/bin/python"


@pytest.mark.parametrize("name", all_algorithms())
def test_every_algorithm_has_a_container_with_its_metrics(repository: Path, name: str) -> None:
    """Also those two that share an image."""
    algorithm = algorithm_named(name)
    container = Containers.of_repository(repository).of_image(algorithm.image("us-east-1"))
    assert isinstance(container, ProcessContainer)
    assert container.environment == {"ALGORITHM": algorithm.repository}
    assert container.metrics == algorithm.metric_definitions


@pytest.mark.parametrize(
    "uri",
    [
        "811284229777.dkr.ecr.us-east-1.amazonaws.com/object-detection:1",
        "localhost:5000/object-detection",
        "registry/deep/object-detection@sha256:abc",
    ],
)
def test_an_image_is_known_by_its_repository(tmp_path: Path, uri: str) -> None:
    container = ProcessContainer(("true",), tmp_path)
    assert Containers({"object-detection": container}).of_image(uri) is container


def test_an_unknown_image_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="No container on this machine stands for a/b:1; there are: c"):
        Containers({"c": ProcessContainer(("true",), tmp_path)}).of_image("a/b:1")

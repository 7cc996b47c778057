"""The commands against a real laptop cloud; nothing is trained."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from typer.testing import CliRunner

from laptop.commands.cli import app
from laptop.commands.cloud_file import ROOT, RunningCloud, announced
from laptop.commands.console import CommandError
from laptop.demo.child_cloud import MeasuredCloud, child_cloud
from laptop.session import Session
from tests.demo.test_ground_truth import LABEL, line_of

ENDING_SECONDS = 30
Command = Callable[..., Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cloud")


@pytest.fixture(scope="module")
def measured(folder: Path) -> Iterator[MeasuredCloud]:
    with child_cloud(folder / "cloud.json", folder / "cloud.log") as cloud:
        family = [psutil.Process(cloud.cloud.pid), *psutil.Process(cloud.cloud.pid).children(recursive=True)]
        yield cloud
    assert [process for process in family if process.is_running()] == []
    assert not (folder / "cloud.json").exists()


@pytest.fixture
def labelloop(measured: MeasuredCloud, folder: Path) -> Command:
    runner = CliRunner(env={"COLUMNS": "200", "TERM": "dumb"})
    return lambda *arguments: runner.invoke(app, [*map(str, arguments), "--cloud-file", str(folder / "cloud.json")])


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """One line: too few for training."""
    path = tmp_path / "few.manifest"
    path.write_bytes(line_of(LABEL).replace(b"s3://b/", b"s3://pictures-of-few/"))
    (tmp_path / "img.png").write_bytes(b"\x89PNG")
    return path


def test_its_start_is_measured(measured: MeasuredCloud) -> None:
    assert measured.start_seconds > 0
    assert measured.megabytes > 20  # less than a Python with boto3 would mean that the wrong process was looked at


def test_it_prints_what_the_aws_cli_needs(measured: MeasuredCloud, folder: Path) -> None:
    printed = (folder / "cloud.log").read_text()
    assert f"AWS_ENDPOINT_URL={measured.cloud.url}" in printed
    assert measured.cloud.bucket in printed


def test_no_runs_yet(labelloop: Command) -> None:
    shown = labelloop("runs", "--project", "nobody")
    assert (shown.exit_code, shown.stdout.split(".")[0]) == (0, "No runs yet")


def test_a_url_is_enough_to_find_it(labelloop: Command, measured: MeasuredCloud) -> None:
    assert RunningCloud.at(measured.cloud.url).outputs == {
        name: measured.cloud.outputs[name] for name in ("BucketName", "StateMachineArn", "ApiUrl")
    }


def test_a_failed_run_is_told_with_its_receipt(
    labelloop: Command, measured: MeasuredCloud, manifest: Path, tmp_path: Path
) -> None:
    put = labelloop("put", manifest, "--project", "few", "--images", tmp_path)
    assert put.exit_code == 1
    assert "project.json is new, to train from nothing" in put.stdout
    assert "state ValidateManifest" in put.stdout
    assert "error: Too many lines are invalid" in put.stderr
    assert ", once, line left out  " in put.stderr
    assert (
        Session(measured.cloud.url).s3.get_object(Bucket="pictures-of-few", Key="img.png")["Body"].read() == b"\x89PNG"
    )

    (run,) = json.loads(labelloop("runs", "--project", "few", "--json").stdout)
    assert (run["outcome"], run["error"], run["state"]) == ("failed", "ManifestRefused", "Failed")
    assert run["run"] in labelloop("runs").stdout
    shown = labelloop("runs", run["run"])
    assert "This manifest does not train: 1 problem stops the run." in shown.stdout
    receipts = json.loads(labelloop("runs", run["run"], "--json").stdout)["receipts"]
    assert receipts["failure"]["title"] == "Too many lines are invalid"

    again = labelloop("put", manifest, "--project", "few")
    assert f"had its run before, {run['run']}: failed; --again runs it anew" in again.stdout
    assert again.exit_code == 1
    anew = labelloop("put", manifest, "--project", "few", "--again")
    assert "put; its run is few-" in anew.stdout
    assert run["run"] not in anew.stdout
    assert len(json.loads(labelloop("runs", "--project", "few", "--json").stdout)) == 2


def test_settings_that_nobody_knows_are_refused_before_anything_is_put(
    labelloop: Command, manifest: Path, tmp_path: Path
) -> None:
    (tmp_path / "project.json").write_text('{"epochs": 3}')
    put = labelloop("put", manifest, "--project", "wrong", "--settings", tmp_path / "project.json")
    assert put.exit_code == 1
    assert "unknown field `epochs`" in put.stderr
    assert labelloop("runs", "--project", "wrong", "--json").stdout == "[]\n"


def test_a_project_that_nobody_began_is_not_found(labelloop: Command, manifest: Path) -> None:
    asked = labelloop("infer", "nobody", manifest.parent / "img.png")
    assert asked.exit_code == 1
    assert "404 PROJECT_NOT_FOUND" in asked.stderr


def test_a_run_that_is_not_there_is_named(labelloop: Command) -> None:
    shown = labelloop("runs", "nobody-000000000000")
    assert shown.exit_code == 1
    assert "There is no run nobody-000000000000" in shown.stderr


def test_a_cloud_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = """if True:
        import sys, time
        from pathlib import Path
        from laptop.demo.child_cloud import child_cloud
        folder = Path(sys.argv[1])
        with child_cloud(folder / "cloud.json", folder / "cloud.log"):
            print("ready", flush=True)
            time.sleep(600)
    """
    starter = subprocess.Popen([sys.executable, "-c", script, tmp_path], cwd=ROOT, stdout=subprocess.PIPE)
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"ready\n"
    cloud = RunningCloud.read(tmp_path / "cloud.json")
    assert cloud is not None
    family = [psutil.Process(cloud.pid), *psutil.Process(cloud.pid).children(recursive=True)]
    os.kill(starter.pid, signal.SIGKILL)
    starter.communicate()
    _, alive = psutil.wait_procs(family, ENDING_SECONDS)
    assert alive == []
    assert not (tmp_path / "cloud.json").exists()


def test_a_cloud_that_cannot_start_shows_why(tmp_path: Path) -> None:
    path = tmp_path / "cloud.json"
    with (
        announced(RunningCloud.here("http://127.0.0.1:9", {}), path),
        pytest.raises(CommandError, match=r"(?s)The laptop cloud ended.*runs already at http://127.0.0.1:9"),
        child_cloud(path, tmp_path / "cloud.log"),
    ):
        pytest.fail("there are two clouds")

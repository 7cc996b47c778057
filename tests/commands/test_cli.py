import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from laptop.commands.cli import app
from laptop.commands.cloud_file import ROOT, RunningCloud, announced

COMMANDS = ("up", "preflight", "put", "runs", "explain", "infer", "demo")
WIDE = {"COLUMNS": "200", "TERM": "dumb"}


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner(env=WIDE)


@pytest.fixture
def nowhere(tmp_path: Path) -> list[str]:
    return ["--cloud-file", str(tmp_path / "cloud.json")]


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "wren.jpg"
    path.write_bytes(b"\xff\xd8")
    return str(path)


@pytest.fixture
def manifest(tmp_path: Path) -> str:
    path = tmp_path / "birds.manifest"
    path.write_text('{"source-ref":"s3://birds/wren.jpg"}\n')
    return str(path)


def test_help_names_every_command(runner: CliRunner) -> None:
    shown = runner.invoke(app, ["--help"])
    assert shown.exit_code == 0
    assert all(f" {command} " in shown.output for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_has_examples(runner: CliRunner, command: str) -> None:
    shown = runner.invoke(app, [command, "--help"])
    assert shown.exit_code == 0
    assert "Examples" in shown.output
    assert f"labelloop {command}" in shown.output.partition("Examples")[2]


@pytest.mark.parametrize("arguments", [["runs"], ["infer", "birds", "PICTURE"], ["put", "MANIFEST", "--project", "b"]])
def test_without_a_cloud_commands_say_how_to_start_one(
    runner: CliRunner, nowhere: list[str], picture: str, manifest: str, arguments: list[str]
) -> None:
    real = {"PICTURE": picture, "MANIFEST": manifest}
    shown = runner.invoke(app, [*(real.get(word, word) for word in arguments), *nowhere])
    assert shown.exit_code == 1
    assert shown.stdout == ""
    assert shown.stderr.splitlines() == ["error: No laptop cloud is running.", "Start one with `labelloop up`."]


@pytest.mark.parametrize("command", ["up", "demo"])
def test_a_second_cloud_is_refused(runner: CliRunner, nowhere: list[str], tmp_path: Path, command: str) -> None:
    out = ["--out", str(tmp_path / "out")] if command == "demo" else []
    with announced(RunningCloud.here("http://127.0.0.1:9", {}), Path(nowhere[1])):
        shown = runner.invoke(app, [command, *out, *nowhere])
    assert shown.exit_code == 1
    assert "runs already at http://127.0.0.1:9" in shown.stderr


def test_a_url_where_nothing_answers_is_named(runner: CliRunner, nowhere: list[str]) -> None:
    shown = runner.invoke(app, ["runs", "--url", "http://127.0.0.1:9", *nowhere])
    assert shown.exit_code == 1
    assert "No laptop cloud answers at http://127.0.0.1:9" in shown.stderr


def test_a_port_that_is_taken_is_named(nowhere: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "laptop", "up", "--port", port, *nowhere]
        shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert shown.returncode == 1
    assert f"error: Port {port} cannot be used: Address already in use" in shown.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["demo", "--manifest", "MANIFEST"], "they go together"),
        (["demo", "--epochs", "0"], "greater than or equal to 1"),
        (["put", "MANIFEST", "--project", "two_words"], "1 to 31 letters, digits and inner hyphens"),
        (["put", "absent.manifest", "--project", "birds"], "does not exist"),
        (["infer", "birds", "absent.jpg"], "does not exist"),
        (["infer", "birds", "PICTURE", "--confidence", "2"], "less than or equal to 1"),
        (["infer", "birds", "PICTURE", "--view", "bird's-eye"], "is not one of"),
        (["demo", "--task", "text-classification"], "is not one of"),
        (["demo", "--task", "object-detection", "--manifest", "MANIFEST", "--images", "."], "a manifest says itself"),
    ],
)
def test_arguments_that_mean_nothing_are_refused(
    runner: CliRunner, picture: str, manifest: str, arguments: list[str], complaint: str
) -> None:
    real = {"PICTURE": picture, "MANIFEST": manifest}
    shown = runner.invoke(app, [real.get(word, word) for word in arguments])
    assert shown.exit_code == 2
    assert complaint in shown.stderr


@pytest.mark.parametrize("option", ["--out", "--mask"])
def test_only_one_picture_can_be_drawn(runner: CliRunner, nowhere: list[str], picture: str, option: str) -> None:
    with announced(RunningCloud.here("http://127.0.0.1:9", {"ApiUrl": "http://127.0.0.1:9"}), Path(nowhere[1])):
        shown = runner.invoke(app, ["infer", "birds", picture, picture, option, "seen.png", *nowhere])
    assert shown.exit_code == 2
    assert "one picture at a time" in shown.stderr


def test_a_drawn_picture_is_png_or_jpeg(runner: CliRunner, nowhere: list[str], picture: str) -> None:
    with announced(RunningCloud.here("http://127.0.0.1:9", {"ApiUrl": "http://127.0.0.1:9"}), Path(nowhere[1])):
        shown = runner.invoke(app, ["infer", "birds", picture, "--out", "seen.gif", *nowhere])
    assert shown.exit_code == 1
    assert "seen.gif is neither PNG nor JPEG" in shown.stderr


def test_a_mask_is_a_png(runner: CliRunner, nowhere: list[str], picture: str) -> None:
    with announced(RunningCloud.here("http://127.0.0.1:9", {"ApiUrl": "http://127.0.0.1:9"}), Path(nowhere[1])):
        shown = runner.invoke(app, ["infer", "birds", picture, "--mask", "seen.jpg", *nowhere])
    assert shown.exit_code == 1
    assert "seen.jpg is no PNG by its name" in shown.stderr


def test_pictures_that_are_missing_are_named_before_anything_is_uploaded(
    runner: CliRunner, nowhere: list[str], manifest: str, tmp_path: Path
) -> None:
    with announced(RunningCloud.here("http://127.0.0.1:9", {"BucketName": "data"}), Path(nowhere[1])):
        shown = runner.invoke(app, ["put", manifest, "--project", "birds", "--images", str(tmp_path), *nowhere])
    assert shown.exit_code == 1
    assert "1 of 1 pictures of the manifest are not in" in shown.stderr


def test_pictures_of_which_some_are_missing_are_named_and_the_others_uploaded(
    runner: CliRunner, nowhere: list[str], tmp_path: Path
) -> None:
    """Nothing answers, so it ends with the upload."""
    manifest, folder = tmp_path / "birds.manifest", tmp_path / "images"
    manifest.write_text('{"source-ref":"s3://birds/wren.jpg"}\n{"source-ref":"s3://birds/heron.jpg"}\n')
    folder.mkdir()
    (folder / "wren.jpg").touch()
    with announced(RunningCloud.here("http://127.0.0.1:9", {"BucketName": "data"}), Path(nowhere[1])):
        shown = runner.invoke(app, ["put", str(manifest), "--project", "birds", "--images", str(folder), *nowhere])
    warning, complaint = shown.stderr.splitlines()[:2]
    assert warning.startswith(
        f"1 of 2 pictures of the manifest are not in {folder}: heron.jpg. The others are uploaded;"
    )
    assert complaint.startswith("error: The cloud has stopped answering")

import json
import re
from inspect import signature
from pathlib import Path

import pytest
from labelloop.known_failures import KnownMessage, all_messages
from typer.testing import CliRunner

from laptop.commands.cli import COMMANDS, app

EMPTY_BATCH = "ClientError: Got empty batch from pipe. Please check if the manifest file contains valid batches"


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner(env={"COLUMNS": "200", "TERM": "dumb"})


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "training.log"
    path.write_text(f"started\n{EMPTY_BATCH}\nended\n")
    return str(path)


@pytest.fixture
def manifest(tmp_path: Path) -> str:
    path = tmp_path / "b.manifest"
    path.write_text('{"source-ref":"s3://birds/wren.jpg"}\n')
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "code", "first"),
    [
        ([EMPTY_BATCH], 0, "Training found no labelled picture in the stream  empty-batch"),
        (["-"], 0, "Training found no labelled picture in the stream  empty-batch"),
        (["--log", "LOG"], 0, "Training found no labelled picture in the stream  empty-batch"),
        (["BOX_EMPTY"], 0, "A box has no area  BOX_EMPTY"),
        (["unheard of"], 1, "This is no message that is known here."),
    ],
)
def test_the_command_reads_an_argument_a_file_or_standard_input(
    runner: CliRunner, log: str, arguments: list[str], code: int, first: str
) -> None:
    given = [log if argument == "LOG" else argument for argument in arguments]
    result = runner.invoke(app, ["explain", *given], input=EMPTY_BATCH)
    assert result.exit_code == code
    assert result.stdout.splitlines()[0] == first


@pytest.mark.parametrize("arguments", [[], ["a", "--log", "LOG"], ["a", "--run", "road-1"]])
def test_the_command_wants_one_of_them(runner: CliRunner, log: str, arguments: list[str]) -> None:
    result = runner.invoke(app, ["explain", *(log if argument == "LOG" else argument for argument in arguments)])
    assert result.exit_code == 2
    assert "give one of them" in result.stderr


@pytest.mark.parametrize(("arguments", "name"), [([""], "the message"), (["-"], "standard input"), (["--log"], "LOG")])
def test_nothing_cannot_be_explained(runner: CliRunner, tmp_path: Path, arguments: list[str], name: str) -> None:
    log = tmp_path / "empty.log"
    log.write_text(" \n")
    result = runner.invoke(app, ["explain", *arguments, *([str(log)] if name == "LOG" else [])], input="")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"There is nothing to explain: {str(log) if name == 'LOG' else name} is empty." in result.stderr


def test_the_command_judges_the_manifest(runner: CliRunner, manifest: str, tmp_path: Path) -> None:
    result = runner.invoke(app, ["explain", EMPTY_BATCH, "--manifest", manifest, "--images", str(tmp_path), "--json"])
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert [failure["name"] for failure in told["failures"]] == ["empty-batch"]
    assert told["manifest"] == manifest
    assert [proof["code"] for proof in told["proof"]] == ["NO_LABEL_ATTRIBUTE"]


def test_a_run_needs_a_cloud(runner: CliRunner, tmp_path: Path) -> None:
    result = runner.invoke(app, ["explain", "--run", "road-1", "--cloud-file", str(tmp_path / "cloud.json")])
    assert result.exit_code == 1
    assert "No laptop cloud is running." in result.stderr


@pytest.mark.parametrize("message", all_messages(), ids=lambda message: message.name)
def test_the_commands_that_a_fix_names_exist(message: KnownMessage) -> None:
    options = {command.__name__: set(signature(command).parameters) for command in COMMANDS}
    for name, rest in re.findall(r"`labelloop (\w+)([^`]*)`", message.fix):
        assert {option.replace("-", "_") for option in re.findall(r"--(\w[\w-]*)", rest)} <= options[name]

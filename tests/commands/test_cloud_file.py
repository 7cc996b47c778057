import os
from pathlib import Path

import msgspec
import pytest

from laptop.commands.cloud_file import RunningCloud, announced, ensure_none, find
from laptop.commands.console import CommandError

OUTPUTS = {"BucketName": "data", "StateMachineArn": "arn:aws:states:…", "ApiUrl": "http://127.0.0.1:9/"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder/cloud.json"


def test_a_cloud_is_found_while_it_runs_and_not_after(path: Path) -> None:
    cloud = RunningCloud.here("http://127.0.0.1:9", OUTPUTS)
    with announced(cloud, path):
        assert find(path) == cloud
        assert (cloud.bucket, cloud.state_machine, cloud.api, cloud.pid) == (
            "data",
            "arn:aws:states:…",
            "http://127.0.0.1:9",
            os.getpid(),
        )
    assert list(path.parent.iterdir()) == []
    with pytest.raises(CommandError, match="No laptop cloud is running") as caught:
        find(path)
    assert "labelloop up" in caught.value.hint


def test_a_second_cloud_is_refused_while_one_runs(path: Path) -> None:
    ensure_none(path)
    with (
        announced(RunningCloud.here("http://127.0.0.1:9", OUTPUTS), path),
        pytest.raises(CommandError, match=rf"http://127.0.0.1:9 \(process {os.getpid()}\)"),
    ):
        ensure_none(path)


@pytest.mark.parametrize("change", [{"pid": 2**22 + 1}, {"process_began": 0.0}])
def test_a_file_that_a_dead_cloud_left_behind_counts_for_nothing(path: Path, change: dict[str, float]) -> None:
    cloud = msgspec.structs.replace(RunningCloud.here("http://127.0.0.1:9", OUTPUTS), **change)
    with announced(cloud, path):
        ensure_none(path)
        assert RunningCloud.read(path) is None


def test_a_file_of_another_kind_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"url": "http://127.0.0.1:9"}')
    with pytest.raises(CommandError, match="missing required field `outputs`") as caught:
        find(path)
    assert caught.value.hint == "Remove it."

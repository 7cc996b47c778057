"""The cloud from outside: what it needs of the machine, what it ignores, and what it leaves behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from laptop.cloud import Cloud
from laptop.containers import Containers
from laptop.front import HOST, Front
from laptop.wsgi import WsgiApp
from tests.laptop.conftest import APP, eventually

ROOT = Path(__file__).parents[2]
USER_FILES = {
    "config": "[default]\nregion = mars-1\nendpoint_url = http://127.0.0.1:9\ncredential_process = false\n",
    "credentials": "[default]\naws_access_key_id = the-users-own\naws_secret_access_key = secret\n",
}
USER_VARIABLES = {
    "AWS_PROFILE": "there-is-no-such-profile",
    "AWS_ACCESS_KEY_ID": "the-users-own",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "the-users-own",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_REGION": "mars-1",
    "AWS_MAX_ATTEMPTS": "1",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
}


@contextmanager
def cloud_of_a_child(home: Path) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    """A cloud in a process of its own, with a user's AWS configuration that would break it; and what it reports."""
    (home / ".aws").mkdir()
    for name, text in USER_FILES.items():
        (home / ".aws" / name).write_text(text)
    environment = {**os.environ, **USER_VARIABLES, "HOME": str(home), "PYTHONPATH": str(ROOT)}
    argv = [sys.executable, str(APP / "busy_cloud.py")]
    child = subprocess.Popen(
        argv,
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert child.stdout is not None
        yield child, json.loads(child.stdout.readline())
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            assert pipe is not None
            pipe.close()


def gone(report: dict[str, Any]) -> bool:
    alive = [pid for pid in report["pids"] if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]
    return not alive and not Path(report["folder"]).exists()


def test_a_killed_cloud_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    with cloud_of_a_child(tmp_path) as (child, report):
        assert report["served"] == "served"
        assert report["keys"] == ["laptop"]
        assert report["status"] == "SUCCEEDED"
        assert len(report["pids"]) >= 4  # guardian, worker, its own child, endpoint
        assert not gone(report)
        child.send_signal(signal.SIGKILL)
        assert eventually(lambda: gone(report))


def test_a_closed_cloud_leaves_nothing_and_can_be_followed_by_another(tmp_path: Path) -> None:
    with cloud_of_a_child(tmp_path) as (child, report):
        assert child.stdin is not None
        child.stdin.write("close\n")
        child.stdin.flush()
        assert child.stdout is not None
        after = json.loads(child.stdout.readline())
        assert after == {"threads": ["MainThread"], "children": [], "buckets": 2}
        assert child.wait(timeout=20) == 0
        assert gone(report)


def test_a_process_has_one_cloud(cloud: Cloud) -> None:
    with pytest.raises(RuntimeError, match=f"a cloud of this process listens at {cloud.url}"):
        Cloud.start(template=APP / "template.yaml", containers=Containers({}))


def test_only_this_machine_can_connect(cloud: Cloud) -> None:
    listening = [item for item in psutil.Process().net_connections("inet") if item.status == psutil.CONN_LISTEN]
    assert {item.laddr.ip for item in listening} == {"127.0.0.1"}


def test_every_answer_names_its_request(cloud: Cloud) -> None:
    with urllib.request.urlopen(cloud.url + "/v1/birds") as response:
        assert response.headers["x-amzn-RequestId"]
    assert cloud.session.s3.list_buckets()["ResponseMetadata"]["RequestId"]


def test_an_idle_cloud_takes_next_to_no_processor_time(cloud: Cloud) -> None:
    before = time.process_time()
    time.sleep(1)
    assert time.process_time() - before < 0.2  # of one second; a busy loop would take all of it


def no_moto() -> WsgiApp:
    raise AssertionError("nobody asks")


def test_a_taken_port_is_an_error() -> None:
    with socket.create_server((HOST, 0)) as taken, pytest.raises(OSError, match="in use"):
        Front(taken.getsockname()[1], no_moto)

"""One cloud for all tests of this folder: a small real template, and a container in plain Python."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from labelloop.algorithms import all_algorithms

from laptop.cloud import Cloud
from laptop.containers import Containers, ProcessContainer
from laptop.timing import Timing

APP = Path(__file__).with_name("app")
STUB = ProcessContainer((sys.executable, str(APP / "container" / "main.py")), APP)
BUILT_IN = {
    one.repository: ProcessContainer(STUB.argv, APP, {"ALGORITHM": one.repository}, one.metric_definitions)
    for one in all_algorithms().values()
}
TIMING = Timing(ping_within=2, invocation=1, stop_grace=1, integration=1.5, async_retries=(0.05, 0.05))
PATIENCE_SECONDS = 60


@pytest.fixture(scope="package")
def cloud() -> Iterator[Cloud]:
    containers = Containers({"stub": STUB} | BUILT_IN)
    with Cloud.start(template=APP / "template.yaml", containers=containers, timing=TIMING) as running:
        yield running


@pytest.fixture(scope="package")
def bucket(cloud: Cloud) -> str:
    return cloud.outputs["BucketName"]


@dataclass
class Collected:
    """The events the template's `collect` function was given."""

    cloud: Cloud

    def all(self) -> list[dict[str, Any]]:
        s3, bucket = self.cloud.session.s3, self.cloud.outputs["BucketName"]
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="collected/")
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        return [json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        return eventually(lambda: next(filter(wanted, self.all()), None))


@pytest.fixture(scope="package")
def collected(cloud: Cloud) -> Collected:
    return Collected(cloud)


def eventually[T](look: Callable[[], T | None]) -> T:
    """What `look` finds, as soon as it is something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise TimeoutError(f"nothing within {PATIENCE_SECONDS} s")

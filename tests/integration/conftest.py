"""The real template, state machine and functions on the laptop cloud, with a container that learns nothing."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from labelloop.algorithms.object_detection import METRIC_DEFINITIONS

from laptop.cloud import Cloud
from laptop.containers import Containers, ProcessContainer
from laptop.timing import Timing
from tests.integration.loop import Loop
from tests.integration.subscriber import Subscriber

ROOT = Path(__file__).parents[2]
STUB = Path(__file__).with_name("stub_container.py")


@pytest.fixture(scope="package")
def cloud() -> Iterator[Cloud]:
    argv = (sys.executable, str(STUB))
    images = {
        "object-detection": ProcessContainer(argv, STUB.parent, metrics=METRIC_DEFINITIONS),
        "mute": ProcessContainer(argv, STUB.parent, {"BEHAVIOUR": "sick"}),
        "real": Containers.of_repository(ROOT).of_image("object-detection"),
        "babbler": ProcessContainer(argv, STUB.parent, {"BEHAVIOUR": "babbling"}),
    }
    with Cloud.start(
        template=ROOT / "template.yaml",
        parameters={"PollSeconds": "1"},
        containers=Containers(images),
        timing=Timing(ping_within=3, stop_grace=2, async_retries=(0.1, 0.1)),
    ) as running:
        yield running


@pytest.fixture
def loop(cloud: Cloud) -> Loop:
    return Loop(cloud)


@pytest.fixture(scope="package")
def subscriber(cloud: Cloud) -> Subscriber:
    return Subscriber(cloud)

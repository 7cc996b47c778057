"""The real template, state machine and functions on the laptop cloud, with a container that learns nothing."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from labelloop.algorithms import all_algorithms

from laptop.cloud import Cloud
from laptop.containers import Containers, ProcessContainer
from laptop.timing import Timing
from tests.integration.loop import Loop
from tests.integration.subscriber import Subscriber

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="package")
def cloud() -> Iterator[Cloud]:
    argv = (sys.executable, "-m", "tests.integration.stub_container")
    real = Containers.of_repository(ROOT)
    detector = {"ALGORITHM": "object-detection"}
    images = {
        one.repository: ProcessContainer(argv, ROOT, {"ALGORITHM": one.repository}, one.metric_definitions)
        for one in all_algorithms().values()
    } | {
        "mute": ProcessContainer(argv, ROOT, detector | {"BEHAVIOUR": "sick"}),
        "real": real.of_image("object-detection"),
        **{f"real-{name}": real.of_image(name) for name in {one.repository for one in all_algorithms().values()}},
        "babbler": ProcessContainer(argv, ROOT, detector | {"BEHAVIOUR": "babbling"}),
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

"""Handlers as Lambda loads them, with clients that answer what a test says."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from labelloop import aws
from labelloop.lambda_step import Handler
from labelloop.stack import Stack

from tests.unit.runtime_stub import StubbedRuntime, stubbed_runtime
from tests.unit.stubs import Stubbed, stubbed

Load = Callable[[str], Handler]
FUNCTIONS = Path(__file__).parents[3] / "functions"


@pytest.fixture(autouse=True)
def environment(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As the template gives it to a function that is given everything; clients of one test are not another's."""
    names = {
        "POWERTOOLS_METRICS_NAMESPACE": "Labelloop",
        "DATA_BUCKET": stack.data_bucket,
        "STATE_MACHINE_ARN": stack.state_machine_arn,
        "TRAINING_ROLE_ARN": stack.training_role_arn,
        "POLL_SECONDS": "7",
    }
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    aws.client.cache_clear()
    yield
    aws.client.cache_clear()


@pytest.fixture
def load(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, s3: Any) -> Load:
    """Loads functions/<name>/app.py anew under a name of its own; gives its handler."""

    def load_handler(name: str) -> Handler:
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"{name} {request.node.name}")
        spec = importlib.util.spec_from_file_location(f"function_{name}", FUNCTIONS / name / "app.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        handler: Handler = module.handler
        return handler

    return load_handler


@pytest.fixture
def sagemaker() -> Iterator[Stubbed]:
    """The client that handlers get."""
    with stubbed(aws.client("sagemaker")) as found:
        yield found


@pytest.fixture
def states() -> Iterator[Stubbed]:
    """The client that handlers get."""
    with stubbed(aws.client("stepfunctions")) as found:
        yield found


@pytest.fixture
def runtime() -> Iterator[StubbedRuntime]:
    """The client that verify_endpoint gets."""
    with stubbed_runtime(aws.client("sagemaker-runtime", attempts=1)) as found:
        yield found

"""The service by which SageMaker's endpoints are asked, as tests let it answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.exceptions import ReadTimeoutError
from botocore.model import OperationModel

from tests.unit.stubs import Stubbed


class StubbedRuntime(Stubbed):
    """Checks requests by botocore's own validator; the model's patterns are Java's (`\\p{ASCII}`), not Python's."""

    def times_out(self, operation: str) -> None:
        """Every call of the operation, as `InvokeEndpoint`, waits in vain."""

        def wait(**_: Any) -> None:
            raise ReadTimeoutError(endpoint_url="https://runtime.sagemaker.us-east-1.amazonaws.com")

        self.client.meta.events.register(f"provide-client-params.*.{operation}", wait)

    def _record(self, params: dict[str, Any], model: OperationModel, **_: Any) -> None:
        self.requests.append((model.name, params))


@contextmanager
def stubbed_runtime(client: Any = None) -> Iterator[StubbedRuntime]:
    """A stubbed client; at the end every answer must have been fetched."""
    found = StubbedRuntime(client or boto3.client("sagemaker-runtime"))
    with found.stubber:
        yield found
        found.stubber.assert_no_pending_responses()

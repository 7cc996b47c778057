"""boto3 clients that answer what a test says; the services' own models check every request and answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ReadTimeoutError
from botocore.model import OperationModel
from botocore.stub import Stubber

from laptop.constraints import violations


class Stubbed:
    """A client and the answers it still has to give, in order.

    `client` is what the code under test is given; `requests` are operation and arguments of the calls so far, in each
    of which required members, types, patterns, enumerations and lengths were right.
    """

    def __init__(self, client: Any) -> None:
        self.client, self.stubber = client, Stubber(client)
        self.requests: list[tuple[str, dict[str, Any]]] = []
        client.meta.events.register("before-parameter-build", self._record)

    def answers(self, operation: str, answer: dict[str, Any], **request: Any) -> None:
        """The next call is this operation, with just this request where one is given."""
        self.stubber.add_response(operation, answer, request or None)

    def refuses(self, operation: str, code: str, message: str = "", status: int = 400, **more: Any) -> None:
        """The next call is this operation, whatever its request."""
        self.stubber.add_client_error(operation, code, message, status, modeled_fields=more or None)

    def times_out(self, operation: str) -> None:
        """Every call of the operation waits in vain."""

        def wait(**_: Any) -> None:
            raise ReadTimeoutError(endpoint_url="https://runtime.sagemaker.us-east-1.amazonaws.com")

        self.client.meta.events.register_first(f"before-call.*.{operation}", wait)

    def _record(self, params: dict[str, Any], model: OperationModel, **_: Any) -> None:
        assert model.input_shape is not None
        assert list(violations(params, model.input_shape)) == []
        self.requests.append((model.name, params))


@contextmanager
def stubbed(client: Any) -> Iterator[Stubbed]:
    """A stubbed client; at the end every answer must have been fetched."""
    found = Stubbed(client)
    with found.stubber:
        yield found
        found.stubber.assert_no_pending_responses()

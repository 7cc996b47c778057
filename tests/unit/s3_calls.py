"""Which calls of S3 are made: what a role has to allow."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.model import OperationModel
from labelloop.store import Store

Call = tuple[str, str]


@contextmanager
def calls_of(store: Store) -> Iterator[list[Call]]:
    """Operation and key (or bucket, or prefix) of the calls that are made meanwhile, in order."""
    calls: list[Call] = []

    def note(params: dict[str, Any], model: OperationModel, **_: Any) -> None:
        calls.append((model.name, params.get("Key") or params.get("Prefix") or params["Bucket"]))

    store.s3.meta.events.register("before-parameter-build.s3", note)
    try:
        yield calls
    finally:
        store.s3.meta.events.unregister("before-parameter-build.s3", note)


def writes(calls: list[Call]) -> list[str]:
    """The keys of objects that were put."""
    return [key for operation, key in calls if operation == "PutObject"]

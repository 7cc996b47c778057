"""Lambda: the run's manifest becomes a frozen dataset, or the run ends before anything is spent."""

from labelloop import aws, inspection, lambda_step, validation
from labelloop.run import RunDocument
from labelloop.stack import Stack
from labelloop.store import Store


@lambda_step.step
def handler(run: RunDocument) -> RunDocument:
    """See `validation.validate_manifest`."""
    store = Store(aws.client("s3", connections=inspection.WORKERS))
    return validation.validate_manifest(run, store, Stack.from_environment())

"""Lambda: try the endpoint with validation pictures and promote its model."""

from labelloop import aws, lambda_step, verification
from labelloop.run import RunDocument
from labelloop.stack import Stack
from labelloop.store import Store


@lambda_step.step
def handler(run: RunDocument) -> RunDocument:
    """See `verification.verify_endpoint`."""
    return verification.verify_endpoint(
        run,
        Store(aws.client("s3")),
        aws.client("sagemaker"),
        aws.client("sagemaker-runtime", attempts=1),
        Stack.from_environment(),
        lambda_step.now,
    )

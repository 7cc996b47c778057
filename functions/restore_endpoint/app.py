"""Lambda: after a failure, have the project's endpoint serve the promoted model again."""

from labelloop import aws, deployment, lambda_step
from labelloop.run import RunDocument
from labelloop.stack import Stack
from labelloop.store import Store


@lambda_step.step
def handler(run: RunDocument) -> RunDocument:
    """See `deployment.restore_endpoint`."""
    return deployment.restore_endpoint(run, Store(aws.client("s3")), aws.client("sagemaker"), Stack.from_environment())

"""Lambda: ask SageMaker to serve the trained model."""

from labelloop import aws, deployment, lambda_step
from labelloop.run import RunDocument
from labelloop.stack import Stack
from labelloop.store import Store


@lambda_step.step
def handler(run: RunDocument) -> RunDocument:
    """See `deployment.deploy_endpoint`."""
    return deployment.deploy_endpoint(run, Store(aws.client("s3")), aws.client("sagemaker"), Stack.from_environment())

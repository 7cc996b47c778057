"""Lambda: start the run's training job."""

from labelloop import aws, lambda_step, training
from labelloop.run import RunDocument
from labelloop.stack import Stack
from labelloop.store import Store


@lambda_step.step
def handler(run: RunDocument) -> RunDocument:
    """See `training.launch_training`."""
    return training.launch_training(run, Store(aws.client("s3")), aws.client("sagemaker"), Stack.from_environment())

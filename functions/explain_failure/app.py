"""Lambda: word a run's failure, as a receipt and as a notification."""

from labelloop import aws, explanation, lambda_step
from labelloop.run import RunDocument
from labelloop.stack import Stack
from labelloop.store import Store


@lambda_step.step
def handler(run: RunDocument) -> RunDocument:
    """See `explanation.explain_failure`."""
    return explanation.explain_failure(run, Store(aws.client("s3")), aws.client("sagemaker"), Stack.from_environment())

"""How a training job can fail other than by a fault of ours, and the failures whose words the built-ins share."""

EMPTY_BATCH = (
    "Got empty batch from pipe. Please check if the manifest file contains valid batches and the value of training job "
    "parameter AttributeNames matches attributes names in the augmented manifest."
)


class ClientError(Exception):
    """The request, its hyperparameters or its data cannot be used; the message says which and what to change."""


class BuiltInFailure(Exception):
    """A request that makes the built-in itself fail, in the words of its own `Algorithm Error`."""

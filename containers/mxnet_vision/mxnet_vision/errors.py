"""The one kind of failure whose cause lies with the person who sent the job."""


class ClientError(Exception):
    """The request, its hyperparameters or its data cannot be used; the message says which and what to change."""

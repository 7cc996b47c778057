"""A layer with source."""

NAME = "the common layer"


class TryAgain(Exception):
    """Known to the state machine by name."""


class GiveUp(Exception):
    """Known to the state machine by name."""

"""What a person reads: results on standard output, trouble on standard error; plain where neither is a terminal."""

import msgspec
from rich.console import Console


class CommandError(Exception):
    """A command cannot be done.

    Args:
        message: what is wrong, naming the thing.
        hint: the way out, one sentence; empty where there is none.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def output() -> Console:
    """A console on standard output; long lines are wrapped only where a terminal would break them."""
    return _console(stderr=False)


def trouble() -> Console:
    """A console on standard error."""
    return _console(stderr=True)


def print_json(value: object) -> None:
    """A document for programs, two spaces deep, on standard output."""
    output().print(pretty_json(value), markup=False, highlight=False, soft_wrap=True)


def pretty_json(value: object) -> str:
    """JSON as a person would want to read it."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=PLAIN_WIDTH)


PLAIN_WIDTH = 200  # of tables where no terminal says how wide it is

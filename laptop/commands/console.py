"""What a person reads: results on standard output, trouble on standard error; plain where neither is a terminal."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

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


class _Console(Console):
    """Says nothing more once nobody reads on, as `head` does not; the command still ends with its own exit code."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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


@contextmanager
def trimmed(console: Console) -> Iterator[None]:
    """Print without the blanks that fill up the lines of tables, where there is no terminal."""
    if console.is_terminal:
        yield
        return
    with console.capture() as captured:
        yield
    text = "\n".join(line.rstrip(" ") for line in captured.get().split("\n"))
    console.print(text, end="", markup=False, highlight=False, soft_wrap=True)


def _console(*, stderr: bool) -> Console:
    console = _Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else _Console(stderr=stderr, highlight=False, width=PLAIN_WIDTH)


PLAIN_WIDTH = 200  # of tables where no terminal says how wide it is

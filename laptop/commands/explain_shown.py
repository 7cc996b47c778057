"""An explanation for a person at a terminal; where there is no terminal, each fact is one line."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from labelloop import findings_text
from labelloop.checks import Check, all_checks
from labelloop.known_failures import KnownFailure
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from laptop.commands.explain import Explained

RETRY = "the same request may work"
NEXT = (
    "give the whole log, for the cause often stands long before the end: `labelloop explain --log FILE`. "
    "What is wrong with labels `labelloop preflight MANIFEST` finds."
)


class _Line(NamedTuple):
    text: Text
    indent: int = 2


def show_explained(found: Explained, console: Console) -> None:
    """What was recognised, then what proves it; where nothing was, how to go on."""
    for number, block in enumerate(_blocks(found)):
        if number:
            console.print()
        for line in block:
            _print(line, console)


def _blocks(found: Explained) -> Iterator[Iterable[_Line]]:
    if found.exit_code:
        yield _unknown(found.likely_error)
    yield from map(_failure, found.failures)
    yield from map(_check, found.checks)
    if found.manifest is None:
        yield from [_where_proof_is(found.failures)] if found.provable else []
    elif found.provable or found.checks or found.proof:
        yield _proof(found, found.manifest)


def _failure(failure: KnownFailure) -> Iterator[_Line]:
    yield _title(failure.title, failure.name)
    yield from _fact("Said", failure.quote)
    yield from _fact("Why", failure.cause)
    yield from _fact("Way out", failure.fix)
    yield from _fact("Later", RETRY if failure.retry else "")
    yield from _fact("Known from", ", ".join(source for source in failure.sources if not source.endswith(".py")))


def _check(check: Check) -> Iterator[_Line]:
    yield _title(check.title, check.code)
    yield from _fact("Level", check.level)
    yield from _fact("SageMaker", check.sagemaker)
    yield from _fact("Way out", check.fix)
    yield from _fact("Rekognition Custom Labels", ", ".join(check.counterparts))


def _proof(found: Explained, manifest: str) -> Iterator[_Line]:
    yield _title(f"In {manifest}:" if found.proof else f"Nothing in {manifest} proves it.")
    for result in found.proof:
        for line in findings_text.lines(result, with_sagemaker=False):
            yield _Line(Text(line.lstrip()), 4 if line.startswith(" ") else 2)


def _where_proof_is(failures: Iterable[KnownFailure]) -> Iterator[_Line]:
    yield _title("With --manifest FILE the lines are shown that prove it.")
    yield from _fact("Looked for", ", ".join(dict.fromkeys(code for failure in failures for code in failure.checks)))


def _unknown(likely_error: str) -> Iterator[_Line]:
    close = get_close_matches(likely_error.upper(), all_checks(), n=1)
    yield _title("This is no message that is known here.")
    yield from _fact("The likeliest line", likely_error)
    yield from _fact("Meant may be", f"`labelloop explain {close[0]}`" if close else "")
    yield from _fact("Next", NEXT)


def _title(title: str, name: str = "") -> _Line:
    return _Line(Text.assemble((title, "bold"), *[("  " + name, "dim")] if name else []), 0)


def _fact(name: str, fact: str) -> list[_Line]:
    return [_Line(Text.assemble((f"{name}: ", "dim"), fact))] if fact else []


def _print(line: _Line, console: Console) -> None:
    if console.is_terminal:
        console.print(Padding(line.text, (0, 0, 0, line.indent), expand=False))
    else:
        console.print(Text(" " * line.indent) + line.text, soft_wrap=True)

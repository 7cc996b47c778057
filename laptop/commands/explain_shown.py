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
WHOLE_LOG = "give the whole log, for the cause often stands long before the end: `labelloop explain --log FILE`. "
PREFLIGHT = "what is wrong with labels `labelloop preflight MANIFEST` finds."
SUCCEEDED = "The training job succeeded: its TrainingJobStatus is Completed. There is nothing to explain."


class _Line(NamedTuple):
    text: Text
    indent: int = 2


def show_explained(found: Explained, console: Console, *, of_log: bool = False) -> None:
    """What was recognised, then what proves it; where nothing was, how to go on. `of_log`: from the lines of a log."""
    for number, block in enumerate(_blocks(found, of_log)):
        if number:
            console.print()
        for line in block:
            _print(line, console)


def _blocks(found: Explained, of_log: bool) -> Iterator[Iterable[_Line]]:
    if found.succeeded:
        yield [_title(SUCCEEDED)]
    if found.exit_code:
        yield _unknown(found.likely_error, of_log)
    for failure in found.failures:
        yield _failure(failure, of_log)
    yield from map(_check, found.checks)
    if found.manifest is None:
        yield from [[_title("With --manifest FILE the lines are shown that prove it.")]] if found.provable else []
    elif found.provable or found.checks or found.proof:
        yield _proof(found, found.manifest)


def _failure(failure: KnownFailure, of_log: bool) -> Iterator[_Line]:
    yield _title(failure.title, failure.name)
    yield from _fact(f"Said on line {failure.line:,}" if of_log and failure.line else "Said", failure.quote)
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
    if not found.proof:
        codes = [*(check.code for check in found.checks), *(code for one in found.failures for code in one.checks)]
        yield from _fact("Looked for", ", ".join(dict.fromkeys(codes)))


def _unknown(likely_error: str, of_log: bool) -> Iterator[_Line]:
    close = get_close_matches(likely_error.upper(), all_checks(), n=1)
    yield _title("This is no message that is known here.")
    yield from _fact("The likeliest line", likely_error)
    yield from _fact("Did you mean", f"`labelloop explain {close[0]}`" if close else "")
    yield from _fact("Next", PREFLIGHT if of_log else WHOLE_LOG + PREFLIGHT.replace("what", "What", 1))


def _title(title: str, name: str = "") -> _Line:
    return _Line(Text.assemble((title, "bold"), *[("  " + name, "dim")] if name else []), 0)


def _fact(name: str, fact: str) -> list[_Line]:
    return [_Line(Text.assemble((f"{name}: ", "dim"), fact))] if fact else []


def _print(line: _Line, console: Console) -> None:
    if console.is_terminal:
        console.print(Padding(line.text, (0, 0, 0, line.indent), expand=False))
    else:
        console.print(Text(" " * line.indent) + line.text, soft_wrap=True)

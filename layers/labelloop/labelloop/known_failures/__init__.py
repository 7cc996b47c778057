"""Messages that a run, an endpoint or a request may fail with: what each means, and the way out."""

import re
from collections.abc import Sequence

from labelloop.known_failures.message import QUOTE_LENGTH, KnownFailure, KnownMessage, Rank
from labelloop.known_failures.table import all_messages

__all__ = ["LIMIT", "KnownFailure", "KnownMessage", "Rank", "all_messages", "likely_error", "of_error", "recognise"]

LIMIT = 1024 * 1024  # characters that are read
_RANKS = tuple(Rank)
# Colours, whose escape CloudWatch shows as #033, and all else that a terminal would obey.
_CONTROL = re.compile(r"(?:\x1b|#033)\[[0-9;]{0,20}m|[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_ESCAPED = re.compile(r"\\{1,4}(?:u00([2-7][0-9a-fA-F])|([nrt\"'/]))")  # JSON in JSON escapes its backslashes too
_QUOTES = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'}  # as documents and chats turn them
# What a line may look like that says what went wrong, the likeliest first.
_ERROR_FORMS = (
    re.compile(r"\b[A-Za-z.]{0,60}(?:Error|Exception)\b.{0,3}:"),
    re.compile(r"\b(?:error|exception|fatal|critical|failure ?reason)\b", re.IGNORECASE),
    re.compile(r"fail|denied|refused|cannot|could not|unable|invalid|not found|timed out|exceeded", re.IGNORECASE),
)


def recognise(text: str) -> tuple[KnownFailure, ...]:
    """Every known message in a text, once each: causes first, in the order of the text.

    A general message is told only where no cause was found.

    Args:
        text: a FailureReason, lines of a log, or a JSON document with either inside; its first LIMIT characters count.
    """
    lines = _lines(text)
    readable = "\n".join(line for _, line in lines)
    found = [(message, match) for message in all_messages() if (match := message.regex.search(readable))]
    has_cause = any(message.rank is Rank.CAUSE for message, _ in found)
    told = [(message, match) for message, match in found if not (has_cause and message.rank is Rank.GENERAL)]
    told.sort(key=lambda entry: (_RANKS.index(entry[0].rank), entry[1].start()))
    return tuple(message.failure(match, _number(lines, readable, match)) for message, match in told)


def of_error(name: str) -> KnownFailure | None:
    """What is known of an error of `labelloop.errors`, by the name of its class."""
    return next((message.failure() for message in all_messages() if message.name == name), None)


def likely_error(text: str) -> str:
    """The line that looks most like an error, shortened; the last line where none does, empty where there is none."""
    lines = [line for _, line in _lines(text)]
    for form in _ERROR_FORMS:
        for line in reversed(lines):
            if form.search(line):
                return line[:QUOTE_LENGTH]
    return lines[-1][:QUOTE_LENGTH] if lines else ""


def _lines(text: str) -> list[tuple[int, str]]:
    """The text's lines, without control characters, JSON's escapes and superfluous white space.

    With its number in the text, for empty lines are not among them, and an escaped line end makes two of one.
    """
    plain = _CONTROL.sub("", text[:LIMIT])
    for turned, straight in _QUOTES.items():
        plain = plain.replace(turned, straight)
    return [
        (number, readable)
        for number, line in enumerate(plain.split("\n"), start=1)
        for part in _ESCAPED.sub(_unescaped, line).splitlines()
        if (readable := " ".join(part.split()))
    ]


def _number(lines: Sequence[tuple[int, str]], readable: str, match: re.Match[str]) -> int:
    return lines[readable.count("\n", 0, match.start())][0]


def _unescaped(match: re.Match[str]) -> str:
    code, letter = match.groups()
    return chr(int(code, 16)) if code else {"n": "\n", "r": "\n", "t": " "}.get(letter, letter)

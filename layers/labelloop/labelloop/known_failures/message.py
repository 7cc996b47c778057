"""What is known of a message, and how it is found in a text."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property

import msgspec

QUOTE_LENGTH = 300


class Rank(StrEnum):
    """How much a message says of the cause; the first are told first."""

    CAUSE = "cause"
    WARNING = "warning"  # training went on
    GENERAL = "general"  # only who failed; of no use beside a cause


class KnownFailure(msgspec.Struct, frozen=True):
    """A message that was recognised, in words.

    Attributes:
        name: of the message; never changes its meaning once released.
        title: what is the matter.
        cause: why it happens.
        fix: the way out here.
        retry: whether the same request may work later.
        rank: how much it says of the cause.
        checks: codes of the preflight checks that find the cause in a manifest.
        sources: where the message is known from: GitHub threads as owner/repository#number, pages, or our own files.
        quote: the line it was found on, shortened; empty where it was looked up by name.
        line: that line's number in the text, from 1; None where it was looked up by name.
    """

    name: str
    title: str
    cause: str
    fix: str
    retry: bool
    rank: Rank
    checks: tuple[str, ...]
    sources: tuple[str, ...]
    quote: str = ""
    line: int | None = None


class KnownMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A message of AWS, of an algorithm or of our own, and what is to be said of it; see `KnownFailure`.

    Attributes:
        patterns: regular expressions of its unmistakable part, any of which may match; the name itself where there are
            none. Upper and lower case are the same, a space is any white space. Nothing repeats without a bound, so the
            time to search is linear in the text. The names of groups can stand in braces in `cause` and `fix`.
        examples: the message as its sources have it.
    """

    name: str
    title: str
    cause: str
    fix: str
    sources: tuple[str, ...]
    patterns: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    retry: bool = False
    rank: Rank = Rank.CAUSE

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The patterns, as one and compiled."""
        patterns = self.patterns or (rf"\b{self.name}\b",)
        return re.compile("|".join(patterns).replace(" ", r"\s"), re.IGNORECASE)

    def failure(self, match: re.Match[str] | None = None, line: int | None = None) -> KnownFailure:
        """What to say of it, with the names and numbers of the place where it was found."""
        found = match.groupdict("") if match else {}
        cause, fix = filled(self.cause, found), filled(self.fix, found)
        quote = _quote(match) if match else ""
        return KnownFailure(
            self.name, self.title, cause, fix, self.retry, self.rank, self.checks, self.sources, quote, line
        )


def filled(text: str, words: Mapping[str, str]) -> str:
    """The text with words in place of their names in braces; other braces stay."""
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return text


def _quote(match: re.Match[str]) -> str:
    """The line or lines that match, shortened around the match."""
    text = match.string
    start, end = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.end())
    line = text[start : end if end >= 0 else None].replace("\n", " ")
    first = max(0, min(match.start() - start - QUOTE_LENGTH // 4, len(line) - QUOTE_LENGTH))
    shown = line[first : first + QUOTE_LENGTH]
    return ("…" if first else "") + shown + ("…" if first + len(shown) < len(line) else "")

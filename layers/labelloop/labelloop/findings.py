"""What preflight found: bounded in memory however much is wrong."""

import re
from typing import Any

import msgspec

from labelloop.checks import Check, Level

EXAMPLES = 20  # of each check that are kept; the rest is counted
VALUE_LENGTH = 80
_LEVELS = tuple(Level)
# C0, DEL and C1, which terminals obey, and what ends lines or turns their direction.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Finding(msgspec.Struct, frozen=True):
    """One place where a check failed.

    Attributes:
        message: what exactly is wrong there, a sentence.
        line: of the manifest, from 1; None for what is true of the manifest as a whole.
        pointer: to the value on that line, an RFC 6901 JSON pointer; "" for the whole line.
        value: the offending one as JSON, shortened.
        uri: the S3 object that it is about, where it is about one.
    """

    message: str
    line: int | None = None
    pointer: str = ""
    value: str = ""
    uri: str = ""


class CheckResult(msgspec.Struct, frozen=True):
    """All that one check found: its own words, how often, and the first places."""

    code: str
    level: Level
    title: str
    sagemaker: str
    fix: str
    count: int
    findings: tuple[Finding, ...]


class Findings:
    """Collects findings of any number of lines."""

    def __init__(self) -> None:
        self._found: dict[Check, list[Finding]] = {}
        self._counts: dict[Check, int] = {}

    def add(
        self,
        check: Check,
        message: str,
        *,
        line: int | None = None,
        pointer: tuple[str | int, ...] = (),
        value: Any = msgspec.UNSET,
        uri: str = "",
        count: int = 1,
    ) -> None:
        """Note one finding; `pointer` are the keys and indices to the value, `count` how many it stands for.

        No text that is kept has control characters, whatever the manifest has.
        """
        self._counts[check] = self._counts.get(check, 0) + count
        kept = self._found.setdefault(check, [])
        if len(kept) < EXAMPLES:
            place = escaped(json_pointer(pointer))
            kept.append(Finding(escaped(message), line, place, shortened(value), escaped(uri)))

    def update(self, others: "Findings") -> None:
        """Take over what others found."""
        for check, count in others._counts.items():
            self._counts[check] = self._counts.get(check, 0) + count
            kept = self._found.setdefault(check, [])
            kept.extend(others._found[check][: EXAMPLES - len(kept)])

    def sum_up(self, check: Check, message: str, under: Check | None = None) -> None:
        """Tell all that a check found as one finding, at its first place; `under` another check where one is given."""
        first, *_ = self._found.pop(check)
        kept = [msgspec.structs.replace(first, message=escaped(message))]
        self._counts[under or check], self._found[under or check] = self._counts.pop(check), kept

    def count(self, check: Check) -> int:
        """How often a check failed."""
        return self._counts.get(check, 0)

    def has(self, level: Level) -> bool:
        """Whether anything of a level was found."""
        return any(check.level is level for check in self._counts)

    def results(self) -> tuple[CheckResult, ...]:
        """What was found, by level, then by code."""
        ordered = sorted(self._counts, key=lambda check: (_LEVELS.index(check.level), check.code))
        return tuple(
            CheckResult(
                check.code,
                check.level,
                check.title,
                check.sagemaker,
                check.fix,
                self._counts[check],
                tuple(self._found[check]),
            )
            for check in ordered
        )


def json_pointer(parts: tuple[str | int, ...]) -> str:
    """The pointer in RFC 6901's notation."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def counted(count: int, one: str, many: str) -> str:
    """A number of things: `1 picture`, `1,200 pictures`."""
    return f"{count:,} {one if count == 1 else many}"


def escaped(text: str) -> str:
    """The text with its control characters as JSON writes them: \\u001b."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def shortened(value: Any) -> str:
    """A value as JSON (bytes and Raw are JSON already, or meant to be), escaped, at most VALUE_LENGTH characters."""
    if value is msgspec.UNSET:
        return ""
    is_json = isinstance(value, bytes | msgspec.Raw)
    text = escaped((bytes(value) if is_json else msgspec.json.encode(value)).decode(errors="replace"))
    return text if len(text) <= VALUE_LENGTH else text[: VALUE_LENGTH - 1] + "…"

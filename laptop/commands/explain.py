"""`labelloop explain`: what is known of a message, a run or a check, and what in a manifest proves it."""

import re
from collections import deque
from collections.abc import Mapping
from typing import Any, BinaryIO, NamedTuple

import msgspec
from labelloop import findings_text
from labelloop.checks import Check, Level, all_checks
from labelloop.findings import CheckResult
from labelloop.known_failures import LIMIT, KnownFailure, likely_error, of_error, recognise
from labelloop.preflight_report import PreflightReport
from labelloop.projects import PREFLIGHT
from labelloop.run import Explanation

from laptop.commands.console import CommandError

_CHUNK = 64 * 1024
_COMPLETED = re.compile(r"\bTrainingJobStatus\W{1,10}Completed\b")  # as DescribeTrainingJob says it


class Explained(msgspec.Struct, frozen=True):
    """All that is known of a text; what `--json` prints.

    Attributes:
        failures: the messages that were recognised in it, causes first.
        checks: the checks that it names by code, their own or that of Rekognition Custom Labels.
        likely_error: where nothing was recognised, the line that looks most like an error.
        manifest: the one in which the proof was looked for; None where none was given.
        proof: what was found in it that proves a cause.
        succeeded: whether the text says of a training job that it is completed, and of no failure.
    """

    failures: tuple[KnownFailure, ...] = ()
    checks: tuple[Check, ...] = ()
    likely_error: str = ""
    manifest: str | None = None
    proof: tuple[CheckResult, ...] = ()
    succeeded: bool = False

    @property
    def exit_code(self) -> int:
        """0 where something was recognised, 1 where nothing was."""
        return 0 if self.failures or self.checks or self.succeeded else 1

    @property
    def provable(self) -> bool:
        """Whether a manifest could prove a cause."""
        return any(failure.checks for failure in self.failures)


def explained(text: str, report: PreflightReport | None = None, lines_before: int = 0) -> Explained:
    """What is known of a FailureReason, of lines of a log, of an error's or a check's name.

    Args:
        text: of which the first LIMIT characters count.
        report: the preflight of the manifest that was trained on.
        lines_before: lines of a log that stand before the text.
    """
    name = text.strip()
    checks = _checks(name)
    failures = () if checks else recognise(text) or tuple(filter(None, [of_error(name)]))
    succeeded = not (checks or failures) and _COMPLETED.search(text) is not None
    return Explained(
        tuple(_moved(failure, lines_before) for failure in failures),
        checks,
        "" if checks or failures or succeeded else likely_error(text),
        report.manifest if report else None,
        _proof(failures, checks, report) if report else (),
        succeeded,
    )


def explained_run(run: str, receipts: Mapping[str, Any]) -> Explained:
    """Why a run failed, from what its steps wrote down.

    Raises:
        CommandError: there is no such run, or it has not failed.
    """
    if "failure" not in receipts:
        raise CommandError(f"There is no failure of run {run}.", "`labelloop runs` says how each ended.")
    failure = msgspec.convert(receipts["failure"], Explanation)
    report = msgspec.convert(receipts[PREFLIGHT], PreflightReport) if PREFLIGHT in receipts else None
    return explained(f"{failure.error}: {failure.cause}", report)


class LastPart(NamedTuple):
    """The end of a text, and how many lines end before it."""

    text: str
    lines_before: int = 0


def last_part(stream: BinaryIO) -> LastPart:
    """The end of a stream, at most LIMIT bytes of it: what ended a job stands at the end of its log."""
    chunks: deque[bytes] = deque()
    size = lines_before = 0
    while chunk := stream.read(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        while size - len(chunks[0]) >= LIMIT:
            passed = chunks.popleft()
            size, lines_before = size - len(passed), lines_before + passed.count(b"\n")
    kept = b"".join(chunks)
    return LastPart(kept[-LIMIT:].decode(errors="replace"), lines_before + kept[:-LIMIT].count(b"\n"))


def _moved(failure: KnownFailure, lines: int) -> KnownFailure:
    return failure if failure.line is None else msgspec.structs.replace(failure, line=failure.line + lines)


def _checks(name: str) -> tuple[Check, ...]:
    code = name.upper().replace("-", "_")
    return tuple(check for check in all_checks().values() if code == check.code or code in check.counterparts)


def _proof(
    failures: tuple[KnownFailure, ...], checks: tuple[Check, ...], report: PreflightReport
) -> tuple[CheckResult, ...]:
    """What stops a run proves that it was stopped, and what leaves most lines out; else the failures' own checks do."""
    codes = {check.code for check in checks} | {code for failure in failures for code in failure.checks}
    if any(failure.name == "ManifestRefused" for failure in failures):
        codes |= {result.code for result in report.checks if result.level is Level.STOPS}
        codes |= {result.code for result in findings_text.reasons(report.checks)}
    return tuple(result for result in report.checks if result.code in codes)

"""What a check found, in lines of text: the same words in notifications and on terminals."""

from collections.abc import Iterable, Sequence

from labelloop.checks import Level
from labelloop.findings import CheckResult, Finding
from labelloop.known_failures import KnownFailure

PLACES = 3  # that are named of each check
CHECKS = 8  # that are told in a notification
REASONS = 5  # checks that are told of those that leave lines out, where the run stops
LINE_LENGTH = 400


def times(count: int) -> str:
    """How often."""
    return "once" if count == 1 else f"{count:,} times"


def place(finding: Finding) -> str:
    """Where something was found and what: `line 17, /bb/annotations/3/class_id 7: no class map names class 7`."""
    line = "" if finding.line is None else f"line {finding.line}"
    value = f"{finding.pointer} {finding.value}".strip()
    said = f"{value} {finding.message}"
    where = ", ".join(part for part in (line, value, "" if finding.uri in said else finding.uri) if part)
    return _bounded(f"{where}: {finding.message}" if where else finding.message)


def places(result: CheckResult, most: int = PLACES) -> list[str]:
    """The first places, and how many more there are."""
    shown = [place(finding) for finding in result.findings[:most]]
    rest = result.count - len(shown)
    return [*shown, f"and {rest:,} more"] if rest > 0 else shown


def lines(result: CheckResult, most: int = PLACES, *, with_sagemaker: bool = True) -> list[str]:
    """All that there is to say: what, how often, where, what SageMaker would make of it, and the way out."""
    return [
        f"{result.title}, {times(result.count)}, {result.level}  {result.code}",
        *(f"  {entry}" for entry in places(result, most)),
        *([f"  SageMaker: {result.sagemaker}"] if with_sagemaker else []),
        f"  Way out: {result.fix}",
    ]


def all_lines(results: Sequence[CheckResult], *, with_sagemaker: bool = True) -> list[str]:
    """All that there is to say of the first CHECKS checks, and how many more there are."""
    told = [line for result in results[:CHECKS] for line in lines(result, with_sagemaker=with_sagemaker)]
    return [*told, f"and {len(results) - CHECKS} checks more"] if len(results) > CHECKS else told


def reasons(results: Iterable[CheckResult]) -> list[CheckResult]:
    """The checks that leave most lines out, the most frequent first: why there are too few others."""
    left_out = [result for result in results if result.level is Level.LEFT_OUT]
    return sorted(left_out, key=lambda result: -result.count)[:REASONS]


def proof(failures: Iterable[KnownFailure], results: Iterable[CheckResult]) -> list[str]:
    """Those findings of a manifest's preflight that prove the causes of failures; that there are none is told too.

    Nothing where no check could prove them.
    """
    codes = {code for failure in failures for code in failure.checks}
    proving = [result for result in results if result.code in codes]
    if proving:
        return ["Preflight of the manifest found:", *all_lines(proving, with_sagemaker=False)]
    return ["Preflight found nothing in the manifest that is known to cause this."] if codes else []


def _bounded(text: str) -> str:
    return text if len(text) <= LINE_LENGTH else text[: LINE_LENGTH - 1] + "…"

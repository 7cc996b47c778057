"""What a check found, in lines of text: the same words in notifications and on terminals."""

from labelloop.findings import CheckResult, Finding

PLACES = 3  # that are named of each check
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


def lines(result: CheckResult, most: int = PLACES) -> list[str]:
    """All that there is to say: what, how often, where, what SageMaker would make of it, and the way out."""
    return [
        f"{result.title}, {times(result.count)}, {result.level}  {result.code}",
        *(f"  {entry}" for entry in places(result, most)),
        f"  SageMaker: {result.sagemaker}",
        f"  Way out: {result.fix}",
    ]


def _bounded(text: str) -> str:
    return text if len(text) <= LINE_LENGTH else text[: LINE_LENGTH - 1] + "…"

"""What preflight says of a manifest: the receipt runs/<run>/report.json, and what `labelloop preflight` shows."""

import msgspec

from labelloop.checks import Level
from labelloop.findings import CheckResult
from labelloop.report import Report


class PreflightReport(msgspec.Struct, frozen=True):
    """All that was found, and the dataset that comes of it.

    Attributes:
        manifest: its S3 URI, or path.
        checks: what each check found, the gravest first; nothing of checks that found nothing.
        dataset: what is trained on; None where the run stops.
        hyperparameters: S3 URI of the receipt that says what was derived from it; it names this report in turn.
    """

    manifest: str
    checks: tuple[CheckResult, ...]
    dataset: Report | None = None
    hyperparameters: str | None = None

    @property
    def gravest(self) -> Level | None:
        """The gravest level found; None where all is well."""
        return self.checks[0].level if self.checks else None

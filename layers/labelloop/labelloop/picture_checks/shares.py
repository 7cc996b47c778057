"""What the pictures that were looked at say of those that were not."""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

from labelloop.checks import Check, Level
from labelloop.checks.pictures import (
    PICTURE_DAMAGED,
    PICTURES_NOT_ALL_DECODED,
    PICTURES_SAMPLED,
    TOO_MANY_UNUSABLE_PICTURES,
)
from labelloop.findings import Findings
from labelloop.picture_checks.inspection import Inspection

_QUANTILE = NormalDist().inv_cdf(0.975)  # two sides of a 95 % interval


class Share(NamedTuple):
    """How many of the files that were looked at, at least one, have something."""

    found: int
    looked_at: int

    @property
    def value(self) -> float:
        """0 to 1."""
        return self.found / self.looked_at

    def interval(self) -> tuple[float, float]:
        """Where the share of all pictures lies with 95 % confidence: Wilson's score interval.

        Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
        """
        square = _QUANTILE**2 / self.looked_at
        centre = self.value + square / 2
        spread = _QUANTILE * math.sqrt((self.value * (1 - self.value) + square / 4) / self.looked_at)
        # Where there are none, or no others, rounding would leave a trace of them.
        low = (centre - spread) / (1 + square) if self.found else 0.0
        high = (centre + spread) / (1 + square) if self.found < self.looked_at else 1.0
        return low, high


def check_shares(inspections: Sequence[Inspection], total: int, findings: Findings, invalid_share: float) -> None:
    """Say what was looked at where that is not all, and stop where too much of it cannot be used.

    Args:
        total: pictures of the manifest.
        invalid_share: which share of them may be of no use.
    """
    unusable = Share(sum(map(_is_unusable, inspections)), len(inspections))
    _check_share(PICTURES_SAMPLED, unusable, total, ("looked at", "found unusable"), findings, invalid_share)
    decoded = [inspection.is_decodable for inspection in inspections if inspection.is_decodable is not None]
    left = sum(inspection.is_decodable is None and inspection.is_usable for inspection in inspections)
    damaged = Share(decoded.count(False), len(decoded))
    whole = len(decoded) + left + total - len(inspections)
    _check_share(PICTURES_NOT_ALL_DECODED, damaged, whole, ("decoded", "found damaged"), findings, invalid_share)


def _check_share(
    check: Check, share: Share, total: int, words: tuple[str, str], findings: Findings, invalid_share: float
) -> None:
    if not 0 < share.looked_at < total:
        return
    act, fault = words
    low, high = share.interval()
    findings.add(
        check,
        f"{share.looked_at:,} of {total:,} pictures were {act}, {share.found:,} of them {fault}. For all that means "
        f"about {share.value * total:,.0f}, with 95 % confidence {low * total:,.0f} to {high * total:,.0f}.",
    )
    if low > invalid_share:
        message = f"Of {share.looked_at:,} pictures that were {act} {share.found:,} were {fault}: {share.value:.0%}."
        findings.add(TOO_MANY_UNUSABLE_PICTURES, f"{message} At most {invalid_share:.0%} may be of no use.")


def _is_unusable(inspection: Inspection) -> bool:
    """By what is found in all that are looked at, so not by damage that only decoding shows."""
    checks = (problem.check for problem in inspection.problems if problem.check.level is Level.LEFT_OUT)
    return any(check is not PICTURE_DAMAGED or inspection.is_decodable is None for check in checks)

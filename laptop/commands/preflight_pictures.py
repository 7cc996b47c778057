"""At how many pictures a preflight looks, and why not at all."""

from collections.abc import Sequence

import msgspec
from labelloop.findings import Findings
from labelloop.labels import Classes
from labelloop.merging import InspectedFiles, Source
from labelloop.preflight import Inspect

NOT_REACHED = "the run stops before pictures are looked at"


class Pictures(msgspec.Struct, frozen=True):
    """How many pictures were looked at.

    Attributes:
        looked_at: of masks as many, where the labels are masks.
        of: those whose labels can be trained on; None where it did not come so far.
        why_not: why not all of them were; None where all were.
    """

    looked_at: int = 0
    of: int | None = None
    why_not: str | None = None


class Looking:
    """Looks at pictures for `preflight`, and remembers at how many.

    Args:
        inspect: does it; None where it cannot be done.
        limit: how many are looked at.
        why_not: why it cannot be done.
    """

    def __init__(self, inspect: Inspect | None, limit: int, why_not: str = "") -> None:
        self._inspect, self._limit = inspect, limit
        self.pictures = Pictures(why_not=NOT_REACHED)
        self._why_not = why_not

    def __call__(
        self, sources: Sequence[Source], classes: Sequence[Classes], findings: Findings
    ) -> tuple[InspectedFiles, ...]:
        """See `preflight.Inspect`."""
        survey = sources[-1].survey
        total = survey.training.samples + survey.validation.samples
        self.pictures = Pictures(0, total, self._why_not)
        if self._inspect is None:
            return (InspectedFiles(),) * len(sources)
        sampled = f"pictures_checked is {self._limit:,}" if total > self._limit else None
        self.pictures = Pictures(min(total, self._limit), total, sampled)
        return self._inspect(sources, classes, findings)

"""How many of the pixels of masks belong to each class, from some masks."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from labelloop.errors import LabelloopError
from labelloop.labels.masks import IGNORED
from labelloop.store import Objects, S3Uri

from laptop.preflight_page import picture_files
from laptop.preflight_page.statistics import Mask, Sampled


class PixelShares(NamedTuple):
    """Shares of one, by class name, and a sentence on what they were counted in."""

    shares: Mapping[str, float]
    note: str


NONE = PixelShares({}, "")


def pixel_shares(masks: Sampled[Mask], objects: Objects, counted: Callable[[], None] = lambda: None) -> PixelShares:
    """Count the pixels of masks; those that cannot be read as indices are passed over, for they are findings."""
    pixels: Counter[str] = Counter()
    ignored = read = 0
    for mask in masks.items:
        counts = _counts(objects, mask.uri)
        counted()
        if counts is not None:
            read += 1
            ignored += counts.get(IGNORED, 0)
            pixels.update({name: counts.get(value, 0) for value, name in mask.names.items()})
    total = pixels.total()
    if not total:
        return NONE
    of_none = f" {ignored / (ignored + total):.1%} of all pixels are of no class ({IGNORED})." if ignored else ""
    note = f"Pixels were counted in {read:,} of {masks.seen:,} masks.{of_none}"
    return PixelShares({name: count / total for name, count in pixels.items()}, note)


def _counts(objects: Objects, uri: str) -> Mapping[int, int] | None:
    try:
        return picture_files.pixel_counts(objects, S3Uri.from_text(uri))
    except (LabelloopError, *picture_files.UNREADABLE):
        return None

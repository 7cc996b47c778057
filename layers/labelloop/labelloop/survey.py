"""What all samples of a manifest have in common: counts, the class map, the split."""

import hashlib
from collections import Counter
from collections.abc import Sequence

import msgspec

from labelloop.errors import InvalidLabel, NotEnoughSamples
from labelloop.labels import Label
from labelloop.report import ClassReport
from labelloop.samples import LeftOut, Sample

_HASH_RANGE = 1 << 64


class Split(msgspec.Struct, frozen=True):
    """Which pictures validate: those whose hash of `source-ref` lies below a share of its range.

    So a picture keeps its side in every retraining. Where the share alone would leave a side empty, the lowest hash
    validates and the highest trains.
    """

    share: float
    lowest: int
    highest: int

    def validates(self, source_ref: str) -> bool:
        """Whether the picture belongs to the validation side."""
        place = _place(source_ref)
        return place != self.highest and (place < self.share * _HASH_RANGE or place == self.lowest)


class Survey:
    """One pass over all samples of a manifest: the counts, the class map and the ends of the hash range."""

    def __init__(self, label_type: type[Label], categories: Sequence[str]) -> None:
        self.label_type = label_type
        self.class_names = label_type.category_names(categories)
        self.objects: Counter[int] = Counter()
        self.left_out: Counter[LeftOut] = Counter()
        self.lines = self.max_objects = 0
        self.lowest, self.highest = _HASH_RANGE, -1
        self._first_line_of: dict[int, int] = {}

    def add(self, found: Sample | LeftOut) -> None:
        """Count one line.

        Raises:
            InvalidLabel: the line gives a class id another name than lines before it.
        """
        self.lines += 1
        if isinstance(found, LeftOut):
            self.left_out[found] += 1
            return
        for class_id, name in found.class_names.items():
            if self.class_names.setdefault(class_id, name) != name:
                raise InvalidLabel(
                    f"manifest line {found.line.number} calls class {class_id} {name!r}; "
                    f"elsewhere it is {self.class_names[class_id]!r}."
                )
        for class_id in found.label.class_ids:
            self.objects[class_id] += 1
            self._first_line_of.setdefault(class_id, found.line.number)
        self.max_objects = max(self.max_objects, len(found.label.class_ids))
        place = _place(found.source_ref)
        self.lowest, self.highest = min(self.lowest, place), max(self.highest, place)

    def check(self) -> None:
        """Whether training is possible at all.

        Raises:
            InvalidLabel: an object's class has a name on no line, or two classes have one name.
            NotEnoughSamples: fewer than two different pictures are usable.
        """
        first_of: dict[str, int] = {}
        for class_id, name in sorted(self.class_names.items()):
            if first_of.setdefault(name, class_id) != class_id:
                raise InvalidLabel(f"classes {first_of[name]} and {class_id} have the same name, {name!r}.")
        for class_id in self.objects.keys() - self.class_names.keys():
            raise InvalidLabel(
                f"manifest line {self._first_line_of[class_id]} has an object of class {class_id}, "
                f"which no class map names; named are {sorted(self.class_names.items())}."
            )
        if self.lowest >= self.highest:
            reasons = (
                ", ".join(f"{count} {reason}" for reason, count in sorted(self.left_out.items())) or "none left out"
            )
            raise NotEnoughSamples(
                f"{self.lines - self.left_out.total()} of {self.lines} lines are usable ({reasons}); "
                "two different pictures are the least: one to train, one to validate."
            )

    def class_reports(self) -> tuple[ClassReport, ...]:
        """The classes, numbered 0…n-1."""
        numbered = enumerate(self.label_type.numbered(self.class_names))
        return tuple(ClassReport(new, name, source_id, self.objects[source_id]) for new, (source_id, name) in numbered)


def _place(source_ref: str) -> int:
    return int.from_bytes(hashlib.sha256(source_ref.encode()).digest()[:8], "big")

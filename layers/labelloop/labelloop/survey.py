"""What all samples of a manifest have in common: counts, class names, pictures that come twice."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence, Set

import msgspec
import xxhash

from labelloop.checks import Check, classes
from labelloop.findings import Findings
from labelloop.labels import Label
from labelloop.samples import LeftOut, Sample
from labelloop.tasks import METADATA_SUFFIX

PARTS = 16  # that places are kept in, so that looking for equal ones takes little memory
_PART_SHIFT = 60
_HASH_RANGE = 1 << 64
_COUNTED_AT_ONCE = 1 << 10
_CLASS_MAPS_KEPT = 1 << 12
_class_names = msgspec.json.Decoder(dict[int, str])


class Split(msgspec.Struct, frozen=True):
    """Which pictures validate: those whose place lies below a share of all places. So a picture never changes sides."""

    share: float

    @property
    def limit(self) -> int:
        """The first place of the training side."""
        return int(self.share * _HASH_RANGE)

    def validates(self, source_ref: str) -> bool:
        """Whether the picture belongs to the validation side."""
        return place_of(source_ref) < self.limit


def place_of(source_ref: str) -> int:
    """A number from 0 to 2**64-1 that looks random and is always the same: XXH3 of the URI."""
    return xxhash.xxh3_64_intdigest(source_ref.encode())


class Side:
    """Counts of one side of the split; `objects` and `pictures` by the manifest's own class ids."""

    def __init__(self) -> None:
        self._samples = 0
        self._objects: Counter[int] = Counter()
        self._pictures: Counter[int] = Counter()
        self._new_objects: list[int] = []  # Counter is quick with many at a time
        self._new_pictures: list[int] = []

    def count(self, class_ids: Sequence[int]) -> None:
        """Count a sample with these objects."""
        self._samples += 1
        self._new_objects += class_ids
        self._new_pictures += {*class_ids}
        if len(self._new_objects) > _COUNTED_AT_ONCE:
            self._settle()

    def withdraw(self, class_ids: Sequence[int]) -> None:
        """Count one less."""
        self._settle()
        self._samples -= 1
        self._objects.subtract(class_ids)
        self._pictures.subtract({*class_ids})

    def update(self, other: "Side") -> None:
        """Count what another counted."""
        self._samples += other.samples
        self._objects.update(other.objects)
        self._pictures.update(other.pictures)

    def _settle(self) -> None:
        self._objects.update(self._new_objects)
        self._pictures.update(self._new_pictures)
        self._new_objects.clear()
        self._new_pictures.clear()

    @property
    def samples(self) -> int:
        """How many there are."""
        return self._samples

    @property
    def objects(self) -> Counter[int]:
        """Objects of each class."""
        self._settle()
        return self._objects

    @property
    def pictures(self) -> Counter[int]:
        """Pictures that show each class."""
        self._settle()
        return self._pictures


class Survey:
    """One pass over all lines of a manifest.

    Args:
        label_type: the labels' form.
        categories: the class names of a labeling job, by id.
        split: of the pictures.
        findings: takes what is found.
    """

    def __init__(self, label_type: type[Label], categories: Sequence[str], split: Split, findings: Findings) -> None:
        self.class_names = label_type.category_names(categories)
        self._offered = frozenset(self.class_names)
        self.named_on: dict[int, tuple[int, str]] = {}  # the first line that names each class, and its label attribute
        self.training, self.validation = Side(), Side()
        self.left_out: Counter[Check] = Counter()
        self.lines = self.max_objects = self.max_objects_line = 0
        self.places = [array("Q") for _ in range(PARTS)]
        self.buckets: set[str] = set()
        self._label_type, self._split, self._findings = label_type, split, findings
        self._class_maps: set[bytes] = set()

    def side(self, source_ref: str) -> Side:
        """The one that a picture belongs to."""
        return self.validation if self._split.validates(source_ref) else self.training

    @property
    def shown_names(self) -> dict[int, str]:
        """The classes that objects have, and those that a labeling job offers."""
        kept = self._offered | self.class_ids
        return {class_id: name for class_id, name in self.class_names.items() if class_id in kept}

    @property
    def class_ids(self) -> Set[int]:
        """Of all objects."""
        return (+self.training.objects).keys() | (+self.validation.objects).keys()

    def add(self, entries: Iterable[Sample | LeftOut]) -> None:
        """Count lines."""
        digest, limit, places, class_maps = xxhash.xxh3_64_intdigest, self._split.limit, self.places, self._class_maps
        count_validation, count_training = self.validation.count, self.training.count
        bucket, most = "", 0
        for entry in entries:
            self.lines += 1
            if isinstance(entry, LeftOut):
                self._leave_out(entry)
                continue
            source_ref, class_ids = entry.source_ref, entry.label.class_ids
            place = digest(source_ref.encode())
            places[place >> _PART_SHIFT].append(place)
            if place < limit:
                count_validation(class_ids)
            else:
                count_training(class_ids)
            if entry.class_map not in class_maps:
                self._learn_names(entry)
            if len(class_ids) > most:
                most = self.max_objects = len(class_ids)
                self.max_objects_line = entry.number
            if not bucket or not source_ref.startswith(bucket):
                bucket = source_ref[: source_ref.index("/", 5) + 1]
                self.buckets.add(bucket)

    def update(self, other: "Survey") -> None:
        """Take over what a survey of later lines found."""
        self.training.update(other.training)
        self.validation.update(other.validation)
        self.left_out.update(other.left_out)
        self.lines += other.lines
        if other.max_objects > self.max_objects:
            self.max_objects, self.max_objects_line = other.max_objects, other.max_objects_line
        for mine, theirs in zip(self.places, other.places, strict=True):
            mine.extend(theirs)
        self.buckets |= other.buckets
        for class_id, (line, attribute) in other.named_on.items():
            self._learn_name(class_id, other.class_names[class_id], line, attribute)

    def _leave_out(self, entry: LeftOut) -> None:
        self.left_out[entry.check] += 1
        if entry.withdraws:
            place = place_of(entry.source_ref)
            self.places[place >> _PART_SHIFT].append(place)

    def _learn_names(self, sample: Sample) -> None:
        if len(self._class_maps) >= _CLASS_MAPS_KEPT:
            self._class_maps.clear()
        self._class_maps.add(sample.class_map)
        for class_id, name in _class_names.decode(sample.class_map).items():
            self._learn_name(class_id, name, sample.number, sample.attribute)

    def _learn_name(self, class_id: int, name: str, line: int, attribute: str) -> None:
        known = self.class_names.setdefault(class_id, name)
        self.named_on.setdefault(class_id, (line, attribute))
        if known != name:
            message = f"class {class_id} is called {name!r} here, {known!r} elsewhere"
            pointer = (attribute + METADATA_SUFFIX, *self._label_type.name_place(class_id))
            self._findings.add(classes.CLASS_MAP_CONTRADICTS, message, line=line, pointer=pointer, value=name)


def places_taken_twice(surveys: Sequence[Survey]) -> set[int]:
    """Those of pictures that have more than one line."""
    twice: set[int] = set()
    for part in range(PARTS):
        places = array("Q")
        for survey in surveys:
            places += survey.places[part]
        if len(set(places)) < len(places):
            twice.update(place for place, count in Counter(places).items() if count > 1)
    return twice

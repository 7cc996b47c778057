"""From a manifest to a frozen dataset: usable samples, one class map, ids 0…n-1, a split that stays."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

import msgspec

from labelloop.errors import InvalidLabel, NotEnoughSamples
from labelloop.manifest import LabelAttribute, Line, read_lines
from labelloop.run import Pinned
from labelloop.tasks import METADATA_SUFFIX, SOURCE_REF, Task

TRAIN, VALIDATION, CLASSES, REPORT = "train.manifest", "validation.manifest", "classes.json", "report.json"
_HASH_RANGE = 1 << 64


class Label(Protocol):
    """One picture's label, as an algorithm's `label_type` decodes it."""

    @property
    def class_ids(self) -> tuple[int, ...]:
        """One for each labelled object."""
        ...

    def renumbered(self, new_ids: Mapping[int, int]) -> Self:
        """The label with other class ids."""
        ...


class LeftOut(StrEnum):
    """Why a line is not trained on."""

    NO_PICTURE = "no source-ref that is an s3:// URI"
    FAILED = "labelling failed"
    UNLABELLED = "not labelled"
    NO_OBJECTS = "no objects"


class Sample(NamedTuple):
    """A usable line."""

    line: Line
    source_ref: str
    label: Label
    class_names: Mapping[int, str]


class ClassReport(msgspec.Struct, frozen=True):
    """A class as trained (`id`), as the manifest numbers it (`source_id`), and how many objects it has."""

    id: int
    name: str
    source_id: int
    objects: int


class Report(msgspec.Struct, frozen=True):
    """What a dataset was made from and what it holds; report.json. The last file written: where it is, all are."""

    dataset: str
    source: Pinned
    task: Task
    algorithm: str
    label_attribute: str
    label_attribute_rule: str
    classes: tuple[ClassReport, ...]
    lines: int
    left_out: dict[str, int]
    train_samples: int
    validation_samples: int
    max_objects: int
    validation_share: float

    @property
    def class_names(self) -> tuple[str, ...]:
        """By id."""
        return tuple(entry.name for entry in self.classes)


class Split(msgspec.Struct, frozen=True):
    """Which pictures validate: those whose hash lies below a share of its range, wherever else they come from.

    A picture keeps its side in every retraining. Where the share alone would leave a side empty, the lowest hash
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

    def __init__(self, categories: Iterable[str]) -> None:
        self.class_names: dict[int, str] = dict(enumerate(categories))
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
                    f"before it was {self.class_names[class_id]!r}."
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
            InvalidLabel: an object's class has a name on no line.
            NotEnoughSamples: fewer than two different pictures are usable.
        """
        for class_id in self.objects.keys() - self.class_names.keys():
            raise InvalidLabel(
                f"manifest line {self._first_line_of[class_id]} has an object of class {class_id}, "
                f"which no class-map names; named are {sorted(self.class_names.items())}."
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
        """The classes in the order of their source ids, numbered 0…n-1."""
        names = sorted(self.class_names.items())
        return tuple(
            ClassReport(new, name, source_id, self.objects[source_id]) for new, (source_id, name) in enumerate(names)
        )


class FrozenDataset(NamedTuple):
    """The files of a dataset in a local folder, and their report."""

    folder: Path
    report: Report


def freeze(
    manifest: Path,
    attribute: LabelAttribute,
    label_type: type[Label],
    *,
    algorithm: str,
    source: Pinned,
    categories: Iterable[str],
    validation_share: float,
    folder: Path,
) -> FrozenDataset:
    """Write the dataset of a local manifest into `folder`; two passes, one line in memory at a time.

    Raises:
        ManifestError: any of its kinds that speak of lines, labels and samples.
    """
    survey = Survey(categories)
    for found in samples(manifest, attribute, label_type):
        survey.add(found)
    survey.check()
    classes = survey.class_reports()
    split = Split(validation_share, survey.lowest, survey.highest)
    usable = (found for found in samples(manifest, attribute, label_type) if isinstance(found, Sample))
    counts = _write_split(usable, attribute.name, classes, split, folder)
    (folder / CLASSES).write_bytes(_lines_of([{"id": entry.id, "name": entry.name} for entry in classes]))
    report = Report(
        dataset=_digest(folder / name for name in (TRAIN, VALIDATION, CLASSES)),
        source=source,
        task=attribute.task,
        algorithm=algorithm,
        label_attribute=attribute.name,
        label_attribute_rule=attribute.rule,
        classes=classes,
        lines=survey.lines,
        left_out={reason.value: count for reason, count in sorted(survey.left_out.items())},
        train_samples=counts[TRAIN],
        validation_samples=counts[VALIDATION],
        max_objects=survey.max_objects,
        validation_share=validation_share,
    )
    return FrozenDataset(folder, report)


def samples(manifest: Path, attribute: LabelAttribute, label_type: type[Label]) -> Iterator[Sample | LeftOut]:
    """Every line of a manifest as a sample, or the reason why it is none.

    Raises:
        UnreadableManifest: a label or its metadata has another form than its task's.
    """
    return (_sample(line, attribute.name, label_type) for line in read_lines(manifest))


def _sample(line: Line, attribute: str, label_type: type[Label]) -> Sample | LeftOut:
    metadata, raw = line.metadata(attribute), line.values.get(attribute)
    if line.source_ref is None:
        return LeftOut.NO_PICTURE
    if metadata is not None and metadata.failure_reason is not None:
        return LeftOut.FAILED
    if raw is None or metadata is None:
        return LeftOut.UNLABELLED
    label: Label = line.decoded(raw, label_type, attribute)
    if not label.class_ids:
        return LeftOut.NO_OBJECTS
    return Sample(line, line.source_ref, label, metadata.class_names(line.number))


def _write_split(
    usable: Iterable[Sample], attribute: str, classes: tuple[ClassReport, ...], split: Split, folder: Path
) -> Counter[str]:
    new_ids = {entry.source_id: entry.id for entry in classes}
    class_map = {str(entry.id): entry.name for entry in classes}
    counts: Counter[str] = Counter()
    with (folder / TRAIN).open("wb") as train, (folder / VALIDATION).open("wb") as validation:
        for sample in usable:
            name, file = (VALIDATION, validation) if split.validates(sample.source_ref) else (TRAIN, train)
            file.write(_lines_of([_frozen_line(sample, attribute, new_ids, class_map)]))
            counts[name] += 1
    return counts


def _frozen_line(
    sample: Sample, attribute: str, new_ids: Mapping[int, int], class_map: Mapping[str, str]
) -> dict[str, Any]:
    """A line that is itself a Ground Truth line, so that a frozen dataset can be put into an inbox again."""
    metadata = msgspec.json.decode(sample.line.values[attribute + METADATA_SUFFIX])
    used = sorted({new_ids[class_id] for class_id in sample.label.class_ids})
    return {
        SOURCE_REF: sample.source_ref,
        attribute: sample.label.renumbered(new_ids),
        attribute + METADATA_SUFFIX: metadata | {"class-map": {str(new): class_map[str(new)] for new in used}},
    }


def _lines_of(values: Iterable[Any]) -> bytes:
    return b"".join(msgspec.json.encode(value) + b"\n" for value in values)


def _place(source_ref: str) -> int:
    return int.from_bytes(hashlib.sha256(source_ref.encode()).digest()[:8], "big")


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]

"""From checked manifests to a frozen dataset: one class map, ids 0…n-1, a split that stays."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec

from labelloop.labels import Classes
from labelloop.manifest import Line
from labelloop.manifest_file import content_of
from labelloop.preflight import Preflight
from labelloop.report import Report
from labelloop.samples import Sample
from labelloop.survey import Split, place_of
from labelloop.tasks import METADATA_SUFFIX, SOURCE_REF

TRAIN, VALIDATION, CLASSES, REPORT = "train.manifest", "validation.manifest", "classes.json", "report.json"


class FrozenDataset(NamedTuple):
    """The files of a dataset in a local folder, and their report."""

    folder: Path
    report: Report


def freeze(checked: Preflight, report: Report, folder: Path) -> FrozenDataset:
    """Write the dataset of manifests that preflight let through into `folder`; one line in memory at a time."""
    (folder / CLASSES).write_bytes(_lines_of([{"id": entry.id, "name": entry.name} for entry in report.classes]))
    split = Split(report.validation_share)
    with (folder / TRAIN).open("wb") as train, (folder / VALIDATION).open("wb") as validation:
        training, validating = _Side(train), _Side(validation)
        for source_ref, line in _lines(checked, report.label_attribute):
            (validating if split.validates(source_ref) else training).write(source_ref, line)
        # An empty channel would be an empty batch. What stands in keeps its own side, so that no picture ever moves.
        if not validating.count:
            validation.write(training.first)
        if not training.count:
            train.write(validating.last)
    digest = _digest(report.algorithm, (folder / name for name in (TRAIN, VALIDATION, CLASSES)))
    return FrozenDataset(folder, msgspec.structs.replace(report, dataset=digest))


class _Side:
    """One of the two manifests; `first` and `last` are its lines with the lowest and the highest place."""

    def __init__(self, file: BinaryIO) -> None:
        self.count = 0
        self.first = self.last = b""
        self._lowest, self._highest = 1 << 64, -1
        self._file = file

    def write(self, source_ref: str, line: bytes) -> None:
        place = place_of(source_ref)
        self._file.write(line)
        self.count += 1
        if place < self._lowest:
            self._lowest, self.first = place, line
        if place > self._highest:
            self._highest, self.last = place, line


def _lines(checked: Preflight, attribute: str) -> Iterator[tuple[str, bytes]]:
    """Every line of the dataset with its picture, in an order that does not depend on which manifest came first."""
    parts = zip(checked.sources, checked.classes, checked.left_out, checked.inspected, strict=True)
    for source, classes, left_out, files in sorted(parts, key=lambda part: part[0].file.id):
        for sample in source.read(keep_texts=True):
            if isinstance(sample, Sample) and sample.number not in left_out:
                yield sample.source_ref, _lines_of([_frozen_line(sample, attribute, classes, files.repaired)])


def _frozen_line(sample: Sample, attribute: str, classes: Classes, repaired: Mapping[str, str]) -> dict[str, Any]:
    """A line that is itself a Ground Truth line, so that a frozen dataset can be put into an inbox again."""
    line = Line.from_json(sample.number, content_of(sample.number, sample.text))
    metadata = msgspec.json.decode(line.values[line.metadata_key(sample.attribute)], type=dict[str, msgspec.Raw])
    label, metadata = sample.label.frozen(metadata, classes)
    label = repaired.get(label, label) if isinstance(label, str) else label
    return {SOURCE_REF: sample.source_ref, attribute: label, attribute + METADATA_SUFFIX: metadata}


def _lines_of(values: Iterable[Any]) -> bytes:
    return b"".join(msgspec.json.encode(value) + b"\n" for value in values)


def _digest(algorithm: str, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256(algorithm.encode())
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]

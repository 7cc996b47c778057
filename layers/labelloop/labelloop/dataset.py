"""From a manifest to a frozen dataset: one class map, ids 0…n-1, a split that stays."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from labelloop.label_attribute import LabelAttribute
from labelloop.labels import Classes, Label
from labelloop.report import ClassReport, Report
from labelloop.run import Pinned
from labelloop.samples import Sample, samples
from labelloop.survey import Split, Survey
from labelloop.tasks import METADATA_SUFFIX, SOURCE_REF

TRAIN, VALIDATION, CLASSES = "train.manifest", "validation.manifest", "classes.json"


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
    categories: Sequence[str],
    validation_share: float,
    folder: Path,
) -> FrozenDataset:
    """Write the dataset of a local manifest into `folder`; two passes, one line in memory at a time.

    Raises:
        ManifestError: any of its kinds that speak of lines, labels and samples.
    """
    survey = Survey(label_type, categories)
    for found in samples(manifest, attribute, label_type):
        survey.add(found)
    survey.check()
    classes = survey.class_reports()
    split = Split(validation_share, survey.lowest, survey.highest)
    usable = (found for found in samples(manifest, attribute, label_type) if isinstance(found, Sample))
    counts = _write_files(usable, attribute.name, classes, split, folder)
    report = Report(
        dataset=_digest(algorithm, (folder / name for name in (TRAIN, VALIDATION, CLASSES))),
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


def _write_files(
    usable: Iterable[Sample], attribute: str, classes: tuple[ClassReport, ...], split: Split, folder: Path
) -> Counter[str]:
    (folder / CLASSES).write_bytes(_lines_of([{"id": entry.id, "name": entry.name} for entry in classes]))
    numbering = Classes({entry.source_id: entry.id for entry in classes}, [entry.name for entry in classes])
    counts: Counter[str] = Counter()
    with (folder / TRAIN).open("wb") as train, (folder / VALIDATION).open("wb") as validation:
        for sample in usable:
            name, file = (VALIDATION, validation) if split.validates(sample.source_ref) else (TRAIN, train)
            file.write(_lines_of([_frozen_line(sample, attribute, numbering)]))
            counts[name] += 1
    return counts


def _frozen_line(sample: Sample, attribute: str, classes: Classes) -> dict[str, Any]:
    """A line that is itself a Ground Truth line, so that a frozen dataset can be put into an inbox again."""
    metadata = msgspec.json.decode(sample.line.values[sample.line.metadata_key(attribute)])
    label, metadata = sample.label.frozen(metadata, classes)
    return {SOURCE_REF: sample.source_ref, attribute: label, attribute + METADATA_SUFFIX: metadata}


def _lines_of(values: Iterable[Any]) -> bytes:
    return b"".join(msgspec.json.encode(value) + b"\n" for value in values)


def _digest(algorithm: str, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256(algorithm.encode())
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]

"""The labels of several manifests as those of one dataset: which line speaks for a picture, how classes are called.

The result is the same whatever the order in which manifests came, and however often.
"""

import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec
import xxhash

from labelloop.algorithms import algorithm_for
from labelloop.checks import Check, classes, dataset, lines
from labelloop.findings import Findings
from labelloop.label_attribute import LabelAttribute
from labelloop.label_file import LabelFile
from labelloop.labels import Classes, Label, Renumbered
from labelloop.labels.boxes import BoxLabel
from labelloop.moments import moment
from labelloop.report import ClassReport, Report
from labelloop.sample_reader import SampleReader
from labelloop.samples import LeftOut, Sample
from labelloop.settings import Settings
from labelloop.survey import Survey, place_of, places_taken_twice
from labelloop.tasks import SOURCE_REF

_CONTRADICTED = -1  # is no label's digest, so that a third label of that time contradicts it too


class InspectedFiles(NamedTuple):
    """What was found by looking at the files that a manifest names.

    Attributes:
        refused: numbers of the lines that cannot be trained on, with the check that each failed.
        repaired: masks that were written anew, by their old URI.
    """

    refused: Mapping[int, Check] = {}
    repaired: Mapping[str, str] = {}


class Source(NamedTuple):
    """One manifest, read once.

    Attributes:
        inspected: what was found when it was put, where that was before and no mask was painted anew for others.
    """

    file: LabelFile
    attribute: LabelAttribute
    label_type: type[Label]
    survey: Survey
    inspected: InspectedFiles | None = None

    def read(self, *, keep_texts: bool = False) -> SampleReader:
        """Its lines once more."""
        return SampleReader(self.file.path, self.attribute, self.label_type, Findings(), keep_texts=keep_texts)


class _Contender(NamedTuple):
    """A line that could speak for a picture; the greatest does. `class_ids` are None where it says: do not train.

    `place` is its source's among the sources, `label` a digest of the label with the dataset's class ids, whatever the
    order of its objects: where a project's manifests repeat each other, there is one of these for each picture.
    """

    created: str
    source: str
    number: int
    place: int
    class_ids: tuple[int, ...] | None
    label: int

    @classmethod
    def from_entry(cls, entry: Sample | LeftOut, index: int, source: str, classes: Classes) -> "_Contender":
        if isinstance(entry, LeftOut):
            return cls(moment(entry.created), source, entry.number, index, None, 0)
        label, _ = entry.label.frozen({}, classes)
        objects = label.annotations if isinstance(label, BoxLabel) else label
        in_order = sorted(map(msgspec.json.encode, objects)) if isinstance(objects, list | tuple) else objects
        digest = xxhash.xxh3_64_intdigest(msgspec.json.encode(in_order))
        return cls(sys.intern(moment(entry.created)), source, entry.number, index, tuple(entry.label.class_ids), digest)


def merged_classes(sources: Sequence[Source], *, settled: bool) -> tuple[Classes, ...]:
    """The dataset's classes, for each source. Where settled, without those that no line is left to show.

    The pixels of masks keep their values, so there all classes stay; and those that a labeling job offers stay.
    """
    label_type = sources[-1].label_type
    without_unused = settled and issubclass(label_type, Renumbered)
    surveys = [source.survey for source in sources]
    return tuple(
        label_type.merged([survey.shown_names if without_unused else survey.class_names for survey in surveys])
    )


def _check_between(loser: _Contender, winner: _Contender) -> Check:
    if loser.place == winner.place:
        return lines.DUPLICATE_SOURCE_REF
    conflict = loser.created == winner.created and loser.label != winner.label
    return dataset.LABELS_CONFLICT if conflict else dataset.LABEL_REPLACED


def dataset_report(sources: Sequence[Source], of_sources: Sequence[Classes], settings: Settings) -> Report:
    """Of the dataset that the sources make together; it has no id before it is frozen."""
    new, surveys = sources[-1], [source.survey for source in sources]
    training = [survey.training for survey in surveys]
    validation = [survey.validation for survey in surveys]
    objects = _by_class([side.objects for side in (*training, *validation)], [*of_sources, *of_sources])
    trained = _by_class([side.pictures for side in training], of_sources)
    validated = _by_class([side.pictures for side in validation], of_sources)
    names = of_sources[-1].names
    left_out = sum((survey.left_out for survey in surveys), Counter[Check]())
    train_samples, validation_samples = (sum(side.samples for side in sides) for sides in (training, validation))
    return Report(
        dataset="",
        sources=tuple(source.file.manifest for source in sources),
        task=new.attribute.task,
        algorithm=algorithm_for(new.attribute.task, settings.algorithm).name,
        label_attribute=min(source.attribute.name for source in sources),
        label_attribute_rule=new.attribute.rule,
        classes=tuple(
            ClassReport(new_id, name, objects[new_id], trained[new_id], validated[new_id])
            for new_id, name in enumerate(names)
        ),
        lines=sum(survey.lines for survey in surveys),
        left_out={check.code: count for check, count in sorted(left_out.items(), key=lambda entry: entry[0].code)},
        train_samples=train_samples or min(1, validation_samples),
        validation_samples=validation_samples or min(1, train_samples),
        max_objects=max(survey.max_objects for survey in surveys),
        validation_share=settings.validation_share,
    )


def _by_class(counts: Sequence[Counter[int]], of_sources: Sequence[Classes]) -> Counter[int]:
    """Counts by source id, added up by new id."""
    total: Counter[int] = Counter()
    for counter, classes_of_one in zip(counts, of_sources, strict=True):
        for class_id, count in counter.items():
            if class_id in classes_of_one.new_ids:
                total[classes_of_one.new_ids[class_id]] += count
    return total


def settle(
    sources: Sequence[Source],
    of_sources: Sequence[Classes],
    refused: Sequence[Mapping[int, Check]],
    findings: Findings,
) -> tuple[Collection[int], ...]:
    """Leave out what must be, by line number of each source: older labels, unnamed classes, refused pictures.

    The surveys count what is left. Findings are told of the last source, which is the new one.
    """
    twice = places_taken_twice([source.survey for source in sources])
    settling = _Settling(sources, of_sources, findings)
    for index, (source, refused_of_source) in enumerate(zip(sources, refused, strict=True)):
        unnamed = source.survey.class_ids - source.survey.class_names.keys()
        if twice or unnamed or refused_of_source:
            settling.read(index, twice, unnamed, refused_of_source)
    return tuple(settling.left_out)


class _Settling:
    def __init__(self, sources: Sequence[Source], of_sources: Sequence[Classes], findings: Findings) -> None:
        self.left_out: list[set[int]] = [set() for _ in sources]
        self._sources, self._classes, self._findings = sources, of_sources, findings
        self._speaks: dict[str, _Contender] = {}

    def read(self, index: int, twice: Collection[int], unnamed: Collection[int], refused: Mapping[int, Check]) -> None:
        """A source's own lines contend first, so that the order of sources makes no difference."""
        speaks: dict[str, _Contender] = {}
        for entry in self._sources[index].read():
            if isinstance(entry, LeftOut) and not entry.withdraws:
                continue
            ids = () if isinstance(entry, LeftOut) else entry.label.class_ids
            if entry.number in refused and isinstance(entry, Sample):
                self._leave_out(index, entry.number, entry.source_ref, ids, refused[entry.number])
            elif isinstance(entry, Sample) and (nameless := sorted(set(ids) & set(unnamed))):
                self._tell_nameless(index, entry, nameless[0])
                self._leave_out(index, entry.number, entry.source_ref, ids, classes.CLASS_NOT_IN_MAP)
            elif place_of(entry.source_ref) in twice:
                contender = _Contender.from_entry(entry, index, self._sources[index].file.id, self._classes[index])
                self._contend(speaks, entry.source_ref, contender)
        for source_ref, contender in speaks.items():
            self._contend(self._speaks, source_ref, contender)

    def _tell_nameless(self, index: int, sample: Sample, class_id: int) -> None:
        if self._is_new(index):
            pointer = (sample.attribute, *sample.label.place_of(class_id))
            message = f"class {class_id} has no name"
            self._findings.add(classes.CLASS_NOT_IN_MAP, message, line=sample.number, pointer=pointer, value=class_id)

    def _contend(self, speaks: dict[str, _Contender], source_ref: str, new: _Contender) -> None:
        old = speaks.setdefault(source_ref, new)
        if old is new:
            return
        loser, winner = sorted((old, new))
        check = _check_between(loser, winner)
        self._tell(check, source_ref, loser, winner)
        self._withdraw(loser, source_ref, check)
        if check is dataset.LABELS_CONFLICT:
            self._withdraw(winner, source_ref, check)
            winner = winner._replace(class_ids=None, label=_CONTRADICTED)
        speaks[source_ref] = winner

    def _tell(self, check: Check, source_ref: str, loser: _Contender, winner: _Contender) -> None:
        if loser.place == winner.place:
            same = loser.created == winner.created
            message = f"line {winner.number} has {'the same date and stands later' if same else 'a newer label'}"
            self._note(loser.place, check, f"{message}: {source_ref}", loser.number, source_ref)
        elif loser.label != winner.label:
            new, other = (winner, loser) if self._is_new(winner.place) else (loser, winner)
            where = f"line {other.number} of {self._sources[other.place].file.manifest.uri}"
            replaced = f"it replaces {where}" if new is winner else f"{where} is newer"
            undated = "" if loser.created else "; the label left out has no creation-date that can be read"
            conflict = f"{where} labels {source_ref} differently, at the same time"
            message = conflict if check is dataset.LABELS_CONFLICT else replaced + undated
            self._note(new.place, check, message, new.number, source_ref)

    def _is_new(self, index: int) -> bool:
        return index == len(self._sources) - 1

    def _note(self, index: int, check: Check, message: str, line: int, uri: str = "") -> None:
        if self._is_new(index):
            self._findings.add(check, message, line=line, pointer=(SOURCE_REF,), uri=uri)

    def _withdraw(self, contender: _Contender, source_ref: str, check: Check) -> None:
        if contender.class_ids is not None:
            self._leave_out(contender.place, contender.number, source_ref, contender.class_ids, check)

    def _leave_out(self, index: int, number: int, source_ref: str, class_ids: Sequence[int], check: Check) -> None:
        survey = self._sources[index].survey
        self.left_out[index].add(number)
        survey.side(source_ref).withdraw(class_ids)
        survey.left_out[check] += 1

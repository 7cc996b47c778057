"""What would become of a manifest: every check, before anything is spent."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from labelloop import algorithms, dataset_checks
from labelloop.checks import Level, all_checks, dataset, labels, lines
from labelloop.errors import ManifestRefused
from labelloop.file_form import check_form
from labelloop.findings import Findings, counted
from labelloop.label_attribute import AttributesSeen, LabelAttribute
from labelloop.label_file import LabelFile
from labelloop.labels import Classes
from labelloop.manifest_file import read_lines
from labelloop.merging import InspectedFiles, Source, dataset_report, merged_classes, settle
from labelloop.report import Report
from labelloop.settings import Settings
from labelloop.survey import Split, Survey
from labelloop.surveying import Plan, survey_manifest

_BEGINNING = 200  # lines that are looked at to find the label attribute; later ones are heard too


Inspect = Callable[[Sequence[Source], Sequence[Classes], Findings], tuple[InspectedFiles, ...]]


class Preflight(NamedTuple):
    """The outcome: what was found and, unless the run stops, all that a dataset is made from.

    Attributes:
        sources: the manifests, the new one last.
        classes: of each source, as those of the dataset.
        left_out: line numbers of each source, beside those that the reader leaves out.
        inspected: the files of each source.
        report: the dataset's, with no id yet.
    """

    findings: Findings
    sources: tuple[Source, ...] = ()
    classes: tuple[Classes, ...] = ()
    left_out: tuple[frozenset[int], ...] = ()
    inspected: tuple[InspectedFiles, ...] = ()
    report: Report | None = None

    @property
    def stops(self) -> bool:
        """Whether there is nothing to train on."""
        return self.report is None or self.findings.has(Level.STOPS)

    def refusal(self) -> ManifestRefused:
        """Where it stops: the gravest finding as an error, and how many more there are."""
        stopping = [result for result in self.findings.results() if result.level is Level.STOPS]
        first, others = stopping[0].findings[0], len(stopping) - 1
        more = f"; {counted(others, 'more check stops', 'more checks stop')} the run" if others else ""
        return ManifestRefused(all_checks()[stopping[0].code], first.message + more, line=first.line)


def preflight(
    file: LabelFile,
    settings: Settings,
    *,
    earlier: Sequence[Source] = (),
    inspect: Inspect | None = None,
    processes: int = 1,
) -> Preflight:
    """Check a manifest, together with those that its project has already.

    Args:
        earlier: those; their surveys become what is left of them.
        inspect: looks at the files that manifests name.
        processes: how many may read a large manifest.

    Raises:
        InvalidSettings: project.json contradicts the labels or the algorithm.
    """
    findings = Findings()
    try:
        new = read_source(file, settings, findings, processes)
        sources = (*_fitting(earlier, new, settings, findings), new)
    except ManifestRefused as refusal:
        findings.add(refusal.check, refusal.what, line=refusal.line, pointer=refusal.pointer, value=refusal.value)
        return Preflight(findings)
    dataset_checks.check_first_id(new, findings)
    classes = merged_classes(sources, settled=False)
    found = inspect(sources, classes, findings) if inspect else (InspectedFiles(),) * len(sources)
    left_out = tuple(map(frozenset, settle(sources, classes, [files.refused for files in found], findings)))
    classes = merged_classes(sources, settled=True)
    report = dataset_report(sources, classes, settings)
    dataset_checks.check_dataset(sources, report, settings, findings)
    return Preflight(findings, sources, classes, left_out, found, report)


def read_source(file: LabelFile, settings: Settings, findings: Findings, processes: int = 1) -> Source:
    """Find a manifest's labels and survey them.

    Raises:
        ManifestRefused: it is no manifest, or there are no labels that can be meant.
        InvalidSettings: the algorithm of project.json is for another task.
    """
    check_form(file.path)
    wanted = file.label_attribute
    seen = _attributes_of_beginning(file.path, wanted)
    while True:
        attribute = _chosen(seen, file)
        label_type = algorithms.algorithm_for(attribute.task, settings.algorithm).label_type
        plan = Plan(file.path, attribute, label_type, file.categories, Split(settings.validation_share))
        survey, own, heard = survey_manifest(plan, processes)
        seen = seen.heard(heard)
        if _chosen(seen, file) == attribute:
            break  # else a line beyond the beginning has an attribute that makes a difference
    _sum_up(own, survey)
    findings.update(own)
    _check_attribute(attribute, findings)
    return Source(file, attribute, label_type, survey)


def _attributes_of_beginning(path: Path, wanted: str | None) -> AttributesSeen:
    """Of some lines, or of as many as it takes: those of a job that was stopped may begin with unlabelled ones."""
    seen, count = AttributesSeen(), 0
    for count, line in enumerate(read_lines(path), start=1):
        seen.note(line)
        if count >= _BEGINNING and seen.has_labels(wanted):
            break
    if not count:
        raise ManifestRefused(lines.MANIFEST_NOT_JSON_LINES, "no line is a JSON object")
    return seen


def _sum_up(own: Findings, survey: Survey) -> None:
    """Tell of line ends once, for they are a matter of the file."""
    count = own.count(lines.CARRIAGE_RETURNS)
    if count:
        all_lines = counted(survey.lines + own.count(lines.BLANK_LINE), "line ends", "lines end")
        own.sum_up(lines.CARRIAGE_RETURNS, f"{count:,} of {all_lines} with \\r\\n")


def _chosen(seen: AttributesSeen, file: LabelFile) -> LabelAttribute:
    """The label attribute; where several could be meant, all lines are read, so that those of each are counted."""
    try:
        return seen.choose(file.label_attribute)
    except ManifestRefused as refusal:
        if refusal.check is not labels.LABEL_ATTRIBUTE_AMBIGUOUS:
            raise
    every = AttributesSeen()
    for line in read_lines(file.path):
        every.note(line)
    return every.choose(file.label_attribute)


def _check_attribute(attribute: LabelAttribute, findings: Findings) -> None:
    if not attribute.is_usual:
        findings.add(labels.LABEL_ATTRIBUTE_NAME_UNUSUAL, f"it is called {attribute.name!r}", value=attribute.name)
    if attribute.unclear:
        message = f"there are verdicts under {', '.join(attribute.unclear)}, and labels of several jobs"
        findings.add(labels.VERDICTS_UNCLEAR, message, value=attribute.unclear)
    if attribute.originals:
        findings.add(labels.ADJUSTED_LABELS, f"{attribute.name!r}: {attribute.rule}", value=attribute.name)


def _fitting(earlier: Sequence[Source], new: Source, settings: Settings, findings: Findings) -> list[Source]:
    """Those of the project's manifests that make a dataset with the new one."""
    others = [source for source in earlier if source.file.id != new.file.id]
    if settings.label_attribute is not None:
        aside = [source for source in others if source.attribute.name != settings.label_attribute]
        for source in aside:
            message = f"{source.file.manifest.uri} has {source.attribute.name!r}"
            findings.add(dataset.MANIFESTS_LAID_ASIDE, message, uri=source.file.manifest.uri)
        others = [source for source in others if source not in aside]
    tasks = {source.attribute.task for source in others} - {new.attribute.task}
    if tasks:
        of_others = next(source for source in others if source.attribute.task in tasks).file
        message = (
            f"they are for {new.attribute.task}, the project's for {', '.join(sorted(tasks))}, as in "
            f"{of_others.manifest.uri} (sources/{of_others.id}/)"
        )
        raise ManifestRefused(dataset.TASK_DIFFERS, message, value=new.attribute.task)
    return others

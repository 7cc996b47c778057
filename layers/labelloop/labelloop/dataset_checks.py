"""Checks of what a manifest comes to: how much of it is left, its classes, and what project.json makes of it."""

from collections import Counter
from collections.abc import Sequence

from labelloop.algorithms import algorithm_named
from labelloop.checks import Check, boxes, classes, dataset, lines
from labelloop.errors import ManifestRefused
from labelloop.findings import Findings
from labelloop.merging import Source
from labelloop.report import ClassReport, Report
from labelloop.samples import IGNORED
from labelloop.settings import Settings

FEW_PICTURES = 10  # of a class
IMBALANCE = 20  # times as many objects of one class as of another
MANY_LEFT_OUT = 0.2
LEAST_PICTURES = 2
BUCKETS_NAMED = 5
MOST_ARE_SHARES = 0.9  # of all boxes; the rest may be mistakes of their own


def check_manifest(source: Source, findings: Findings, invalid_share: float) -> None:
    """How much of the new manifest is left."""
    survey = source.survey
    left_out = survey.left_out.total()
    invalid = sum(count for check, count in survey.left_out.items() if check not in IGNORED)
    reasons = ", ".join(f"{count} {check.code}" for check, count in sorted(survey.left_out.items(), key=_by_code))
    if invalid > invalid_share * survey.lines:
        message = f"{invalid} of {survey.lines} lines are invalid, more than {invalid_share:.0%} ({reasons})"
        findings.add(dataset.TOO_MANY_INVALID_LINES, message)
    if left_out > MANY_LEFT_OUT * survey.lines:
        findings.add(dataset.MANY_LINES_LEFT_OUT, f"{left_out} of {survey.lines} lines are left out ({reasons})")
    _check_shares(source, findings)
    if len(survey.buckets) > 1:
        named = ", ".join(sorted(survey.buckets)[:BUCKETS_NAMED])
        message = f"there are {len(survey.buckets)} buckets: {named}"
        findings.add(lines.PICTURES_IN_SEVERAL_BUCKETS, message)


def _check_shares(source: Source, findings: Findings) -> None:
    """Each such box was noted where it stands; what they mean shows in all of them."""
    shares = findings.count(boxes.BOX_LIKE_SHARES)
    objects = sum(side.objects.total() for side in (source.survey.training, source.survey.validation))
    if shares and shares >= MOST_ARE_SHARES * objects:
        message = f"{shares:,} of {max(shares, objects):,} boxes have no number above 1"
        findings.sum_up(boxes.BOX_LIKE_SHARES, message, boxes.BOXES_ARE_SHARES)


def check_classes(sources: Sequence[Source], report: Report, findings: Findings) -> None:
    """Ids and names, and how often each class is shown."""
    _check_ids(sources[-1], findings)
    shown = [entry for entry in report.classes if entry.objects]
    given = {name for source in sources for name in source.survey.class_names.values()}
    for entry in report.classes:
        _check_pictures(entry, report, findings, is_named=entry.name in given)
    most, least = (pick(shown, key=lambda entry: entry.objects, default=None) for pick in (max, min))
    if most and least and most.objects > IMBALANCE * least.objects:
        message = f"{most.name!r} has {most.objects} objects, {least.name!r} {least.objects}"
        findings.add(classes.CLASS_IMBALANCE, message, value=least.name)


def _check_ids(source: Source, findings: Findings) -> None:
    names = source.survey.class_names
    highest = max(names, default=-1)
    if highest >= len(names):
        first = next(class_id for class_id in range(highest) if class_id not in names)
        message = f"{highest + 1 - len(names)} ids below {highest} have no name, the first is {first}"
        findings.add(classes.CLASS_IDS_SPARSE, message, value=sorted(names))
    for name, count in Counter(names.values()).items():
        if count > 1:
            ids = [class_id for class_id, other in sorted(names.items()) if other == name]
            findings.add(classes.CLASS_NAMES_EQUAL, f"{name!r} has the ids {ids}", value=name)


def _check_pictures(entry: ClassReport, report: Report, findings: Findings, *, is_named: bool) -> None:
    pictures = entry.train_pictures + entry.validation_pictures
    if not pictures:
        if is_named:
            findings.add(classes.CLASS_WITHOUT_SAMPLES, f"no picture shows {entry.name!r}", value=entry.name)
        return
    if pictures < FEW_PICTURES:
        message = f"{entry.name!r} is shown by {pictures} pictures, fewer than {FEW_PICTURES}"
        findings.add(classes.CLASS_WITH_FEW_SAMPLES, message, value=entry.name)
    told = f"of {pictures} pictures with {entry.name!r}"
    if not entry.validation_pictures and report.validation_samples:
        findings.add(classes.VALIDATION_LACKS_CLASS, f"{told} none validates", value=entry.name)
    if not entry.train_pictures and report.train_samples:
        findings.add(classes.TRAINING_LACKS_CLASS, f"{told} none is trained on", value=entry.name)


def check_samples(sources: Sequence[Source], report: Report, settings: Settings, findings: Findings) -> None:
    """Whether there are pictures enough, and hyperparameters that fit them."""
    training, validation = (
        sum(getattr(source.survey, side).samples for source in sources) for side in ("training", "validation")
    )
    if training + validation < LEAST_PICTURES:
        message = f"{training + validation} of {report.lines} lines are usable; {LEAST_PICTURES} pictures are the least"
        findings.add(dataset.NOT_ENOUGH_PICTURES, message)
        return
    for side, samples in (("training", training), ("validation", validation)):
        if not samples:
            message = f"{side} has none of {training + validation} pictures"
            findings.add(dataset.SPLIT_SIDE_EMPTY, message)
    try:
        algorithm_named(report.algorithm).hyperparameters(report, settings.hyperparameters)
    except ManifestRefused as refusal:
        findings.add(refusal.check, refusal.what, value=refusal.value)


def _by_code(entry: tuple[Check, int]) -> str:
    return entry[0].code

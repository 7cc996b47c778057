"""Checks of what a manifest comes to: how much of it is left, its classes, and what project.json makes of it."""

from collections import Counter
from collections.abc import Sequence

from labelloop.algorithms import algorithm_named
from labelloop.checks import Check, boxes, classes, dataset, lines
from labelloop.errors import ManifestRefused
from labelloop.findings import Findings, counted
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


def check_first_id(source: Source, findings: Findings) -> None:
    """Whether the labels count classes from 1 on, and those who name them from 0 on; before any line is left out."""
    used, count = set(source.survey.class_ids), len(source.survey.class_ids)
    from_zero = set(range(count))
    job_s = source.label_type.category_names(source.file.categories).keys()
    if used and used == set(range(1, count + 1)) and from_zero in (source.survey.class_names.keys(), job_s):
        namer = "the class map" if source.survey.class_names.keys() == from_zero else "the labeling job's list"
        message = f"ids run from 1 to {count:,}, {namer} from 0 to {count - 1:,}"
        findings.add(classes.CLASS_IDS_BEGIN_WITH_1, message)


def check_dataset(sources: Sequence[Source], report: Report, settings: Settings, findings: Findings) -> None:
    """How much of the new manifest is left, the classes, and what project.json makes of them.

    Where too many lines are invalid, or it was told why, nothing is said of the rest: it is not what is trained on.

    Raises:
        InvalidSettings: project.json contradicts the labels or the algorithm.
    """
    new = sources[-1]
    _check_shares(new, findings)
    _check_buckets(new, findings)
    _check_ids(new, findings)
    is_explained = findings.count(classes.CLASS_IDS_BEGIN_WITH_1) > 0
    if not is_explained and not _is_invalid(new, findings, settings.invalid_share):
        _check_left_out(new, findings)
        _check_classes(sources, report, findings)
        _check_samples(sources, report, settings, findings)


def _is_invalid(source: Source, findings: Findings, invalid_share: float) -> bool:
    survey = source.survey
    invalid = Counter({check: count for check, count in survey.left_out.items() if check not in IGNORED})
    if invalid.total() <= invalid_share * survey.lines:
        return False
    most, _ = max(sorted(invalid.items(), key=_by_code), key=lambda entry: entry[1])
    are = counted(survey.lines, "line is", "lines are")
    message = (
        f"{invalid.total():,} of {are} invalid, more than {invalid_share:.0%} ({_reasons(source)}). "
        f"Way out of {most.code}: {most.fix.removesuffix('.')}"
    )
    findings.add(dataset.TOO_MANY_INVALID_LINES, message)
    return True


def _check_left_out(source: Source, findings: Findings) -> None:
    left_out, lines_read = source.survey.left_out.total(), source.survey.lines
    if left_out > MANY_LEFT_OUT * lines_read:
        message = f"{left_out:,} of {counted(lines_read, 'line is', 'lines are')} left out ({_reasons(source)})"
        findings.add(dataset.MANY_LINES_LEFT_OUT, message)


def _reasons(source: Source) -> str:
    """Why lines are left out, and how many each."""
    return ", ".join(f"{count:,} {check.code}" for check, count in sorted(source.survey.left_out.items(), key=_by_code))


def _check_buckets(source: Source, findings: Findings) -> None:
    buckets = source.survey.buckets
    if len(buckets) > 1:
        message = f"there are {len(buckets):,} buckets: {', '.join(sorted(buckets)[:BUCKETS_NAMED])}"
        findings.add(lines.PICTURES_IN_SEVERAL_BUCKETS, message)


def _check_shares(source: Source, findings: Findings) -> None:
    """Each such box was noted where it stands; what they mean shows in all of them."""
    shares = findings.count(boxes.BOX_LIKE_SHARES)
    objects = sum(side.objects.total() for side in (source.survey.training, source.survey.validation))
    if shares and shares >= MOST_ARE_SHARES * objects:
        message = f"{shares:,} of {max(shares, objects):,} boxes have no number above 1"
        findings.sum_up(boxes.BOX_LIKE_SHARES, message, boxes.BOXES_ARE_SHARES)


def _check_classes(sources: Sequence[Source], report: Report, findings: Findings) -> None:
    """How often each class is shown."""
    shown = [entry for entry in report.classes if entry.objects]
    given = {name for source in sources for name in source.survey.class_names.values()}
    for entry in report.classes:
        _check_pictures(entry, report, findings, is_named=entry.name in given)
    most, least = (pick(shown, key=lambda entry: entry.objects, default=None) for pick in (max, min))
    if most and least and most.objects > IMBALANCE * least.objects:
        message = f"{most.name!r} has {most.objects:,} objects, {least.name!r} {least.objects:,}"
        findings.add(classes.CLASS_IMBALANCE, message, value=least.name)


def _check_ids(source: Source, findings: Findings) -> None:
    names = source.survey.class_names
    highest = max(names, default=-1)
    if highest >= len(names):
        first = next(class_id for class_id in range(highest) if class_id not in names)
        are = counted(highest + 1 - len(names), "id below {} has", "ids below {} have").format(f"{highest:,}")
        message = f"{are} no name, the first is {first:,}"
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
        message = f"{entry.name!r} is shown by {counted(pictures, 'picture', 'pictures')}, fewer than {FEW_PICTURES}"
        findings.add(classes.CLASS_WITH_FEW_SAMPLES, message, value=entry.name)
    told = f"of {counted(pictures, 'picture', 'pictures')} with {entry.name!r}"
    if not entry.validation_pictures and report.validation_samples:
        findings.add(classes.VALIDATION_LACKS_CLASS, f"{told} none validates", value=entry.name)
    if not entry.train_pictures and report.train_samples:
        findings.add(classes.TRAINING_LACKS_CLASS, f"{told} none is trained on", value=entry.name)


def _check_samples(sources: Sequence[Source], report: Report, settings: Settings, findings: Findings) -> None:
    """Whether there are pictures enough, and hyperparameters that fit them."""
    training, validation = (
        sum(getattr(source.survey, side).samples for source in sources) for side in ("training", "validation")
    )
    if training + validation < LEAST_PICTURES:
        are = counted(report.lines, "line is", "lines are")
        message = f"{training + validation} of {are} usable; {LEAST_PICTURES} pictures are the least"
        findings.add(dataset.NOT_ENOUGH_PICTURES, message)
        return
    for side, samples in (("training", training), ("validation", validation)):
        if not samples:
            message = f"{side} has none of {training + validation:,} pictures"
            findings.add(dataset.SPLIT_SIDE_EMPTY, message)
    try:
        algorithm_named(report.algorithm).hyperparameters(report, settings.hyperparameters)
    except ManifestRefused as refusal:
        findings.add(refusal.check, refusal.what, value=refusal.value)


def _by_code(entry: tuple[Check, int]) -> str:
    return entry[0].code

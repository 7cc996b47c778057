"""Which labels of a manifest are trained on: a line may have those of several labeling jobs."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable

import msgspec

from labelloop.checks import labels
from labelloop.errors import ManifestRefused
from labelloop.findings import counted
from labelloop.manifest import Line
from labelloop.moments import moment
from labelloop.tasks import METADATA_SUFFIX, REF_SUFFIX, Task

VERIFICATION = "groundtruth/label-verification"
KEYS_NAMED = 8  # of the lines of a manifest without labels
LIKENESS = 0.9  # of a misspelt type; text-classification-multilabel has 0.88 of image-classification-multilabel
_OF_LABELING_JOBS = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,126}")  # CreateLabelingJob, LabelAttributeName


class LabelAttribute(msgspec.Struct, frozen=True):
    """The attribute to train on, its task, and the rule by which it was found.

    Attributes:
        originals: attributes that it adjusts, the newest first; theirs is the label of lines that have no adjusted one.
        verdicts: attributes of verification jobs, which say whether a label is good.
        unclear: those of verification jobs of which nobody can say which of several labels they are about.
    """

    name: str
    task: Task
    rule: str
    originals: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()

    @property
    def is_usual(self) -> bool:
        """Whether a labeling job could write to it."""
        return _OF_LABELING_JOBS.fullmatch(self.name) is not None


class _Seen:
    """What the lines of a manifest say of one attribute."""

    def __init__(self) -> None:
        self.types: Counter[str] = Counter()
        self.adjusted, self.newest = False, ""

    def update(self, other: "_Seen", more: Counter[str]) -> None:
        """What another saw, and so many types more."""
        self.types += more
        self.adjusted |= other.adjusted
        self.newest = max(self.newest, other.newest)


class AttributesSeen:
    """Every label attribute of a manifest, from as many of its lines as were shown."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._beside: set[str] = set()  # attributes that have a label on a line that has another one too
        self._keys: dict[str, None] = {}

    def note(self, line: Line) -> None:
        """Take down what a line has."""
        if len(self._keys) < KEYS_NAMED:
            self._keys |= dict.fromkeys(line.values)
        found = list(line.label_attributes())
        labelled = [name for name, metadata in found if _task_of(metadata.get("type"))] if len(found) > 1 else []
        if len(labelled) > 1:
            self._beside.update(labelled)
        for attribute, metadata in found:
            seen = self._seen.setdefault(attribute, _Seen())
            seen.types[str(metadata.get("type") or "")] += 1
            seen.adjusted |= "adjustment-status" in metadata
            seen.newest = max(seen.newest, moment(str(metadata.get("creation-date") or "")))

    def heard(self, others: "AttributesSeen") -> "AttributesSeen":
        """These, and those that others saw; of types the larger count, for both may have seen the same lines."""
        both = AttributesSeen()
        both.update(self)
        both._beside |= others._beside
        for name, seen in others._seen.items():
            both._seen.setdefault(name, _Seen()).update(seen, seen.types - both._seen[name].types)
        return both

    def update(self, others: "AttributesSeen") -> None:
        """Take over what others saw on other lines."""
        self._beside |= others._beside
        self._keys |= others._keys
        for name, seen in others._seen.items():
            self._seen.setdefault(name, _Seen()).update(seen, seen.types)

    def has_labels(self, wanted: str | None) -> bool:
        """Whether labels to train on were seen: those of the wanted attribute, where one is wanted."""
        return any(self._task_of(name) for name in self._seen if wanted in (None, name))

    def choose(self, wanted: str | None) -> LabelAttribute:
        """The label attribute to train on, from the metadata's `type`; never from the order of keys.

        Args:
            wanted: the attribute that a labeling job or project.json names.

        Raises:
            ManifestRefused: none, or not the wanted one, or several; one with a name its task may not have; or labels
                that nothing here trains on.
        """
        verdicts = tuple(sorted(name for name, seen in self._seen.items() if VERIFICATION in seen.types))
        candidates = {name: task for name in self._seen if (task := self._task_of(name))}
        if wanted is not None:
            found = self._checked(self._named(wanted), "named by the labeling job or project.json", (), verdicts)
            several = len(candidates) > 1
            return msgspec.structs.replace(found, verdicts=(), unclear=verdicts) if several else found
        if not candidates:
            raise self._nothing_to_train_on()
        newest, *others = sorted(candidates, key=self._preference, reverse=True)
        if not others:
            return self._checked(newest, "the only attribute whose metadata has a type to train on", (), verdicts)
        if sum(not self._seen[name].adjusted for name in candidates) > 1 or len(set(candidates.values())) > 1:
            raise self._ambiguous(sorted(candidates))
        return self._checked(newest, f"it adjusts {_listed(others)}", tuple(others), verdicts)

    def _task_of(self, name: str) -> Task | None:
        """That of most labels under an attribute; None where there is none to train on."""
        tasks = (_task_of(text) for text, _ in self._seen[name].types.most_common())
        return next((task for task in tasks if task is not None), None)

    def _preference(self, name: str) -> tuple[bool, str, str]:
        return self._seen[name].adjusted, self._seen[name].newest, name

    def _named(self, wanted: str) -> str:
        if wanted not in self._seen:
            there = _listed(self._seen) or "no attribute"
            message = f"{wanted + METADATA_SUFFIX!r} is nowhere; there are labels under {there}"
            raise ManifestRefused(labels.LABEL_ATTRIBUTE_NOT_FOUND, message, value=wanted)
        return wanted

    def _checked(self, name: str, rule: str, originals: tuple[str, ...], verdicts: tuple[str, ...]) -> LabelAttribute:
        task = self._task_of(name)
        if task is None:
            types = list(filter(None, self._seen[name].types))  # failed lines say none
            raise _unsupported(f"the labels under {name!r} are of type {_listed(types) or 'unknown'}", types)
        if name.endswith(REF_SUFFIX) != task.label_is_an_object:
            must = "must end" if task.label_is_an_object else "must not end"
            message = f"{name!r}: the name of an attribute for {task} {must} in {REF_SUFFIX!r}"
            raise ManifestRefused(labels.LABEL_ATTRIBUTE_NAME_REFUSED, message, value=name)
        return LabelAttribute(name, task, rule, originals, verdicts)

    def _ambiguous(self, names: list[str]) -> ManifestRefused:
        told = [f"{name!r} ({counted(self._labels(name), 'line', 'lines')})" for name in names]
        apart = "; no line has more than one, so as manifests of their own all would be used"
        message = f"there are labels under {', '.join(told)}{'' if self._beside.intersection(names) else apart}"
        return ManifestRefused(labels.LABEL_ATTRIBUTE_AMBIGUOUS, message, value=names)

    def _labels(self, name: str) -> int:
        return sum(count for text, count in self._seen[name].types.items() if _task_of(text))

    def _nothing_to_train_on(self) -> ManifestRefused:
        if not self._seen:
            keys = f"; lines have {_listed([*self._keys][:KEYS_NAMED])}" if self._keys else ""
            message = f"no line has a key that ends in {METADATA_SUFFIX!r}{keys}"
            return ManifestRefused(labels.NO_LABEL_ATTRIBUTE, message)
        kinds = "; ".join(f"{name!r} of type {_listed(seen.types)}" for name, seen in sorted(self._seen.items()))
        every = [text for seen in self._seen.values() for text in seen.types]
        if set(every) == {VERIFICATION}:
            return ManifestRefused(labels.NO_LABEL_ATTRIBUTE, f"the manifest has verdicts alone: {kinds}")
        if not any(every):
            return ManifestRefused(labels.NO_LABEL_ATTRIBUTE, f"no metadata say their type: {_listed(self._seen)}")
        return _unsupported(f"the manifest has {kinds}", every)


def _task_of(metadata_type: object) -> Task | None:
    return Task.from_metadata_type(metadata_type) if isinstance(metadata_type, str) else None


def _meant(metadata_type: str) -> str | None:
    """The type to train on that another is a misspelling of."""
    name = metadata_type.lower().replace("_", "-").removeprefix("groundtruth/")
    close = difflib.get_close_matches(name, list(Task), n=1, cutoff=LIKENESS)
    return Task(close[0]).metadata_type if close else None


def _unsupported(message: str, types: Iterable[str]) -> ManifestRefused:
    meant = next(filter(None, map(_meant, sorted(types))), None)
    if meant:
        return ManifestRefused(labels.LABEL_TYPE_MISSPELT, f"{message}; did you mean {meant!r}", value=sorted(types))
    known = f"; one of {_listed(task.metadata_type for task in Task)} is needed"
    return ManifestRefused(labels.UNSUPPORTED_TASK, message + known, value=sorted(types))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(str(name)) for name in sorted(names))

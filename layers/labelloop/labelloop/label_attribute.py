"""Which labels of a manifest are trained on: a line may have those of several labeling jobs."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from labelloop.errors import AmbiguousLabelAttribute, LabelAttributeNotFound, UnsupportedTask
from labelloop.manifest import Line
from labelloop.tasks import METADATA_SUFFIX, REF_SUFFIX, Task


class LabelAttribute(msgspec.Struct, frozen=True):
    """The attribute to train on, its task, and the rule by which it was found."""

    name: str
    task: Task
    rule: str


def find_label_attribute(lines: Iterable[Line], wanted: str | None) -> LabelAttribute:
    """The label attribute of a manifest, from the metadata's `type`; never from the order of keys.

    Args:
        lines: the whole manifest; other attributes may begin on any line.
        wanted: the attribute that a labeling job or project.json names.

    Raises:
        LabelAttributeNotFound: none, or not the wanted one, or one with a name its task may not have.
        AmbiguousLabelAttribute: several and none wanted.
        UnsupportedTask: its type is none of ours, or changes between lines.
    """
    seen: dict[str, Counter[str]] = {}
    for line in lines:
        for attribute, metadata_type in line.label_attributes():
            seen.setdefault(attribute, Counter())[metadata_type] += 1
    if wanted is not None:
        return _checked(wanted, _types_of(wanted, seen), "named by the labeling job or project.json")
    candidates = {name: types for name, types in seen.items() if any(map(Task.from_metadata_type, types))}
    if len(candidates) > 1:
        raise AmbiguousLabelAttribute(
            f"the manifest has labels under {_listed(candidates)}.",
            hint='Name the one to train on in project.json: {"label_attribute": "…"}.',
        )
    if not candidates:
        raise _nothing_to_train_on(seen)
    ((name, types),) = candidates.items()
    return _checked(name, types, "the only attribute whose metadata has a type to train on")


def _types_of(wanted: str, seen: dict[str, Counter[str]]) -> Counter[str]:
    if wanted not in seen:
        raise LabelAttributeNotFound(
            f"no line has {wanted + METADATA_SUFFIX!r}.",
            hint=f"The manifest has labels under {_listed(seen) or 'no attribute'}.",
        )
    return seen[wanted]


def _checked(name: str, types: Counter[str], rule: str) -> LabelAttribute:
    types = Counter({text: count for text, count in types.items() if text})  # failed lines may carry no type
    tasks = {Task.from_metadata_type(text) for text in types}
    task = tasks.pop() if len(tasks) == 1 else None
    if task is None:
        raise UnsupportedTask(
            f"the labels under {name!r} are of type {_listed(types) or 'unknown'}; one of {_listed(Task)} is needed."
        )
    if name.endswith(REF_SUFFIX) != task.label_is_an_object:
        must = "must end" if task.label_is_an_object else "must not end"
        raise LabelAttributeNotFound(f"SageMaker refuses {name!r}: an attribute for {task} {must} in {REF_SUFFIX!r}.")
    return LabelAttribute(name, task, rule)


def _nothing_to_train_on(seen: dict[str, Counter[str]]) -> LabelAttributeNotFound | UnsupportedTask:
    if not seen:
        return LabelAttributeNotFound(
            f"no line has a key that ends in {METADATA_SUFFIX!r}.", hint="Is this the labeling job's output manifest?"
        )
    kinds = "; ".join(f"{name!r} of type {_listed(types)}" for name, types in sorted(seen.items()))
    return UnsupportedTask(f"the manifest has {kinds}; one of {_listed(Task)} is needed.")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(str(name)) for name in sorted(names))

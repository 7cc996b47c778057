"""A case of the corpus, and the good manifests that cases are small changes of."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labelloop.checks import Check
from labelloop.findings import json_pointer
from labelloop.tasks import Task

from tests.unit.factories import Json, box, class_line, class_list_line, line, manifest_text, mask_line

PICTURES = range(1, 61)
LINE = 7  # the one that most cases change; its picture is trained on
# Every class is on many pictures of both sides, so that nothing is found.
BOXES = tuple(line(name, box(0), box(1, left=200)) for name in PICTURES)
MASKS = tuple(mask_line(name, 0, 1) for name in PICTURES)
CLASSES = tuple(class_line(name, name % 2) for name in PICTURES)
CLASS_LISTS = tuple(class_list_line(name, 0, 1) for name in PICTURES)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A manifest in which one thing is wrong, and what preflight finds in it.

    Attributes:
        check: what finds it, alone.
        name: what is wrong, different from case to case.
        line: of the manifest, from 1, the first where there are several; None where the manifest as a whole is meant.
        pointer: to the value on that line, or to where it should be.
        count: how often it is found.
        example: the least that shows it, for people to read.
        remark: a sentence to go with the example.
        task: the labels'.
        settings: the project's project.json.
        categories: the class names of the labeling job.
        before: the manifests that the project has already, oldest first.
        also: what must be found too, since the check counts it.
    """

    check: Check
    name: str
    manifest: bytes
    line: int | None = LINE
    pointer: str = ""
    count: int = 1
    example: str = ""
    remark: str = ""
    task: Task = Task.OBJECT_DETECTION
    settings: Mapping[str, Any] = field(default_factory=dict)
    categories: Sequence[str] = ()
    before: Sequence[bytes] = ()
    also: frozenset[str] = frozenset()


def manifest(lines: Sequence[Json | str], replaced: Json | str | None = None) -> bytes:
    """The lines as a file, with another one in the place of line 7 where one is given."""
    return manifest_text(lines if replaced is None else [*lines[: LINE - 1], replaced, *lines[LINE:]])


def edited(line: Json, *path: str | int, value: Any) -> Json:
    """The line with another value at a place."""
    whole = copy.deepcopy(line)
    _parent(whole, path)[path[-1]] = value
    return whole


def without(line: Json, *path: str | int) -> Json:
    """The line without what is at a place."""
    whole = copy.deepcopy(line)
    del _parent(whole, path)[path[-1]]
    return whole


def changed(check: Check, name: str, lines: Sequence[Json], *path: str | int, value: Any, **facts: Any) -> Case:
    """A case in which line 7 has another value at a place."""
    broken = edited(lines[LINE - 1], *path, value=value)
    whole = {"manifest": manifest(lines, broken), "pointer": json_pointer(path), "task": task_of(lines)}
    return Case(check=check, name=name, **whole | facts)


def removed(check: Check, name: str, lines: Sequence[Json], *path: str | int, **facts: Any) -> Case:
    """A case in which line 7 lacks a value at a place."""
    broken = without(lines[LINE - 1], *path)
    whole = {"manifest": manifest(lines, broken), "pointer": json_pointer(path), "task": task_of(lines)}
    return Case(check=check, name=name, **whole | facts)


def task_of(lines: Sequence[Json]) -> Task:
    """The task that a manifest's first line is labelled for."""
    (metadata,) = (value for key, value in lines[0].items() if key.endswith("-metadata"))
    return Task(metadata["type"].removeprefix("groundtruth/"))


def _parent(line: Json, path: Sequence[str | int]) -> Any:
    value: Any = line
    for part in path[:-1]:
        value = value[part]
    return value

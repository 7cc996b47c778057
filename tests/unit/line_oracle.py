"""What becomes of a manifest line, found out slowly and on its own: plain json and the documents of AWS.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html, …/augmented-manifest.html and the pages
of the built-in algorithms. Where they say nothing of a line, neither is asked of it here.
"""

import json
import math
import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any, NoReturn

from labelloop.tasks import Task

DEPTH = 400  # beyond which parsers differ
LINE_BYTES = 400_000
LARGEST = 10**9


class Fate(Enum):
    """What becomes of a line."""

    TRAINED = auto()
    IGNORED = auto()  # right as it is, and nothing to train on
    INVALID = auto()
    BLANK = auto()
    UNSPECIFIED = auto()


class _Decided(Exception):
    def __init__(self, fate: Fate) -> None:
        self.fate = fate


def _decide(fate: Fate) -> NoReturn:
    raise _Decided(fate)


def fate_of(text: bytes, task: Task, attribute: str) -> Fate:
    """Of a line by itself, without its end; whether its classes have names elsewhere is another matter."""
    if not text.strip(b" \t\r"):
        return Fate.BLANK
    try:
        line = parsed(text)
        source_ref(line)
        label, metadata = labelled(line, attribute)
        of_task(metadata, task)
        OF_TASKS[task](label, metadata)
    except _Decided as decided:
        return decided.fate
    return Fate.TRAINED


def parsed(text: bytes) -> Mapping[str, Any]:
    """The JSON object of a line, each key once and every text writable."""
    if len(text) > LINE_BYTES:
        _decide(Fate.INVALID)
    try:
        line = json.loads(text.decode(), parse_constant=lambda _: _decide(Fate.INVALID), object_pairs_hook=_once)
    except (ValueError, UnicodeDecodeError):
        _decide(Fate.INVALID)
    except RecursionError:
        _decide(Fate.UNSPECIFIED)
    if not isinstance(line, dict):
        _decide(Fate.INVALID)
    _writable(line, 0)
    return line


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """RFC 8259 leaves open what a repeated key means."""
    if len({key for key, _ in pairs}) < len(pairs):
        _decide(Fate.UNSPECIFIED)
    return dict(pairs)


def _writable(value: Any, depth: int) -> None:
    if depth > DEPTH:
        _decide(Fate.UNSPECIFIED)
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            _decide(Fate.UNSPECIFIED)  # half a surrogate pair is JSON, but no text
    elif isinstance(value, float) and not math.isfinite(value):
        _decide(Fate.UNSPECIFIED)
    elif isinstance(value, dict | list):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            _writable(key, depth)
            _writable(member, depth + 1)


def source_ref(line: Mapping[str, Any]) -> None:
    """An S3 URI of an object."""
    found = line.get("source-ref")
    if not isinstance(found, str) or not re.match("s3://[A-Za-z0-9._-]+/.", found, re.DOTALL):
        _decide(Fate.INVALID)


def labelled(line: Mapping[str, Any], attribute: str) -> tuple[Any, Mapping[str, Any]]:
    """The label and its metadata; null is as good as nothing."""
    label, metadata = line.get(attribute), line.get(f"{attribute}-metadata")
    if metadata is None and f"{attribute}-metadata".replace("-ref-", "-") in line:
        _decide(Fate.UNSPECIFIED)
    if f"{attribute}-metadata" in line and not isinstance(metadata, dict):
        _decide(Fate.INVALID if label is not None else Fate.UNSPECIFIED)
    if metadata is not None and metadata.get("failure-reason") is not None:
        reason = metadata["failure-reason"]
        _decide(Fate.IGNORED if isinstance(reason, str) and reason != "null" else Fate.UNSPECIFIED)
    if label is None and metadata is None:
        _decide(Fate.IGNORED)
    if label is None or metadata is None:
        _decide(Fate.INVALID)
    return label, metadata


def of_task(metadata: Mapping[str, Any], task: Task) -> None:
    """Labels of another type are no records of the task's algorithm."""
    kind = metadata.get("type")
    if kind and kind != f"groundtruth/{task}":
        _decide(Fate.INVALID)
    if not isinstance(kind, str | None) or not isinstance(metadata.get("creation-date", ""), str):
        _decide(Fate.UNSPECIFIED)


def boxes(label: Any, metadata: Mapping[str, Any]) -> None:
    """{"image_size": [{"width", "height", "depth"}], "annotations": [{"class_id", "left", "top", …}, …]}."""
    if not isinstance(label, dict):
        _decide(Fate.INVALID)
    sizes, found = label.get("image_size"), label.get("annotations")
    if not isinstance(sizes, list) or len(sizes) != 1 or not isinstance(sizes[0], dict) or not isinstance(found, list):
        _decide(Fate.INVALID)
    width, height = (whole(sizes[0].get(name)) for name in ("width", "height"))
    if not 0 < min(width, height) <= max(width, height) < LARGEST:
        _decide(Fate.INVALID)
    if not isinstance(sizes[0].get("depth", 3), int) or isinstance(sizes[0].get("depth", 3), bool):
        _decide(Fate.UNSPECIFIED)
    for each in found:
        _box(each, width, height)
    class_map(metadata)
    objects(metadata)
    if not found:
        _decide(Fate.IGNORED)


def _box(each: Any, frame_width: int, frame_height: int) -> None:
    if not isinstance(each, dict):
        _decide(Fate.INVALID)
    if whole(each.get("class_id")) >= LARGEST:
        _decide(Fate.INVALID)
    left, top, width, height = (number(each.get(name)) for name in ("left", "top", "width", "height"))
    if min(width, height) <= 0:
        _decide(Fate.INVALID)
    inside = max(min(left + width, frame_width) - max(left, 0), 0) * max(
        min(top + height, frame_height) - max(top, 0), 0
    )
    if inside < width * height / 2:
        _decide(Fate.INVALID)


def masks(label: Any, metadata: Mapping[str, Any]) -> None:
    """An S3 URI, with a colour map by pixel values."""
    if not isinstance(label, str) or not re.match("s3://[A-Za-z0-9._-]+/.", label, re.DOTALL):
        _decide(Fate.INVALID)
    colours = metadata.get("internal-color-map")
    if not isinstance(colours, dict) or not colours:
        _decide(Fate.INVALID)
    for key, entry in colours.items():
        if not isinstance(entry, dict) or not isinstance(entry.get("class-name"), str):
            _decide(Fate.INVALID)
        if class_id(key) > 255:
            _decide(Fate.INVALID)
        if not isinstance(entry.get("hex-color"), str | None):
            _decide(Fate.UNSPECIFIED)
    if set(colours) == {"255"}:
        _decide(Fate.IGNORED)


def one_class(label: Any, metadata: Mapping[str, Any]) -> None:
    """A number or the text of one."""
    if whole(label) >= LARGEST:
        _decide(Fate.INVALID)
    if not isinstance(metadata.get("class-name"), str | None):
        _decide(Fate.INVALID)


def class_list(label: Any, metadata: Mapping[str, Any]) -> None:
    """An array of numbers."""
    if isinstance(label, str):
        _decide(Fate.UNSPECIFIED)  # the algorithm's page shows the text of an array
    if not isinstance(label, list) or any(whole(each) >= LARGEST for each in label):
        _decide(Fate.INVALID)
    class_map(metadata)
    if not isinstance(metadata.get("confidence-map"), dict | None):
        _decide(Fate.UNSPECIFIED)
    shares = (metadata.get("confidence-map") or {}).values()
    if not all(type(each) in (float, int) and abs(each) < LARGEST for each in shares):
        _decide(Fate.UNSPECIFIED)
    if not label:
        _decide(Fate.IGNORED)


OF_TASKS = {
    Task.OBJECT_DETECTION: boxes,
    Task.SEMANTIC_SEGMENTATION: masks,
    Task.IMAGE_CLASSIFICATION: one_class,
    Task.IMAGE_CLASSIFICATION_MULTILABEL: class_list,
}


def class_map(metadata: Mapping[str, Any]) -> None:
    """Names by id."""
    names = metadata.get("class-map")
    if names is None:
        return
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        _decide(Fate.INVALID)
    for key in names:
        class_id(key)


def class_id(key: str) -> int:
    """Of a map's key."""
    if not re.fullmatch("[0-9]+", key) or int(key) >= LARGEST:
        _decide(Fate.INVALID)
    if key != str(int(key)):
        _decide(Fate.UNSPECIFIED)
    return int(key)


def objects(metadata: Mapping[str, Any]) -> None:
    """Nothing of it is trained on."""
    if not isinstance(metadata.get("objects"), list | None):
        _decide(Fate.UNSPECIFIED)


def whole(value: Any) -> int:
    """A number without fraction, or the text of one: AWS's pages write class 0 as 0 and as "0"."""
    if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value) and value == str(int(value)):
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"\s*[-+]?[0-9.]+(e[0-9]+)?\s*", value, re.ASCII):
        _decide(Fate.UNSPECIFIED)
    if isinstance(value, float) and value.is_integer() and value >= 0:
        _decide(Fate.UNSPECIFIED)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        _decide(Fate.INVALID)
    return value


def number(value: Any) -> float:
    """A finite number."""
    if isinstance(value, str) and re.fullmatch(r"\s*[-+]?[0-9.]+(e[0-9]+)?\s*", value, re.ASCII):
        _decide(Fate.UNSPECIFIED)
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < LARGEST:
        _decide(Fate.INVALID)
    return value

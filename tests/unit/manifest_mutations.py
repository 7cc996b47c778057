"""Good manifests of all four tasks with something wrong in them: somewhere, in any way."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st
from labelloop.labels import Label
from labelloop.labels.boxes import BoxLabel
from labelloop.labels.classes import ClassLabel, ClassListLabel
from labelloop.labels.masks import MaskLabel
from labelloop.tasks import Task

from tests.unit.factories import Json, box, class_line, class_list_line, line, mask_line

PICTURES = range(1, 31)
_PLACEHOLDER = "@@"  # of a value that is put in as JSON text
# What people, programs and broken disks put in the place of values, as JSON text; some of it is none.
VALUES = (
    *("null", "true", "false", "{}", "[]", "[[]]", "[{}]", '""', '"0"', '"7"', '" 1"', '"-1"', '"1.0"', '"nan"'),
    *("0", "1", "2", "-1", "-0", "0.5", "1.0", "2.5e0", "254", "255", "256", "499", "500", "501", "1000000"),
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "9" * 40, "1" + "0" * 400, "01", "+1", "1.", ".5"),
    *('"s3://b/k"', '"s3://b"', '"s3:///k"', '"https://b/k"', '"s3://b/\\u0000"', '"s3://b/a b%20c"', "'s3://b/k'"),
    *('"\\ud800"', '"\\udc00\\ud800"', '"\\ud83d\\ude00"', '"\u2028"', '"\x85"', '"\u0661"', '"\x00"', '"\t"', '"\\x"'),
    *('"groundtruth/object-detection"', '"groundtruth/video-object-detection"', '"groundtruth/"', '"bad"'),
    *(
        '{"0": "class 0"}',
        '{"0": "other"}',
        '{"-1": "x"}',
        '{"00": "x"}',
        '{"1e1": "x"}',
        '{"\u0660": "x"}',
        '{"": ""}',
    ),
    *("[" * 200 + "]" * 200, '{"a":' * 2000 + "1" + "}" * 2000, '"' + "x" * 120_000 + '"'),
)
BYTES = (
    *(b"\n", b"\r", b"\r\n", b"\n\n", b"\0", b"\t", b" ", b"\x0b", b"\x0c", b"\x7f", b"\x85", b"\xff", b"\xc0\x80"),
    *("\u2028".encode(), "\u0085".encode(), "\u00a0".encode(), "\ufeff".encode(), b"\xed\xa0\x80", b"\xef\xbb\xbf"),
    *(b'"', b"\\", b",", b":", b"{", b"}", b"[", b"]", b"{}", b"//", b"/**/", b"#", b"e9", b"-", b"null"),
)


class Base(NamedTuple):
    """A good manifest, the attribute of its labels, and their form."""

    task: Task
    attribute: str
    label_type: type[Label]
    lines: tuple[Json, ...]

    def __repr__(self) -> str:
        return self.task


BASES = (
    Base(Task.OBJECT_DETECTION, "shapes", BoxLabel, tuple(line(name, box(0), box(1, left=200)) for name in PICTURES)),
    Base(Task.SEMANTIC_SEGMENTATION, "streets-ref", MaskLabel, tuple(mask_line(name, 0, 1) for name in PICTURES)),
    Base(Task.IMAGE_CLASSIFICATION, "species", ClassLabel, tuple(class_line(name, name % 2) for name in PICTURES)),
    Base(
        Task.IMAGE_CLASSIFICATION_MULTILABEL,
        "tags",
        ClassListLabel,
        tuple(class_list_line(name, 0, 1) for name in PICTURES),
    ),
)
Edit = Callable[[bytes], bytes]


class Mutated(NamedTuple):
    """A manifest with something wrong in it, perhaps."""

    base: Base
    body: bytes

    def __repr__(self) -> str:
        good = {json.dumps(each).encode() for each in self.base.lines}
        others = {number: text[:1000] for number, text in enumerate(self.body.split(b"\n"), 1) if text not in good}
        return f"{self.base}, {others}"


@st.composite
def mutated(draw: st.DrawFn) -> Mutated:
    """Some lines with other values, keys or members, then some bytes changed; lines end as they like."""
    base = draw(st.sampled_from(BASES))
    texts = [json.dumps(each, ensure_ascii=draw(st.booleans())) for each in base.lines]
    for _ in range(draw(st.integers(0, 3))):
        index = draw(st.integers(0, len(texts) - 1))
        texts[index] = draw(edited_lines(base.lines[index]))
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    body = "".join(text + end for text in texts).encode(errors="surrogatepass")
    for edit in draw(st.lists(byte_edits(), max_size=2)):
        body = edit(body)
    return Mutated(base, body)


@st.composite
def edited_lines(draw: st.DrawFn, good: Json) -> str:
    """The text of a line in which one place has another value, another key, none at all or one too many."""
    path = draw(st.sampled_from(list(places(good))))
    value = draw(st.sampled_from(VALUES))
    whole = json.loads(json.dumps(good))
    parent: Any = whole
    for part in path[:-1]:
        parent = parent[part]
    last = path[-1]
    how = draw(st.sampled_from(["replace", "replace", "replace", "remove", "rename", "repeat"]))
    if how == "remove":
        del parent[last]
    elif how == "replace" or isinstance(parent, list):
        parent[last] = _PLACEHOLDER
    elif how == "rename":
        parent[draw(st.sampled_from(["", "x", "class-map", "-metadata", "\u2028", "type", "source"]))] = parent.pop(
            last
        )
    else:
        parent[_PLACEHOLDER] = 0  # a key twice: the last one wins in most programs
    text = json.dumps(whole)
    again = f"{json.dumps(last)}: {value}" if how == "repeat" else value
    return text.replace(f'"{_PLACEHOLDER}": 0' if how == "repeat" else f'"{_PLACEHOLDER}"', again)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths to all values within a value."""
    entries: Sequence[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        entries = list(value.items())
    elif isinstance(value, list):
        entries = list(enumerate(value))
    for key, member in entries:
        yield (*path, key)
        yield from places(member, (*path, key))


def byte_edits() -> st.SearchStrategy[Edit]:
    """Changes of a file that knows nothing of lines."""
    place = st.floats(0, 1, exclude_max=True)
    return st.one_of(
        st.builds(_flipped, place, st.integers(0, 7)),
        st.builds(_inserted, place, st.sampled_from(BYTES)),
        st.builds(_removed, place, st.integers(1, 600)),
        st.builds(_repeated, place, st.integers(1, 600)),
        st.builds(_truncated, place),
    )


def _flipped(place: float, bit: int) -> Edit:
    def edit(body: bytes) -> bytes:
        at = int(place * len(body))
        return body[:at] + bytes([body[at] ^ 1 << bit]) + body[at + 1 :] if body else body

    return edit


def _inserted(place: float, new: bytes) -> Edit:
    return lambda body: body[: int(place * len(body))] + new + body[int(place * len(body)) :]


def _removed(place: float, length: int) -> Edit:
    return lambda body: body[: int(place * len(body))] + body[int(place * len(body)) + length :]


def _repeated(place: float, length: int) -> Edit:
    return lambda body: body[: int(place * len(body)) + length] + body[int(place * len(body)) :]


def _truncated(place: float) -> Edit:
    return lambda body: body[: int(place * len(body))]

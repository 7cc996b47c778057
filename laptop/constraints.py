"""What AWS checks of a request before it looks at it: required members, enums, patterns, lengths, ranges.

All of it stands in the service model botocore ships; botocore's own validator knows only required members, types and
minima. The texts are those of AWS.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
}
NUMBERS = ("integer", "long", "float", "double")
_JAVA_TO_PYTHON = {
    r"\p{Alnum}": r"\w",
    r"\p{L}": r"\w",
    r"\p{M}": "",
    r"\p{N}": r"\d",
    r"\p{P}": "",
    r"\p{S}": "",
    r"\p{Z}": r"\s",
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010FFFF",
    "${": "(?:$){",
}


def violations(value: Any, shape: Shape, path: str = "") -> Iterator[str]:
    """Every constraint of `shape` that `value` breaks, each in AWS's words."""
    if not _has_type(value, shape.type_name):
        yield f"Value at '{path}' failed to satisfy constraint: Member must be of type {shape.type_name}"
        return
    if isinstance(shape, StructureShape):
        yield from _structure(value, shape, path)
    elif isinstance(shape, ListShape | MapShape):
        yield from _sized(value, len(value), "length", shape, path)
        yield from _members(value, shape, path)
    elif isinstance(shape, StringShape):
        yield from _string(value, shape, path)
    elif shape.type_name in NUMBERS:
        yield from _sized(value, value, "value", shape, path)


def _members(value: Any, shape: ListShape | MapShape, path: str) -> Iterator[str]:
    if isinstance(shape, ListShape):
        for number, member in enumerate(value, 1):
            yield from violations(member, shape.member, f"{path}.{number}.member")
    else:
        for key, member in value.items():
            yield from violations(key, shape.key, f"{path}.key")
            yield from violations(member, shape.value, f"{path}.{key}.member")


def _has_type(value: Any, type_name: str) -> bool:
    if isinstance(value, bool):  # an int to Python
        return type_name == "boolean"
    return isinstance(value, PYTHON_TYPES.get(type_name, (object,)))


def _structure(value: dict[str, Any], shape: StructureShape, path: str) -> Iterator[str]:
    for name, member in shape.members.items():
        inner = f"{path}.{_lower_first(name)}" if path else _lower_first(name)
        if value.get(name) is not None:
            yield from violations(value[name], member, inner)
        elif name in shape.required_members:
            yield f"Value null at '{inner}' failed to satisfy constraint: Member must not be null"


def _string(value: str, shape: StringShape, path: str) -> Iterator[str]:
    failed = f"Value '{value}' at '{path}' failed to satisfy constraint: Member must satisfy "
    if shape.enum and value not in shape.enum:
        yield f"{failed}enum value set: [{', '.join(shape.enum)}]"
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield f"{failed}regular expression pattern: {pattern}"
    yield from _sized(value, len(value), "length", shape, path)


def _sized(value: Any, size: float, what: str, shape: Shape, path: str) -> Iterator[str]:
    failed = f"Value '{value}' at '{path}' failed to satisfy constraint: Member must have {what}"
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield f"{failed} greater than or equal to {least}"
    if most is not None and size > most:
        yield f"{failed} less than or equal to {most}"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    for java, python in _JAVA_TO_PYTHON.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]

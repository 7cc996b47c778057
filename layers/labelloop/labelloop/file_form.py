"""Whether a file is a manifest at all; where it is not, what it is, from its beginning."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from labelloop.checks import lines
from labelloop.errors import ManifestRefused
from labelloop.findings import counted
from labelloop.manifest_file import BYTE_ORDER_MARK, read_blocks
from labelloop.tasks import METADATA_SUFFIX, SOURCE_REF

BEGINNING = 1 << 20  # bytes that are looked at
LINES = 20  # that are looked at where one tells enough
COLUMNS = 8  # that are named
_COLUMN_LENGTH = 40
_LEAST_NUMBERS = 5  # of a line of YOLO: class, middle, size; polygons have more
_NO_PICTURE = "an image: put the manifest that names it"

_BY_FIRST_BYTES = (
    (b"\x1f\x8b", "gzip: decompress it"),
    (b"PK\x03\x04", "a zip archive: unpack it"),
    (b"PK\x05\x06", "a zip archive: unpack it"),
    (b"BZh", "bzip2: decompress it"),
    (b"\xfd7zXZ", "xz: decompress it"),
    (b"\x28\xb5\x2f\xfd", "Zstandard: decompress it"),
    (b"\xff\xfe", "UTF-16: save it as UTF-8"),
    (b"\xfe\xff", "UTF-16: save it as UTF-8"),
    (b"{\x00", "UTF-16: save it as UTF-8"),
    (b"\x00{", "UTF-16: save it as UTF-8"),
    (b"\xff\xd8\xff", f"JPEG, {_NO_PICTURE}"),
    (b"\x89PNG", f"PNG, {_NO_PICTURE}"),
    (b"GIF8", f"GIF, {_NO_PICTURE}"),
    (b"RIFF", f"WebP, {_NO_PICTURE}"),
    (b"II*\x00", f"TIFF, {_NO_PICTURE}"),
    (b"MM\x00*", f"TIFF, {_NO_PICTURE}"),
)
_KEY = re.compile(r'"([^"\\]*)"\s*:')
_COCO = {"images", "annotations", "categories"}
_COCO_BEGINS = _COCO | {"info", "licenses"}
_LABEL_STUDIO = {"data", "annotations"}
_decode = json.JSONDecoder().raw_decode


def check_form(path: Path) -> None:
    """See that a file is neither empty nor plainly something else than JSON Lines.

    Raises:
        ManifestRefused: it is; the message says what it is, as far as its beginning tells.
    """
    with path.open("rb") as file:
        beginning = file.read(BEGINNING)
        is_whole = not file.read(1)
    beginning = beginning.removeprefix(BYTE_ORDER_MARK).lstrip()
    if not beginning and not any(block.data.removeprefix(BYTE_ORDER_MARK).strip() for block in read_blocks(path)):
        raise ManifestRefused(lines.MANIFEST_EMPTY, f"it has {counted(path.stat().st_size, 'byte', 'bytes')}")
    kind = next((kind for begin, kind in _BY_FIRST_BYTES if beginning.startswith(begin)), None)
    kind = kind or _kind_of_text(beginning.decode(errors="replace"), is_whole=is_whole)
    if kind:
        raise ManifestRefused(lines.MANIFEST_NOT_JSON_LINES, f"it is {kind}")


def _kind_of_text(text: str, *, is_whole: bool) -> str | None:
    """`text` is cut short unless it is the whole file."""
    if text.startswith("["):
        return _kind_of_array(text, is_whole=is_whole)
    first = text.split("\n", LINES)[:LINES]
    if any(map(_is_of_manifest, first)):
        return None
    if first[0].rstrip("\r").endswith(",") and _is_of_manifest(first[0].rstrip(",\r")):
        return "JSON objects with a comma behind each: `sed 's/,$//' file.json` takes the commas away"
    if text.startswith("{"):
        return _kind_of_object(text, is_whole=is_whole)
    if text.startswith("<"):
        return "Pascal VOC: XML of one picture, without class ids" if "<annotation" in text else "XML or HTML"
    return _kind_of_table([row.rstrip("\r") for row in first if row.strip()])


def _kind_of_array(text: str, *, is_whole: bool) -> str:
    found = _first_value(text) if is_whole else None
    some = counted(len(found[0]), "object", "objects") if found else "objects"
    if set(_KEY.findall(text)) >= _LABEL_STUDIO and f'"{SOURCE_REF}"' not in text:
        return f"a Label Studio export, one JSON array of {some}: write one line for each picture, as Ground Truth does"
    return f"one JSON array of {some}: `jq -c '.[]' file.json` writes one on each line"


def _kind_of_object(text: str, *, is_whole: bool) -> str | None:
    first, keys = _KEY.search(text), _COCO & set(_KEY.findall(text))
    if first and first[1] in _COCO_BEGINS and len(keys) > is_whole:
        return "a COCO file (images, annotations, categories): write one line for each image, with its boxes"
    found = _first_value(text)
    if found and "\n" in text[: found[1]]:
        return "JSON with objects on several lines each: `jq -c . file.json` writes each on one"
    return None


def _is_of_manifest(line: str) -> bool:
    try:
        found = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        return False
    return SOURCE_REF in found or any(key.endswith(METADATA_SUFFIX) for key in found)


def _first_value(text: str) -> tuple[Any, int] | None:
    """The JSON value that a text begins with, and where it ends; None where it does not end."""
    try:
        return _decode(text)
    except (ValueError, RecursionError):
        return None


def _kind_of_table(rows: list[str]) -> str | None:
    """Of text that is no JSON."""
    if rows and all(map(_is_yolo, rows)):
        return "YOLO text of one picture, with boxes as shares of it: a manifest has one line for each picture"
    for delimiter in ",;\t":
        columns = rows[0].split(delimiter) if len(rows) > 1 else []
        if len(columns) > 1 and all(row.count(delimiter) >= len(columns) - 1 for row in rows):
            named = ", ".join(column.strip(' "')[:_COLUMN_LENGTH] for column in columns[:COLUMNS])
            return f"CSV with the columns {named}: write one JSON object on each line"
    return None


def _is_yolo(row: str) -> bool:
    numbers = row.split()
    try:
        return len(numbers) >= _LEAST_NUMBERS and numbers[0].isdigit() and all(map(_is_share, numbers[1:]))
    except ValueError:
        return False


def _is_share(number: str) -> bool:
    return 0 <= float(number) <= 1

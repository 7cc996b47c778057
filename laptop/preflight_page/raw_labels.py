"""Labels as they stand on a line, right or wrong, so that what is wrong can be shown."""

import math
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from labelloop.drawing import Corners
from labelloop.findings import Finding
from labelloop.manifest_file import BYTE_ORDER_MARK, LINE_LIMIT
from labelloop.store import S3Uri
from labelloop.tasks import METADATA_SUFFIX, REF_SUFFIX, SOURCE_REF

from laptop.preflight_page.marked_picture import Frame

_FARTHEST = 1_000_000.0  # pixels; what lies beyond cannot be drawn
_ANNOTATIONS = "annotations"
_OTHER_LINE = re.compile(r"\bon line (\d{1,9})\b")


class RawLine(NamedTuple):
    """A line of a manifest: any JSON object."""

    values: Mapping[str, Any]

    @property
    def picture(self) -> S3Uri | None:
        """Where it says that its picture is."""
        return self.uri(SOURCE_REF)

    def uri(self, key: str) -> S3Uri | None:
        """The S3 object under a key, or None where there is none."""
        try:
            return S3Uri.from_text(str(self.values.get(key)))
        except ValueError:
            return None

    def mask(self, attribute: str) -> S3Uri | None:
        """Where the label's mask is, if it is one."""
        return self.uri(attribute) if attribute.endswith(REF_SUFFIX) and attribute != SOURCE_REF else None

    def frames(self, attribute: str, size: tuple[int, int], class_ids: Mapping[str, int]) -> dict[int, Frame]:
        """What can be drawn of the label's boxes, by their place in the list.

        Args:
            attribute: of the label.
            size: of the picture in pixels; training divides boxes by the size on the line, so they are scaled to it.
            class_ids: of the dataset, by name; a class that it has not keeps the line's own id.
        """
        label, names, scale = self.values.get(attribute), self._class_map(attribute), self._scale(attribute, size)
        boxes = label.get(_ANNOTATIONS) if isinstance(label, dict) else None
        found = {}
        for index, box in enumerate(boxes if isinstance(boxes, list) else ()):
            corners = _corners(box, scale)
            if corners:
                own_id = box.get("class_id")
                name = str(names.get(str(own_id), f"class {own_id}"))
                found[index] = Frame(corners, name, class_ids.get(name, own_id if isinstance(own_id, int) else 0))
        return found

    def _scale(self, attribute: str, size: tuple[int, int]) -> tuple[float, float]:
        match self.values.get(attribute):
            case {"image_size": [{"width": int(width), "height": int(height)}, *_]} if min(width, height) > 0:
                return size[0] / width, size[1] / height
        return 1.0, 1.0

    def _class_map(self, attribute: str) -> Mapping[str, Any]:
        match self.values.get(attribute + METADATA_SUFFIX):
            case {"class-map": dict(names)}:
                return names
        return {}


def read_raw(manifest: Path, numbers: Collection[int]) -> dict[int, RawLine]:
    """Those of some lines, counted from 1, that are JSON objects."""
    found = {}
    with manifest.open("rb") as file:
        for number, text in enumerate(file, start=1):
            if number in numbers and len(text) <= LINE_LIMIT:
                try:
                    found[number] = RawLine(
                        msgspec.json.decode(text.removeprefix(BYTE_ORDER_MARK), type=dict[str, Any])
                    )
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    continue  # there is nothing to draw of it
    return found


def attribute_of(finding: Finding, default: str) -> str:
    """The label attribute that a finding speaks of."""
    first = _parts(finding.pointer)[:1]
    name = first[0].removesuffix(METADATA_SUFFIX) if first else ""
    return name if name not in ("", SOURCE_REF) else default


def box_of(finding: Finding) -> int | None:
    """The place in the list of the box that a finding speaks of."""
    match _parts(finding.pointer):
        case [_, "annotations", index, *_] if index.isdecimal():
            return int(index)
    return None


def other_line(finding: Finding) -> int | None:
    """The line of another picture that a finding speaks of, as copies of pictures do."""
    found = _OTHER_LINE.search(finding.message)
    return int(found[1]) if found else None


def _parts(pointer: str) -> list[str]:
    """RFC 6901."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _corners(box: Any, scale: tuple[float, float]) -> Corners | None:
    try:
        left, top, width, height = (float(box[name]) for name in ("left", "top", "width", "height"))
    except (TypeError, ValueError, KeyError, OverflowError):
        return None
    across, down = sorted((left, left + width)), sorted((top, top + height))
    x1, x2, y1, y2 = (place * factor for ends, factor in zip((across, down), scale, strict=True) for place in ends)
    corners = (x1, y1, x2, y2)
    return corners if all(math.isfinite(place) and abs(place) < _FARTHEST for place in corners) else None

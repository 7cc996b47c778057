"""Bounding-box labels, as Ground Truth writes them: absolute pixels from the top left corner.

{"image_size": [{"width": 500, "height": 400, "depth": 3}],
 "annotations": [{"class_id": 0, "left": 111, "top": 134, "width": 61, "height": 128}, …]}
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

import msgspec

from labelloop.checks import boxes, labels
from labelloop.errors import ManifestRefused
from labelloop.labels import Classes, Json, Note, QuickMetadata, Renumbered, is_class_map, label_value
from labelloop.manifest import NULL, Line, Metadata, Pointer, typed

MOST_BOXES = 200  # of a picture, before it is remarked
LEAST_INSIDE = 0.5  # of a box's area, or it was drawn on another picture
CHANNELS = 3
KEYS_NAMED = 8  # of what should be a box
_LARGEST = 10**9
_LACKS = "Object missing required field"  # msgspec's words
_Id = Annotated[int, msgspec.Meta(ge=0, lt=_LARGEST)]
_BOUNDS = msgspec.Meta(gt=-_LARGEST, lt=_LARGEST)
_Number = Annotated[int, _BOUNDS] | Annotated[float, _BOUNDS]
_Side = Annotated[int, msgspec.Meta(ge=1, lt=_LARGEST)]
_Place = Annotated[int, msgspec.Meta(ge=0, lt=_LARGEST)]
_NotTiny = Annotated[int, msgspec.Meta(ge=2, lt=_LARGEST)]


class ImageSize(msgspec.Struct, frozen=True, gc=False):
    """Of the picture, in pixels; `depth` counts channels."""

    width: _Side
    height: _Side
    depth: int = CHANNELS


class Box(msgspec.Struct, frozen=True, gc=False):
    """One object."""

    class_id: _Id
    left: _Number
    top: _Number
    width: _Number
    height: _Number

    @property
    def pixels(self) -> tuple[int | float, int | float, int | float, int | float]:
        """Left, top, width, height."""
        return self.left, self.top, self.width, self.height

    def clipped(self, size: ImageSize) -> Self:
        """What of the box lies inside its picture; its width and height are 0 or less where nothing does."""
        left, width = _cut(self.left, self.width, size.width)
        top, height = _cut(self.top, self.height, size.height)
        return msgspec.structs.replace(self, left=left, top=top, width=width, height=height)


class BoxLabel(Renumbered, msgspec.Struct, frozen=True, gc=False):
    """All objects of one picture; `image_size` is a list of one."""

    quick_label: ClassVar[Any]
    quick_metadata: ClassVar[type[QuickMetadata]]

    image_size: tuple[ImageSize]
    annotations: tuple[Box, ...]

    @classmethod
    def quick(cls, label: "_QuickLabel", metadata: "_QuickMetadata") -> tuple["BoxLabel", bytes] | None:
        """The label if all its boxes lie inside the picture, none twice, and each has a confidence."""
        found, (size,) = label.annotations, label.image_size
        width, height = size.width, size.height
        for box in found:
            if box.left + box.width > width or box.top + box.height > height:
                return None
        count = len(found)
        plain = 0 < count <= MOST_BOXES and len(set(found)) == count and size.depth == CHANNELS
        if not plain or bytes(metadata.objects).count(b"{") != count:
            return None
        class_map = bytes(metadata.class_map)
        return (label, class_map) if is_class_map(class_map) else None

    @classmethod
    def from_line(cls, line: Line, attribute: str, metadata: Metadata, note: Note) -> Self:
        """The JSON object under the attribute.

        Raises:
            ManifestRefused: of another form; or a box that has no area, or most of it outside the picture.
        """
        parts = label_value(line, attribute, dict[str, msgspec.Raw])
        sizes, annotations = (parts.get(name, NULL) for name in ("image_size", "annotations"))
        size: tuple[ImageSize] = typed(sizes, tuple[ImageSize], (attribute, "image_size"), boxes.IMAGE_SIZE_INVALID)
        place = (attribute, "annotations")
        found = _boxes(annotations, place)
        if size[0].depth != CHANNELS:
            note(boxes.IMAGE_DEPTH, f"depth is {size[0].depth}", (attribute, "image_size", 0, "depth"), size[0].depth)
        for index, box in enumerate(found):
            _look_closely(box, size[0], (*place, index), note)
        _compare(found, place, note)
        if metadata.objects is None or len(metadata.objects) != len(found):
            message = f"{len(metadata.objects or ())} confidences for {len(found)} boxes"
            note(labels.CONFIDENCE_MISSING, message, (line.metadata_key(attribute), "objects"))
        return cls(size, found)

    def class_names(self, line: Line, metadata: Metadata) -> Mapping[int, str]:  # noqa: ARG002 - see Label
        """The class map, which names only the classes of its own line."""
        return metadata.class_names()

    @property
    def class_ids(self) -> list[int]:
        """One for each object."""
        return [box.class_id for box in self.annotations]

    @property
    def picture_size(self) -> tuple[int, int]:
        """That which boxes are places in."""
        return self.image_size[0].width, self.image_size[0].height

    def place_of(self, class_id: int) -> Pointer:
        """Of the box."""
        return ("annotations", self.class_ids.index(class_id), "class_id")

    def frozen(self, metadata: Json, classes: Classes) -> tuple["BoxLabel", Json]:
        """With the new ids in boxes and class map, and boxes cut at the picture's edge."""
        cut = (box.clipped(self.image_size[0]) for box in self.annotations)
        new = tuple(msgspec.structs.replace(box, class_id=classes.new_ids[box.class_id]) for box in cut)
        return BoxLabel(self.image_size, new), metadata | {"class-map": classes.class_map(self.class_ids)}


class _QuickBox(Box, frozen=True, gc=False):
    """A box that needs no closer look, as far as a type can tell."""

    left: _Place
    top: _Place
    width: _NotTiny
    height: _NotTiny


class _QuickLabel(BoxLabel, frozen=True, gc=False):
    annotations: list[_QuickBox]  # type: ignore[assignment]  # quicker to make than a tuple


class _QuickMetadata(QuickMetadata, gc=False, rename="kebab", kw_only=True):
    type: Literal["groundtruth/object-detection"]
    class_map: msgspec.Raw
    objects: msgspec.Raw


BoxLabel.quick_label, BoxLabel.quick_metadata = _QuickLabel, _QuickMetadata


def _cut(start: float, extent: float, limit: int) -> tuple[float, float]:
    """A stretch between 0 and a limit: where it begins, and how long it is; the same numbers where it lies inside."""
    end = start + extent
    return (start, extent) if start >= 0 and end <= limit else (max(start, 0), min(end, limit) - max(start, 0))


def _boxes(annotations: bytes | msgspec.Raw, place: Pointer) -> tuple[Box, ...]:
    try:
        found: tuple[Box, ...] = typed(annotations, tuple[Box, ...], place, labels.LABEL_MALFORMED)
    except ManifestRefused as refusal:
        if isinstance(refusal.value, dict) and refusal.what.startswith(_LACKS):
            keys = ", ".join(sorted(refusal.value)[:KEYS_NAMED]) or "nothing"
            message = f"a box is {{{', '.join(Box.__struct_fields__)}}} in pixels; this one has {keys}"
            raise ManifestRefused(refusal.check, message, pointer=refusal.pointer, value=refusal.value) from refusal
        raise
    return found


def _look_closely(box: Box, size: ImageSize, place: Pointer, note: Note) -> None:
    """One box by itself."""
    extent = f"it is {_number(box.width)}x{_number(box.height)} pixels"
    if min(box.width, box.height) <= 0:
        raise ManifestRefused(boxes.BOX_EMPTY, extent, pointer=place, value=box)
    cut = box.clipped(size)
    inside = max(cut.width, 0) * max(cut.height, 0) / (box.width * box.height)
    frame = f"the picture of {size.width}x{size.height} pixels"
    if inside < LEAST_INSIDE:
        message = f"{inside:.0%} of it lies inside {frame}{_explanation(box, size)}"
        raise ManifestRefused(boxes.BOX_OUTSIDE_PICTURE, message, pointer=place, value=box)
    if cut.pixels != box.pixels:
        note(boxes.BOX_CROSSES_EDGE, f"it reaches beyond {frame}", place, box)
    if min(box.pixels) >= 0 and max(box.pixels) <= 1:
        note(boxes.BOX_LIKE_SHARES, "left, top, width and height lie between 0 and 1", place, box)
        return
    if min(box.width, box.height) <= 1:
        note(boxes.BOX_TINY, extent, place, box)
    if any(number % 1 for number in box.pixels):
        note(boxes.BOX_NOT_INTEGER, "left, top, width and height are not all whole numbers", place, box)


def _explanation(box: Box, size: ImageSize) -> str:
    """Why a box lies outside its picture, as far as the numbers tell."""
    are_corners = box.left < box.width <= size.width and box.top < box.height <= size.height
    return "; it would fit if width and height were right and bottom" if are_corners and min(box.pixels) >= 0 else ""


def _number(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:.2f}".rstrip("0").rstrip(".")


def _compare(found: tuple[Box, ...], place: Pointer, note: Note) -> None:
    """The boxes of a picture with each other."""
    first: dict[Box, int] = {}
    for index, box in enumerate(found):
        if first.setdefault(box, index) != index:
            note(boxes.BOX_REPEATED, f"it is the same as box {first[box]}", (*place, index), box)
    if len(found) > MOST_BOXES:
        note(boxes.MANY_BOXES, f"it has {len(found):,} boxes", place)

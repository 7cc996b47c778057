"""Bounding-box labels, as Ground Truth writes them: absolute pixels from the top left corner.

{"image_size": [{"width": 500, "height": 400, "depth": 3}],
 "annotations": [{"class_id": 0, "left": 111, "top": 134, "width": 61, "height": 128}, …]}
"""

import math
from collections.abc import Mapping
from typing import Self

import msgspec

from labelloop.labels import Classes, Json, Renumbered
from labelloop.manifest import Line, Metadata

Pixels = int | float


class Box(msgspec.Struct, frozen=True):
    """One object; its class id is not negative, its sizes are neither that nor endless."""

    class_id: int
    left: Pixels
    top: Pixels
    width: Pixels
    height: Pixels

    def __post_init__(self) -> None:
        if min(self.class_id, self.width, self.height) < 0:
            raise ValueError("class_id, width and height of a box cannot be negative")
        if not all(map(math.isfinite, (self.left, self.top, self.width, self.height))):
            raise ValueError("the sizes of a box must be finite")


class ImageSize(msgspec.Struct, frozen=True):
    """Of the picture, in pixels; `depth` counts channels."""

    width: int
    height: int
    depth: int = 3


class BoxLabel(Renumbered, msgspec.Struct, frozen=True):
    """All objects of one picture; `image_size` is a list of one."""

    image_size: tuple[ImageSize]
    annotations: tuple[Box, ...]

    @classmethod
    def from_line(cls, line: Line, attribute: str, metadata: Metadata) -> Self:  # noqa: ARG003 - see Label
        """The JSON object under the attribute.

        Raises:
            UnreadableManifest: of another form.
        """
        return line.decoded(line.values[attribute], cls, attribute)

    def class_names(self, line: Line, metadata: Metadata) -> Mapping[int, str]:
        """The class map, which names only the classes of its own line."""
        return metadata.class_names(line.number)

    @property
    def class_ids(self) -> tuple[int, ...]:
        """One for each object."""
        return tuple(box.class_id for box in self.annotations)

    def renumbered(self, new_ids: Mapping[int, int]) -> Self:
        """The label with other class ids."""
        boxes = tuple(msgspec.structs.replace(box, class_id=new_ids[box.class_id]) for box in self.annotations)
        return msgspec.structs.replace(self, annotations=boxes)

    def frozen(self, metadata: Json, classes: Classes) -> tuple[Self, Json]:
        """With the new ids in boxes and class map."""
        return self.renumbered(classes.new_ids), metadata | {"class-map": classes.class_map(self.class_ids)}

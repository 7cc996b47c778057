"""What an object-detection endpoint says.

    {"prediction": [[class, score, xmin, ymin, xmax, ymax], …]}     corners as shares of width and height

The rows are unsorted and unfiltered. Source: https://docs.aws.amazon.com/sagemaker/latest/dg/object-detection-in-formats.html
"""

import math
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, Self

import msgspec

from labelloop.errors import MalformedPrediction
from labelloop.prediction import Json, Options, PictureSize

if TYPE_CHECKING:
    from PIL.Image import Image


class Detection(NamedTuple):
    """One box; `score` in 0…1, corners as shares of the picture's width and height in 0…1."""

    class_id: int
    score: float
    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def area(self) -> float:
        """As a share of the picture's."""
        return (self.x2 - self.x1) * (self.y2 - self.y1)

    def overlap(self, other: "Detection") -> float:
        """Intersection over union, 0…1."""
        width = min(self.x2, other.x2) - max(self.x1, other.x1)
        height = min(self.y2, other.y2) - max(self.y1, other.y1)
        shared = max(width, 0.0) * max(height, 0.0)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0


class _Answer(msgspec.Struct):
    prediction: list[tuple[float, float, float, float, float, float]]


class Detections(msgspec.Struct, frozen=True):
    """Boxes, the surest first; `left_out` counts those that were not selected."""

    boxes: tuple[Detection, ...]
    left_out: int = 0

    @classmethod
    def from_built_in(cls, body: bytes) -> Self:
        """Parse the built-in algorithm's answer; rows of class -1 (suppressed) are dropped, corners brought into 0…1.

        Raises:
            MalformedPrediction: another form.
        """
        try:
            rows = msgspec.json.decode(body, type=_Answer).prediction
        except msgspec.DecodeError as error:
            shown = body[:80].decode(errors="replace")
            raise MalformedPrediction(
                f"the endpoint did not answer with detections: {error}; it begins {shown!r}."
            ) from error
        boxes = (
            Detection(int(row[0]), row[1], *(min(max(corner, 0.0), 1.0) for corner in row[2:]))
            for row in rows
            if row[0] >= 0
        )
        return cls(tuple(sorted(boxes, key=lambda box: -box.score)))

    def __len__(self) -> int:
        return len(self.boxes)

    def check(self, class_count: int, size: PictureSize) -> None:  # noqa: ARG002 - the corners are shares
        """Whether scores are shares, corners ordered and classes known.

        Raises:
            MalformedPrediction: one of them is not; the box is named.
        """
        for box in self.boxes:
            ordered = box.x1 <= box.x2 and box.y1 <= box.y2
            if not (ordered and 0 <= box.score <= 1 and box.class_id < class_count and all(map(math.isfinite, box))):
                raise MalformedPrediction(f"the endpoint of a model with {class_count} classes answered {tuple(box)}.")

    def selected(self, options: Options) -> Self:
        """The boxes of the wanted classes and scores, without those that a surer box of their class overlaps."""
        kept: list[Detection] = []
        rivals: dict[int, list[Detection]] = defaultdict(list)
        for box in self.boxes:
            if len(kept) == options.max_detections or box.score < options.confidence:
                break
            same = rivals[box.class_id]
            if options.wants(box.class_id) and all(box.overlap(other) <= options.iou for other in same):
                kept.append(box)
                same.append(box)
        return type(self)(tuple(kept), len(self.boxes) - len(kept))

    def to_json(self, size: PictureSize, class_names: tuple[str, ...], inference_id: str) -> Json:
        """Roboflow's fields (centre, width, height) and the corners, in pixels; and how many there are."""
        found = [
            {
                **_pixels(box, size),
                "confidence": round(box.score, 4),
                "class": class_names[box.class_id],
                "class_id": box.class_id,
                "detection_id": f"{inference_id}-{index}",
            }
            for index, box in enumerate(self.boxes)
        ]
        return {"predictions": found, "counts": {"returned": len(found), "left_out": self.left_out}}

    def draw(self, picture: "Image", class_names: tuple[str, ...]) -> "Image":
        """See `drawing.draw_boxes`."""
        from labelloop import drawing  # pixels are touched only where a picture is asked for

        size = PictureSize(picture.width, picture.height)
        labels = [f"{class_names[box.class_id]} {box.score:.2f}" for box in self.boxes]
        corners = [_corners(box, size) for box in self.boxes]
        return drawing.draw_boxes(picture, corners, labels, [box.class_id for box in self.boxes])


def _corners(box: Detection, size: PictureSize) -> tuple[float, float, float, float]:
    return box.x1 * size.width, box.y1 * size.height, box.x2 * size.width, box.y2 * size.height


def _pixels(box: Detection, size: PictureSize) -> dict[str, float]:
    x1, y1, x2, y2 = (round(corner, 2) for corner in _corners(box, size))
    return {
        "x": round((x1 + x2) / 2, 2),
        "y": round((y1 + y2) / 2, 2),
        "width": round(x2 - x1, 2),
        "height": round(y2 - y1, 2),
        "x1": x1,
        "y1": y1,
        "x2": x2,
        "y2": y2,
    }

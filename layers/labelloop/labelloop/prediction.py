"""What every decoded answer of an endpoint can do, whatever the task."""

from typing import TYPE_CHECKING, Any, Protocol, Self

import msgspec

if TYPE_CHECKING:
    from PIL.Image import Image


class PictureSize(msgspec.Struct, frozen=True):
    """In pixels, upright."""

    width: int
    height: int


class Options(msgspec.Struct, frozen=True):
    """What a client asked for: scores and overlaps in 0…1; `class_ids` None means all."""

    confidence: float = 0.4
    iou: float = 0.5
    max_detections: int = 300
    class_ids: frozenset[int] | None = None


class Prediction(Protocol):
    """A decoded answer."""

    def selected(self, options: Options) -> Self:
        """What of it the client asked for."""
        ...

    def check(self, class_count: int) -> None:
        """Whether it can come from a model of that many classes.

        Raises:
            MalformedPrediction: it cannot.
        """
        ...

    def to_json(self, size: PictureSize, class_names: tuple[str, ...], inference_id: str) -> Any:
        """The `predictions` of an HTTP answer, in pixels of the upright picture."""
        ...

    def draw(self, picture: "Image", class_names: tuple[str, ...]) -> "Image":
        """The RGB picture with the prediction drawn on it; the one given is left as it is."""
        ...

    def __len__(self) -> int: ...

"""What every decoded answer of an endpoint can do, whatever the task."""

from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

import msgspec

if TYPE_CHECKING:
    from PIL.Image import Image

Json = dict[str, Any]
View = Literal["semantic", "classes", "instances"]


class PictureSize(msgspec.Struct, frozen=True):
    """In pixels, upright."""

    width: int
    height: int


class Options(msgspec.Struct, frozen=True):
    """What a client asked for; each task has use for some of it.

    `confidence` and `iou` lie in 0…1; `class_ids` None means all. `view` and `confidence_mask` are for masks: how they
    are told, and whether with the model's confidence in each pixel.
    """

    confidence: float = 0.4
    iou: float = 0.5
    max_detections: int = 300
    class_ids: frozenset[int] | None = None
    view: View = "semantic"
    confidence_mask: bool = False

    def wants(self, class_id: int) -> bool:
        """Whether a class is among those asked for."""
        return self.class_ids is None or class_id in self.class_ids


class Prediction(Protocol):
    """A decoded answer."""

    def check(self, class_count: int, size: PictureSize) -> None:
        """Whether a model of that many classes can say this of a picture of that size.

        Raises:
            MalformedPrediction: it cannot.
        """
        ...

    def selected(self, options: Options) -> Self:
        """What of it the client asked for."""
        ...

    def to_json(self, size: PictureSize, class_names: tuple[str, ...], inference_id: str) -> Json:
        """The fields of an HTTP answer that hold it: `predictions`, in pixels of the upright picture, and others.

        Raises:
            AnswerTooLarge: they would have too many bytes.
        """
        ...

    def draw(self, picture: "Image", class_names: tuple[str, ...]) -> "Image":
        """The RGB picture with the prediction drawn on it; the one given is left as it is."""
        ...

    def __len__(self) -> int: ...

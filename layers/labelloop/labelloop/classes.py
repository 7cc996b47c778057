"""What image-classification endpoints say: a probability for each class.

    [0.1855, 0.0808, 0.7121, 0.0216]          or  {"prediction": [0.1855, …]}

A real-time endpoint answers with the bare list, a batch transform and `Accept: application/jsonlines` with the object.
Source: https://docs.aws.amazon.com/sagemaker/latest/dg/image-classification.html, "Inference"
"""

import math
from typing import TYPE_CHECKING, Self

import msgspec

from labelloop.errors import MalformedPrediction
from labelloop.prediction import Json, Options, PictureSize

if TYPE_CHECKING:
    from PIL.Image import Image

SUM_TOLERANCE = 0.01  # of a softmax in 32-bit numbers, written in decimals
MOST_DRAWN = 5  # classes on a picture


class _Answer(msgspec.Struct):
    prediction: list[float]


class _Classification(msgspec.Struct, frozen=True):
    """`probabilities` by class id, each in 0…1."""

    probabilities: tuple[float, ...]
    options: Options = Options()

    @classmethod
    def from_built_in(cls, body: bytes) -> Self:
        """Parse the built-in algorithm's answer, in either of its forms.

        Raises:
            MalformedPrediction: another form.
        """
        try:
            answer = msgspec.json.decode(body, type=_Answer | list[float])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            shown = body[:80].decode(errors="replace")
            raise MalformedPrediction(
                f"the endpoint did not answer with probabilities: {error}; it begins {shown!r}."
            ) from error
        return cls(tuple(answer.prediction if isinstance(answer, _Answer) else answer))

    def check(self, class_count: int, size: PictureSize) -> None:  # noqa: ARG002 - says nothing of pixels
        """Whether there is a probability for each class.

        Raises:
            MalformedPrediction: there is not, or one lies outside 0…1.
        """
        if len(self.probabilities) != class_count:
            raise MalformedPrediction(
                f"the endpoint of a model with {class_count} classes answered {len(self.probabilities)} probabilities."
            )
        if not all(0 <= share <= 1 for share in self.probabilities):
            raise MalformedPrediction(f"the endpoint answered {max(self.probabilities, key=abs)} as a probability.")

    def selected(self, options: Options) -> Self:
        """The same, to be told as the options say."""
        return msgspec.structs.replace(self, options=options)

    def draw(self, picture: "Image", class_names: tuple[str, ...]) -> "Image":
        """See `drawing.draw_classes`."""
        from labelloop import drawing  # pixels are touched only where a picture is asked for

        shown = self._chosen()[: min(MOST_DRAWN, self.options.max_detections)]
        names, confidences = [class_names[one] for one in shown], [self.probabilities[one] for one in shown]
        return drawing.draw_classes(picture, names, confidences, shown)

    def __len__(self) -> int:
        return len(self._chosen())

    def _ranked(self) -> list[int]:
        """Ids of the classes asked for, the surest first."""
        wanted = (class_id for class_id in range(len(self.probabilities)) if self.options.wants(class_id))
        return sorted(wanted, key=lambda class_id: -self.probabilities[class_id])

    def _chosen(self) -> list[int]:
        """Of these the ones that are sure enough."""
        return [class_id for class_id in self._ranked() if self.probabilities[class_id] >= self.options.confidence]

    def _named(self, class_id: int, class_names: tuple[str, ...]) -> Json:
        confidence = round(self.probabilities[class_id], 4)
        return {"class": class_names[class_id], "class_id": class_id, "confidence": confidence}


class SingleClass(_Classification, frozen=True):
    """One class is right: the probabilities are a softmax and add up to 1."""

    def check(self, class_count: int, size: PictureSize) -> None:
        """Whether it is a softmax over the classes.

        Raises:
            MalformedPrediction: it is not.
        """
        super().check(class_count, size)
        total = math.fsum(self.probabilities)
        if abs(total - 1) > SUM_TOLERANCE:
            raise MalformedPrediction(
                f"the endpoint's probabilities add up to {total:.4f}; those of one class among {class_count} make 1."
            )

    def to_json(self, size: PictureSize, class_names: tuple[str, ...], inference_id: str) -> Json:  # noqa: ARG002
        """Roboflow's list of classes, the surest first, and its `top` and `confidence`; null where none is left."""
        found = [self._named(class_id, class_names) for class_id in self._chosen()[: self.options.max_detections]]
        top = found[0] if found else {"class": None, "confidence": None}
        return {"predictions": found, "top": top["class"], "confidence": top["confidence"]}


class ClassSet(_Classification, frozen=True):
    """Any number of classes is right: each probability is a sigmoid of its own."""

    def to_json(self, size: PictureSize, class_names: tuple[str, ...], inference_id: str) -> Json:  # noqa: ARG002
        """Roboflow's object of all classes by name, and the names of those that are predicted."""
        every = [self._named(class_id, class_names) for class_id in self._ranked()]
        predicted = [class_names[class_id] for class_id in self._chosen()]
        return {"predictions": {one.pop("class"): one for one in every}, "predicted_classes": predicted}

"""How a client wants a picture's answer: the parameters of a query string or JSON body, each task's own."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, Self, get_args

import msgspec

from labelloop.errors import InvalidParameter
from labelloop.prediction import Options, View
from labelloop.tasks import Task

Format = Literal["json", "png"]
_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})


class Offered(NamedTuple):
    """The parameters of a task, and the confidence from which it tells what it sees; None where that means nothing."""

    names: frozenset[str]
    confidence: float | None


OFFERED = {
    Task.OBJECT_DETECTION: Offered(frozenset({"classes", "confidence", "iou", "max_detections"}), 0.4),
    Task.SEMANTIC_SEGMENTATION: Offered(
        frozenset({"classes", "confidence_mask", "format", "max_detections", "view"}), None
    ),
    Task.IMAGE_CLASSIFICATION: Offered(frozenset({"classes", "confidence", "max_detections"}), 0.0),
    Task.IMAGE_CLASSIFICATION_MULTILABEL: Offered(frozenset({"classes", "confidence"}), 0.5),
}


class Parameters(msgspec.Struct, frozen=True):
    """What was asked for; `given` are the names that the client gave."""

    task: Task
    options: Options
    form: Format = "json"
    given: frozenset[str] = frozenset()

    @classmethod
    def from_given(cls, given: Mapping[str, Any], task: Task, class_names: tuple[str, ...]) -> Self:
        """Read parameters, as text or as JSON values; what is not given has its task's default.

        Raises:
            InvalidParameter: an unknown name, or a value that means nothing; the parameter is named.
        """
        for name in given.keys() - OFFERED[task].names:
            raise InvalidParameter(
                f"unknown parameter {_shown(name)} for {task}.",
                hint=f"Known are: {', '.join(sorted(OFFERED[task].names))}.",
            )
        defaults = Options(confidence=OFFERED[task].confidence or 0.0)
        read = {name: _READERS[name](name, value) for name, value in given.items() if name in _READERS}
        if "classes" in given:
            read["class_ids"] = _class_ids(given["classes"], class_names)
        form = read.pop("format", "json")
        return cls(task, msgspec.structs.replace(defaults, **read), form, frozenset(given))

    def thresholds(self) -> dict[str, Any]:
        """Those in force for the task, and who chose the confidence."""
        names = OFFERED[self.task].names
        source = "request" if "confidence" in self.given else "default"
        confidence = {"confidence": self.options.confidence, "source": source} if "confidence" in names else {}
        return confidence | ({"iou": self.options.iou} if "iou" in names else {})


def _confidence(name: str, value: Any) -> float:
    """A share in 0…1; numbers from 1 on are read as percent, as Roboflow's clients send them."""
    number = _number(name, value)
    share = number / 100 if number >= 1 else number
    if not 0 <= share <= 1:
        raise InvalidParameter(f"{name} is {number:g}; it must lie between 0 and 1, or up to 100 as percent.")
    return share


def _share(name: str, value: Any) -> float:
    number = _number(name, value)
    if not 0 <= number <= 1:
        raise InvalidParameter(f"{name} is {number:g}; it must lie between 0 and 1.")
    return number


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise InvalidParameter(f"{name} is {_shown(value)}; it must be a number.") from error


def _count(name: str, value: Any) -> int:
    try:
        number = int(value)
    except ValueError as error:
        raise InvalidParameter(f"{name} is {_shown(value)}; it must be a whole number.") from error
    if number < 1:
        raise InvalidParameter(f"{name} is {number}; it must be at least 1.")
    return number


def _truth(name: str, value: Any) -> bool:
    text = str(value).lower()
    if text not in _TRUE | _FALSE:
        raise InvalidParameter(f"{name} is {_shown(value)}; it must be true or false.")
    return text in _TRUE


def _view(name: str, value: Any) -> str:
    return _one_of(name, value, get_args(View))


def _format(name: str, value: Any) -> str:
    return _one_of(name, value, get_args(Format))


def _one_of(name: str, value: Any, words: tuple[str, ...]) -> str:
    if value not in words:
        raise InvalidParameter(f"{name} is {_shown(value)}; it must be one of {', '.join(words)}.")
    return str(value)


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "confidence": _confidence,
    "iou": _share,
    "max_detections": _count,
    "view": _view,
    "format": _format,
    "confidence_mask": _truth,
}


def _class_ids(value: str | list[str | int], class_names: tuple[str, ...]) -> frozenset[int]:
    """Classes by name or id: a list, or a text with commas between, which cannot name a class that has one."""
    by_text = {str(class_id): class_id for class_id in range(len(class_names))}
    by_text |= {name: class_id for class_id, name in enumerate(class_names)}
    parts = (part.strip() for part in value.split(",")) if isinstance(value, str) else map(str, value)
    wanted = [part for part in parts if part]
    unknown = [name for name in wanted if name not in by_text]
    if unknown or not wanted:
        what = f"knows no {_shown(unknown[0])}" if unknown else "is asked for no class"
        raise InvalidParameter(f"classes: the model {what}.", hint=f"It knows: {', '.join(class_names)}.")
    return frozenset(by_text[name] for name in wanted)


def _shown(value: Any) -> str:
    """What a client sent, no longer than anyone reads."""
    return repr(str(value)[:60])

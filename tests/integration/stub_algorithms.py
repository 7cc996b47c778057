"""What the built-in algorithms read and answer, without what they learn in between."""

import io
import json
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

Answers = dict[str, Callable[[], bytes]]  # by the content type that is accepted


class Algorithm(ABC):
    """Of a training job with these hyperparameters."""

    metric: ClassVar[str]
    content_type: ClassVar = "application/x-recordio"

    def __init__(self, hyperparameters: Mapping[str, str]) -> None:
        self.classes = int(hyperparameters["num_classes"])

    def complaint(self, channels: Mapping[str, bytes], config: Mapping[str, Any]) -> str:
        """What is wrong with the channels; "" where nothing is."""
        for name, stream in channels.items():
            payloads = list(records(stream))
            labels = payloads[1::2]
            if len(labels) * 2 != len(payloads) or not labels:
                return f"channel {name} has {len(payloads)} records"
            if config[name]["ContentType"] != self.content_type:
                return f"channel {name} is {config[name]['ContentType']}"
            if wrong := [label[:40] for label in labels if not self.takes(label)]:
                return f"channel {name} has the label {wrong[0]!r}"
        return ""

    @abstractmethod
    def takes(self, label: bytes) -> bool:
        """Whether a label is one of the algorithm's."""

    @abstractmethod
    def answers(self, picture: bytes) -> Answers:
        """What there is to say of a picture."""


class ObjectDetection(Algorithm):
    metric = "#quality_metric: host=algo-1, epoch=0, validation mAP <score>=(0.75)"

    def takes(self, label: bytes) -> bool:
        return all(box["class_id"] < self.classes for box in json.loads(label)["annotations"])

    def answers(self, picture: bytes) -> Answers:
        rows = [[0.0, 0.9, 0.1, 0.2, 0.5, 0.6], [1.0, 0.3, 0.5, 0.5, 0.9, 0.9]]
        return {"application/json": lambda: json.dumps({"prediction": rows}).encode()}


class SemanticSegmentation(Algorithm):
    """Says that the right half of each picture is of the last class, with 0.75, and the rest of the first."""

    metric = "#quality_metric: host=algo-1, epoch=0, validation mIOU <score>=(0.75)"

    def takes(self, label: bytes) -> bool:
        mask = _picture(label)
        return mask.format == "PNG" and all(value < self.classes or value == 255 for _, value in mask.getcolors())

    def answers(self, picture: bytes) -> Answers:
        width, height = _picture(picture).size
        row = [self.classes - 1 if 2 * column >= width else 0 for column in range(width)]
        return {
            "image/png": lambda: _png(row, height),
            "application/x-protobuf": lambda: _probabilities(row, height, self.classes),
        }


class ImageClassification(Algorithm):
    """Says that every picture is of the last class, with 0.75."""

    metric = "Epoch[0] Validation-accuracy=0.750000"

    def takes(self, label: bytes) -> bool:
        return int(label) < self.classes

    def answers(self, picture: bytes) -> Answers:
        shares = [0.25 / (self.classes - 1)] * (self.classes - 1) + [0.75]
        return {"application/json": lambda: json.dumps(shares).encode()}


class MultiLabelClassification(Algorithm):
    """Says that all but the first class apply, with 0.75."""

    metric = ImageClassification.metric
    content_type = "application/x-recordio; label-format=class-id"

    def takes(self, label: bytes) -> bool:
        return label.startswith(b"[") and all(class_id < self.classes for class_id in json.loads(label))

    def answers(self, picture: bytes) -> Answers:
        shares = [0.25] + [0.75] * (self.classes - 1)
        return {"application/json": lambda: json.dumps(shares).encode()}


def named(name: str, hyperparameters: Mapping[str, str]) -> Algorithm:
    several = hyperparameters.get("multi_label") == "1"
    kinds: dict[str, type[Algorithm]] = {
        "object-detection": ObjectDetection,
        "semantic-segmentation": SemanticSegmentation,
        "image-classification": MultiLabelClassification if several else ImageClassification,
    }
    return kinds[name](hyperparameters)


def records(stream: bytes) -> Iterator[bytes]:
    """The RecordIO records of a stream in which none comes in parts."""
    offset = 0
    while offset < len(stream):
        magic, length = struct.unpack_from("<II", stream, offset)
        assert (magic, length >> 29) == (0xCED7230A, 0)
        yield stream[offset + 8 : offset + 8 + length]
        offset += 8 + length + -length % 4


def _picture(data: bytes) -> Any:
    from PIL import Image  # as all below, not for stubs that touch no pixel

    return Image.open(io.BytesIO(data))


def _png(row: list[int], height: int) -> bytes:
    from PIL import Image

    from tests.unit.picture_files import encoded

    return encoded(Image.frombytes("L", (len(row), height), bytes(row) * height))


def _probabilities(row: list[int], height: int, classes: int) -> bytes:
    import numpy as np

    from tests.unit.record_files import probabilities_body

    ids, planes = np.array([row] * height), np.arange(classes)[:, None, None]
    return probabilities_body(np.where(ids == planes, 0.75, 0.25 / (classes - 1)))

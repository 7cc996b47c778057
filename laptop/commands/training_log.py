"""Training logs of the built-in algorithms, read for people: what each epoch reached.

    #quality_metric: host=algo-1, epoch=3, batch=16 train smooth_l1 <loss>=0.412000
    #quality_metric: host=algo-1, epoch=3, validation mAP <score>=(0.281000)

    Epoch[3] Train-accuracy=0.892857
    Epoch[3] Validation-accuracy=0.771429

The first form is that of object detection and semantic segmentation, the second that of image classification.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_FORMS = (
    re.compile(
        r"#quality_metric: host=\S+, epoch=(?P<epoch>\d+), "
        r"(?:batch=\d+ train|(?P<validation>validation)) (?P<name>\S+) <\w+>=\(?(?P<value>[^\s()]+)\)?"
    ),
    re.compile(r"Epoch\[(?P<epoch>\d+)\] (?:Train|(?P<validation>Validation))-(?P<name>\S+?)=(?P<value>\S+)"),
)


class Epoch(NamedTuple):
    """An epoch that has been validated; `number` counts from 1 (the log's from 0), `training` is of its training."""

    number: int
    training: dict[str, float]
    metric: str
    score: float


class EpochReader:
    """Puts the lines of one log together to epochs. What an epoch's training measured comes before its score.

    Of several scores the one that the log names first is the epoch's: segmentation's mIOU, after which it also tells
    the pixel accuracy.
    """

    def __init__(self) -> None:
        self._training: dict[int, dict[str, float]] = {}
        self._metric = ""

    def read(self, lines: Iterable[str]) -> Iterator[Epoch]:
        """The epochs that these lines complete; lines of other kinds are passed over."""
        for line in lines:
            found = next(filter(None, (form.search(line) for form in _FORMS)), None)
            if found is None:
                continue
            epoch, name, value = int(found["epoch"]), found["name"], float(found["value"])
            if not found["validation"]:
                self._training.setdefault(epoch, {})[name] = value
                continue
            self._metric = self._metric or name
            if name == self._metric:
                yield Epoch(epoch + 1, self._training.pop(epoch, {}), name, value)

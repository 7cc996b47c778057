"""Training logs of the built-in algorithms, read for people: what each epoch reached.

    #quality_metric: host=algo-1, epoch=3, batch=16 train smooth_l1 <loss>=0.412000
    #quality_metric: host=algo-1, epoch=3, validation mAP <score>=(0.281000)

The patterns are those of the built-in images' own metric definitions.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_QUALITY = re.compile(
    r"#quality_metric: host=\S+, epoch=(?P<epoch>\d+), "
    r"(?:batch=\d+ train|(?P<validation>validation)) (?P<name>\S+) <\w+>=\(?(?P<value>[^\s()]+)\)?"
)


class Epoch(NamedTuple):
    """An epoch that has been validated; `number` counts from 1 (the log's from 0)."""

    number: int
    losses: dict[str, float]
    metric: str
    score: float


class EpochReader:
    """Puts the lines of one log together to epochs. An epoch's losses come before its score."""

    def __init__(self) -> None:
        self._losses: dict[int, dict[str, float]] = {}

    def read(self, lines: Iterable[str]) -> Iterator[Epoch]:
        """The epochs that these lines complete; lines of other kinds are passed over."""
        for line in lines:
            found = _QUALITY.search(line)
            if found is None:
                continue
            epoch, name, value = int(found["epoch"]), found["name"], float(found["value"])
            if found["validation"]:
                yield Epoch(epoch + 1, self._losses.pop(epoch, {}), name, value)
            else:
                self._losses.setdefault(epoch, {})[name] = value

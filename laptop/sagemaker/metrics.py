"""Metrics of a training job, read from its log by regular expressions."""

import re
from collections.abc import Mapping

from laptop.account import Json
from laptop.sagemaker.records import now


class MetricReader:
    """Remembers the last value of each metric.

    Args:
        definitions: name to expression; the first group is the value.
    """

    def __init__(self, definitions: Mapping[str, re.Pattern[str]]) -> None:
        self._definitions = definitions
        self._last: dict[str, Json] = {}

    def read(self, line: str) -> None:
        """Take what a line of the log says; a value that is no number says nothing."""
        for name, expression in self._definitions.items():
            if found := expression.search(line):
                try:
                    value = float(found[1])
                except ValueError:
                    continue
                self._last[name] = {"MetricName": name, "Value": value, "Timestamp": now()}

    def final(self) -> list[Json]:
        """FinalMetricDataList."""
        return [dict(metric) for metric in self._last.values()]

"""The log lines from which SageMaker reads metrics, in the built-in algorithms' own words.

The console's metric definitions for the built-in images are regular expressions over these lines.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol


def print_line(text: str) -> None:
    """To standard output at once, so that a reader of the log sees each epoch as it ends."""
    print(text, flush=True)  # noqa: T201 - the training log is this program's output


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of a channel gave: `values` are the means of the training metrics, or the validation scores."""

    epoch: int
    batches: int
    samples: int
    seconds: float
    values: Mapping[str, float]

    @property
    def throughput(self) -> float:
        """Samples in a second."""
        return self.samples / self.seconds


class MetricLog(Protocol):
    """How an algorithm words its metrics."""

    def trained(self, reading: Reading) -> None:
        """An epoch of training is over."""

    def validated(self, reading: Reading) -> None:
        """The same epoch has its scores."""


@dataclass(frozen=True, slots=True)
class QualityMetricLog:
    """The words of object detection and semantic segmentation."""

    host: str
    epochs: int
    write: Callable[[str], None] = print_line

    def trained(self, reading: Reading) -> None:
        """Mean losses by name, and the speed."""
        where = f"#quality_metric: host={self.host}, epoch={reading.epoch}, batch={reading.batches}"
        for name, value in reading.values.items():
            self.write(f"{where} train {name} <loss>={value:.6f}")
        self._throughput("train", reading)

    def validated(self, reading: Reading) -> None:
        """Scores by name, the speed, and epochs done out of those asked for."""
        where = f"#quality_metric: host={self.host}, epoch={reading.epoch},"
        for name, value in reading.values.items():
            self.write(f"{where} validation {name} <score>=({value:.6f})")
        self._throughput("validation", reading)
        self.write(f"#progress_metric: host={self.host}, completed {100 * (reading.epoch + 1) // self.epochs} %")

    def _throughput(self, channel: str, reading: Reading) -> None:
        rate = f"{channel} throughput={reading.throughput:.3f} records/second"
        self.write(f"#throughput_metric: host={self.host}, {rate}")

"""The log lines from which SageMaker reads metrics, in the built-in algorithms' own words.

The console's metric definitions for the built-in object detection image are regular expressions over these lines.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


def print_line(text: str) -> None:
    """To standard output at once, so that a reader of the log sees each epoch as it ends."""
    print(text, flush=True)  # noqa: T201 - the training log is this program's output


@dataclass(frozen=True, slots=True)
class MetricLog:
    """Writes metric lines for one host."""

    host: str
    write: Callable[[str], None] = print_line

    def losses(self, epoch: int, batch: int, values: Mapping[str, float]) -> None:
        """Mean training losses of an epoch, by name."""
        for name, value in values.items():
            self.write(
                f"#quality_metric: host={self.host}, epoch={epoch}, batch={batch} train {name} <loss>={value:.6f}"
            )

    def score(self, epoch: int, name: str, value: float) -> None:
        """A validation score, higher is better."""
        self.write(f"#quality_metric: host={self.host}, epoch={epoch}, validation {name} <score>=({value:.6f})")

    def progress(self, done: int, total: int) -> None:
        """Epochs done out of those asked for."""
        self.write(f"#progress_metric: host={self.host}, completed {100 * done // total} %")

    def throughput(self, rate: float) -> None:
        """Training records in a second."""
        self.write(f"#throughput_metric: host={self.host}, train throughput={rate:.3f} records/second")

"""Pipe mode: one FIFO `<channel>_<epoch>` for each reading of a channel.

The FIFO of the next epoch may not be there yet when this one is read to its end. Source: SageMaker developer guide,
"How Amazon SageMaker AI Provides Training Information", Pipe mode.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mxnet_vision.errors import ClientError
from mxnet_vision.recordio import read_records

_LOOK_AGAIN = 0.02  # seconds


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of the job; `patience` is how many seconds the next FIFO may take to appear."""

    directory: Path
    name: str
    patience: float = 300.0
    sleep: Callable[[float], None] = time.sleep

    def records(self, epoch: int) -> Iterator[bytes]:
        """The payloads of one epoch, to the end of its FIFO.

        Raises:
            ClientError: the FIFO does not appear in time.
            MalformedRecord: what comes through is not RecordIO.
        """
        path = self.directory / f"{self.name}_{epoch}"
        self._await(path)
        with path.open("rb") as stream:
            yield from read_records(stream)

    def _await(self, path: Path) -> None:
        waited = 0.0
        while not path.exists():
            if waited >= self.patience:
                raise ClientError(f"Channel '{self.name}' has no pipe {path.name} after {self.patience:g} seconds.")
            self.sleep(_LOOK_AGAIN)
            waited += _LOOK_AGAIN

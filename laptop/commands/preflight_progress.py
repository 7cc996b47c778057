"""What a preflight is doing, on a terminal: reading lines, then files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from labelloop.store import ObjectInfo, Objects, ObjectStart, S3Uri
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@dataclass(frozen=True, slots=True)
class WatchedObjects:
    """Objects that call `looked` whenever one is read.

    Where it is not known in which Region training would run, they tell no Region either: nothing is to be compared.
    """

    objects: Objects
    looked: Callable[[], None]
    tells_regions: bool = True

    def find(self, uri: S3Uri) -> ObjectInfo | None:
        """See `Objects`."""
        return self.objects.find(uri)

    def read(self, uri: S3Uri, *, limit: int) -> bytes:
        """See `Objects`."""
        self.looked()
        return self.objects.read(uri, limit=limit)

    def read_start(self, uri: S3Uri, count: int) -> ObjectStart:
        """See `Objects`."""
        self.looked()
        return self.objects.read_start(uri, count)

    def region(self, bucket: str) -> str | None:
        """See `Objects`."""
        return self.objects.region(bucket) if self.tells_regions else None


@contextmanager
def shown(console: Console, what: str) -> Iterator[Callable[[], None]]:
    """Show on a terminal what is being read and, once the function that is given is called, how many files were."""
    columns = (SpinnerColumn(), TextColumn("{task.description}{task.fields[files]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None, files="")

        def looked() -> None:
            progress.advance(task)
            progress.update(task, files=f", pictures and masks: {progress.tasks[0].completed:,.0f} reads")

        yield looked

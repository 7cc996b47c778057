import io
from pathlib import Path

from labelloop.store import ObjectInfo, S3Uri
from rich.console import Console

from laptop.commands.preflight_objects import FolderObjects
from laptop.commands.preflight_progress import WatchedObjects, shown

ONE = S3Uri("b", "one.jpg")


class Elsewhere(FolderObjects):
    """A folder in a Region."""

    def region(self, bucket: str) -> str | None:
        return f"{bucket}'s"


def test_reads_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(b"picture")
    told: list[None] = []
    objects = WatchedObjects(FolderObjects(tmp_path), lambda: told.append(None))
    assert objects.read(ONE, limit=9) == b"picture"
    assert objects.read_start(ONE, 3) == (b"pic", 7)
    assert len(told) == 2
    assert isinstance(objects.find(ONE), ObjectInfo)
    assert len(told) == 2


def test_regions_are_told_where_they_can_be_compared(tmp_path: Path) -> None:
    folder = Elsewhere(tmp_path)
    assert WatchedObjects(folder, lambda: None).region("b") == "b's"
    assert WatchedObjects(folder, lambda: None, tells_regions=False).region("b") is None


def test_a_terminal_shows_what_is_read_and_how_much() -> None:
    file = io.StringIO()
    with shown(Console(file=file, force_terminal=True, width=100), "reading birds.manifest") as looked:
        for _ in range(1_234):
            looked()
    assert "reading birds.manifest" in file.getvalue()
    assert "1,234 reads" in file.getvalue()


def test_elsewhere_nothing_is_shown() -> None:
    file = io.StringIO()
    with shown(Console(file=file), "reading birds.manifest") as looked:
        looked()
    assert file.getvalue() == ""

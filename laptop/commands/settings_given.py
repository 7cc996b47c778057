"""Settings that were given as a file, whatever it is called."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labelloop.errors import InvalidSettings


@contextmanager
def naming(path: Path | None) -> Iterator[None]:
    """Have errors name the file that was given, where they would say project.json.

    Raises:
        InvalidSettings: as it was raised within, in other words.
    """
    try:
        yield
    except InvalidSettings as error:
        if path is None:
            raise
        raise InvalidSettings(error.message.replace("project.json", str(path), 1), hint=error.hint) from error

"""`labelloop infer`: pictures to the HTTP API, answers to the screen or to a file."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from laptop.commands.client import CONTENT_TYPES, Answer, Api
from laptop.commands.cloud_file import RunningCloud
from laptop.commands.console import CommandError, print_json


def show_answers(
    cloud: RunningCloud,
    project: str,
    pictures: Sequence[Path],
    parameters: Mapping[str, str],
    *,
    as_json: bool,
    console: Console,
) -> None:
    """What the model sees in each picture; as JSON the API's own answers, by picture.

    Raises:
        CommandError: the API refused a request.
    """
    api = Api(cloud.api)
    if as_json:
        bodies = {str(path): api.ask(project, path, "application/json", parameters) for path in pictures}
        print_json({path: msgspec.Raw(body) for path, body in bodies.items()})
        return
    for path in pictures:
        answer = api.infer(project, path, parameters)
        found = f"{len(answer.predictions)} found in {answer.time * 1000:.0f} ms by {answer.model.version}"
        console.print(f"{path}: {found}", markup=False, soft_wrap=True)
        if answer.predictions:
            console.print(_table(answer))


def write_drawn(cloud: RunningCloud, project: str, picture: Path, parameters: Mapping[str, str], out: Path) -> None:
    """Write the picture with the answer drawn on it.

    Raises:
        CommandError: the file's name says neither PNG nor JPEG, it cannot be written, or the API refused the request.
    """
    media_type = CONTENT_TYPES.get(out.suffix.lower())
    if media_type is None:
        raise CommandError(
            f"{out} is neither PNG nor JPEG by its name.", f"Name it one of *{', *'.join(CONTENT_TYPES)}."
        )
    drawn = Api(cloud.api).ask(project, picture, media_type, parameters)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(drawn)
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}.") from error


def _table(answer: Answer) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 2))
    table.add_column("class")
    for name in ("confidence", "x1", "y1", "x2", "y2"):
        table.add_column(name, justify="right")
    for found in answer.predictions:
        corners = (f"{corner:.1f}" for corner in (found.x1, found.y1, found.x2, found.y2))
        table.add_row(found.class_name, f"{found.confidence:.3f}", *corners)
    return table

"""`labelloop infer`: pictures to the HTTP API, answers to the screen or to a file."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from rich.console import Console

from laptop.commands.answers_shown import summary_of, table_of
from laptop.commands.client import AS_MASK, CONTENT_TYPES, PNG, Api
from laptop.commands.cloud_file import RunningCloud
from laptop.commands.console import CommandError, print_json, trimmed


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
        took = f"in {answer.time * 1000:.0f} ms by {answer.model.version}"
        console.print(f"{path}: {summary_of(answer)} {took}", markup=False, soft_wrap=True)
        table = table_of(answer)
        if table.row_count:
            with trimmed(console):
                console.print(table)


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
    _write(Api(cloud.api).ask(project, picture, media_type, parameters), out)


def write_mask(cloud: RunningCloud, project: str, picture: Path, parameters: Mapping[str, str], out: Path) -> None:
    """Write the class of each pixel as an indexed PNG.

    Raises:
        CommandError: the file's name does not say PNG, it cannot be written, or the API refused the request.
    """
    if out.suffix.lower() != ".png":
        raise CommandError(f"{out} is no PNG by its name; JPEG would change the pixels of a mask.", "Name it *.png.")
    _write(Api(cloud.api).ask(project, picture, PNG, {**parameters, **AS_MASK}), out)


def _write(body: bytes, out: Path) -> None:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(body)
    except OSError as error:
        raise CommandError(f"{out} cannot be written: {error.strerror}.") from error

"""`labelloop preflight`."""

from pathlib import Path
from typing import Annotated

import typer

from laptop.commands import cloud_file
from laptop.commands.arguments.options import AsJson, CloudFile, Url
from laptop.commands.console import output


def preflight(
    manifest: Annotated[str, typer.Argument(metavar="MANIFEST", help="A file, or s3://bucket/key.")],
    images: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Holds the pictures and masks, by key or file name."),
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The project's project.json.")
    ] = None,
    attribute: Annotated[
        str | None, typer.Option(help="The label attribute to train on, where there are several.")
    ] = None,
    pictures: Annotated[
        int | None,
        typer.Option(min=0, help="How many are looked at, and masks; goes before project.json."),
    ] = None,
    as_json: AsJson = False,
    html: Annotated[Path | None, typer.Option(dir_okay=False, help="Write a page that draws what was found.")] = None,
    in_cloud: Annotated[bool, typer.Option("--cloud", help="Read s3:// from the running laptop cloud.")] = False,
    url: Url = None,
    cloud: CloudFile = cloud_file.CLOUD_FILE,
) -> None:
    """Judge a manifest before anything is spent on it: what would stop a run, what is left out, what is worth knowing.

    Each finding has its line, what SageMaker would have made of it hours later, and the way out. Pictures and masks are
    looked at where they can be read: in the folder that you name, in the laptop cloud, or in S3 by your own AWS
    credentials. Nothing is written there.

    Exit codes:

    - 0: nothing graver than worth knowing
    - 3: lines are left out
    - 4: the run would stop
    - 1: nothing could be said, because of an error

    Examples:

    - `labelloop preflight output.manifest`
    - `labelloop preflight output.manifest --images pictures/ --html page.html`
    - `labelloop preflight s3://labels/output.manifest --settings project.json --json`
    """
    from laptop.commands.next_step import Given
    from laptop.commands.preflight import Request, show_preflight
    from laptop.commands.preflight_objects import Places

    running = cloud_file.find(cloud, url) if in_cloud or url else None
    given = Given(images, settings, attribute, running is not None, url)
    request = Request(manifest, Places.of(running, images), given, pictures)
    raise typer.Exit(show_preflight(request, html=html, as_json=as_json, console=output()))

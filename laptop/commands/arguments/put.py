"""`labelloop put`."""

from pathlib import Path
from typing import Annotated

import typer

from laptop.commands import cloud_file
from laptop.commands.arguments.options import CloudFile, Url, project_name
from laptop.commands.console import output


def put(
    manifest: Annotated[
        Path, typer.Argument(metavar="MANIFEST", exists=True, dir_okay=False, help="As a labeling job writes it.")
    ],
    project: Annotated[str, typer.Option(callback=project_name, help="Whose inbox it is put into.")],
    images: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Holds the manifest's pictures, by file name.")
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The project's project.json from now on.")
    ] = None,
    wait: Annotated[bool, typer.Option(help="Show the run until it ends.")] = True,
    again: Annotated[bool, typer.Option("--again", help="Run anew what had its run before.")] = False,
    url: Url = None,
    cloud: CloudFile = cloud_file.CLOUD_FILE,
) -> None:
    """Put a manifest into a project's inbox, which starts a run.

    Pictures are uploaded to the places that the manifest names; buckets that are missing are created. Pictures that
    are not in the folder are named, and the run leaves them out.
    A project without a project.json gets one that trains from nothing, because a laptop has no pretrained weights.

    Examples:

    - `labelloop put output.manifest --project birds --images pictures/`
    - `labelloop put output.manifest --project birds --settings project.json --no-wait`
    """
    from laptop.commands.put import put_manifest

    running = cloud_file.find(cloud, url)
    put_manifest(running, manifest, project, images=images, settings=settings, wait=wait, again=again, console=output())

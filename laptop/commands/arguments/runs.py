"""`labelloop runs`."""

from typing import Annotated

import typer

from laptop.commands import cloud_file
from laptop.commands.arguments.options import AsJson, CloudFile, Url, project_name
from laptop.commands.console import output


def runs(
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="Show this one, with all that it wrote down.")
    ] = None,
    project: Annotated[str | None, typer.Option(callback=project_name, help="Only this one's.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    cloud: CloudFile = cloud_file.CLOUD_FILE,
) -> None:
    """List runs, the newest first; or show one with what preflight found and each step wrote down; as written: --json.

    Examples:

    - `labelloop runs`
    - `labelloop runs --project birds --json`
    - `labelloop runs birds-0123456789ab`
    """
    from laptop.commands.runs_shown import show_one, show_runs

    running = cloud_file.find(cloud, url)
    if run is None:
        show_runs(running, project, as_json=as_json, console=output())
    else:
        show_one(running, run, as_json=as_json, console=output())

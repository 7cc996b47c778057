"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer
from labelloop.projects import is_project_name

CloudFile = Annotated[
    Path,
    typer.Option("--cloud-file", envvar="LABELLOOP_CLOUD_FILE", help="Says where the running cloud is.", hidden=True),
]
Url = Annotated[str | None, typer.Option("--url", help="Of the cloud, where it is not the one that `up` started.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def project_name(name: str | None) -> str | None:
    """The name of a project as it was given.

    Raises:
        typer.BadParameter: no project can be called that.
    """
    if name is not None and not is_project_name(name):
        raise typer.BadParameter(f"{name!r}: 1 to 31 letters, digits and inner hyphens")
    return name

"""`labelloop up`."""

from typing import Annotated

import typer

from laptop.commands import cloud_file
from laptop.commands.arguments.options import CloudFile
from laptop.commands.console import output, trouble

PORT = 4570


def up(
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = PORT,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show what functions and containers print.")] = False,
    parent: Annotated[int | None, typer.Option(hidden=True, help="End when this process does.")] = None,
    cloud: CloudFile = cloud_file.CLOUD_FILE,
) -> None:
    """Run an empty laptop cloud until Ctrl-C.

    The stack of template.yaml is deployed into it: a bucket, the state machine, the functions, the HTTP API.
    No AWS account, no Docker. The other commands find it by themselves. Examples, in two terminals:

    - `labelloop up`
    - `labelloop put output.manifest --project birds --images pictures/`
    """
    from laptop.commands.up import run_cloud

    echo = _print_line if verbose else None
    run_cloud(port=port, cloud_file=cloud, parent=parent, console=output(), echo=echo)


def _print_line(line: str) -> None:
    trouble().print(line, markup=False, soft_wrap=True)

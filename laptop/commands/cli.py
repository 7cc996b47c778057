"""The command `labelloop`: a laptop cloud, and what is done with it.

To add a command, add a module to `arguments/` and its function to COMMANDS.
"""

from collections.abc import Callable
from typing import Any

import typer
from botocore.exceptions import ClientError, EndpointConnectionError
from labelloop.errors import LabelloopError
from typer.core import TyperGroup

from laptop.commands import cloud_file
from laptop.commands.arguments.demo import demo
from laptop.commands.arguments.explain import explain
from laptop.commands.arguments.infer import infer
from laptop.commands.arguments.preflight import preflight
from laptop.commands.arguments.put import put
from laptop.commands.arguments.runs import runs
from laptop.commands.arguments.up import up
from laptop.commands.console import CommandError, trouble


class Commands(TyperGroup):
    """All commands; what goes wrong is said in one form: what it is, and the way out."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; exit code 1 for an error that is the user's to mend."""
        try:
            return super().invoke(ctx)
        except (CommandError, LabelloopError) as error:
            _complain(error.message, error.hint)
        except EndpointConnectionError as error:
            _complain(f"The cloud has stopped answering: {error}", cloud_file.START_ONE)
        except ClientError as error:
            _complain(f"The cloud refused: {error}", "")
        raise typer.Exit(1)


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
    help="Finished labels become a model that answers HTTP requests, on one laptop as on AWS.\n\n"
    "`labelloop demo` shows all of it in about two minutes.",
)

COMMANDS: tuple[Callable[..., None], ...] = (up, preflight, put, runs, explain, infer, demo)  # in the order of the help
for command in COMMANDS:
    app.command()(command)


def _complain(message: str, hint: str) -> None:
    console = trouble()
    console.print("[bold red]error:[/] ", end="")
    console.print(message, markup=False, soft_wrap=True)
    if hint:
        console.print(hint, markup=False, soft_wrap=True)

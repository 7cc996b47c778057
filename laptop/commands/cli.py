"""The command `labelloop`: a laptop cloud, and what is done with it."""

import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import ClientError, EndpointConnectionError
from labelloop.errors import LabelloopError
from labelloop.prediction import View
from labelloop.projects import is_project_name
from labelloop.tasks import Task
from typer.core import TyperGroup

from laptop.commands import cloud_file, recipes
from laptop.commands.console import CommandError, output, trouble

PORT = 4570


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

CloudFile = Annotated[
    Path,
    typer.Option("--cloud-file", envvar="LABELLOOP_CLOUD_FILE", help="Says where the running cloud is.", hidden=True),
]
Url = Annotated[str | None, typer.Option("--url", help="Of the cloud, where it is not the one that `up` started.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def _project_name(name: str | None) -> str | None:
    if name is not None and not is_project_name(name):
        raise typer.BadParameter(f"{name!r}: 1 to 31 letters, digits and inner hyphens")
    return name


@app.command()
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


@app.command()
def put(
    manifest: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="As a labeling job writes it.")],
    project: Annotated[str, typer.Option(callback=_project_name, help="Whose inbox it is put into.")],
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

    Pictures are uploaded to the places that the manifest names; buckets that are missing are created.
    A project without a project.json gets one that trains from nothing, because a laptop has no pretrained weights.

    Examples:

    - `labelloop put output.manifest --project birds --images pictures/`
    - `labelloop put output.manifest --project birds --settings project.json --no-wait`
    """
    from laptop.commands.put import put_manifest

    body = settings.read_bytes() if settings else None
    running = cloud_file.find(cloud, url)
    put_manifest(running, manifest, project, images=images, settings=body, wait=wait, again=again, console=output())


@app.command()
def runs(
    run: Annotated[str | None, typer.Argument(help="Show this one, with all that it wrote down.")] = None,
    project: Annotated[str | None, typer.Option(callback=_project_name, help="Only this one's.")] = None,
    as_json: AsJson = False,
    url: Url = None,
    cloud: CloudFile = cloud_file.CLOUD_FILE,
) -> None:
    """List runs, the newest first; or show one.

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


@app.command()
def infer(
    project: Annotated[str, typer.Argument(callback=_project_name)],
    pictures: Annotated[list[Path], typer.Argument(metavar="PICTURE", exists=True, dir_okay=False)],
    confidence: Annotated[float | None, typer.Option(min=0, max=1, help="Leave out what is less sure.")] = None,
    iou: Annotated[
        float | None, typer.Option(min=0, max=1, help="Of boxes: those that overlap more are one object.")
    ] = None,
    classes: Annotated[str | None, typer.Option(help="Only these, with commas between.")] = None,
    max_detections: Annotated[int | None, typer.Option(min=1, help="The surest, or of a mask the largest.")] = None,
    view: Annotated[
        View | None, typer.Option(help="Of a mask: its share of each class, a region for each, or one for each object.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the picture with the answer drawn on it, PNG or JPEG by its name.")
    ] = None,
    mask: Annotated[
        Path | None, typer.Option(help="Write the mask, an indexed PNG: a pixel's value is its class id.")
    ] = None,
    as_json: AsJson = False,
    url: Url = None,
    cloud: CloudFile = cloud_file.CLOUD_FILE,
) -> None:
    """Ask a project's model about pictures, over HTTP.

    Which options have a meaning depends on the project's labels; the API refuses others and names those it knows.

    Examples:

    - `labelloop infer birds heron.jpg wren.jpg --confidence 0.6`
    - `labelloop infer birds heron.jpg --out seen.png`
    - `labelloop infer streets crossing.jpg --view instances --classes car`
    - `labelloop infer streets crossing.jpg --mask crossing-mask.png`
    """
    from laptop.commands.infer import show_answers, write_drawn, write_mask

    sure = 100 if confidence == 1 else confidence  # the API takes numbers from 1 on for percent
    given = {"confidence": sure, "iou": iou, "classes": classes, "max_detections": max_detections, "view": view}
    parameters = {name: str(value) for name, value in given.items() if value is not None}
    running = cloud_file.find(cloud, url)
    if out is None and mask is None:
        show_answers(running, project, pictures, parameters, as_json=as_json, console=output())
    elif len(pictures) != 1:
        raise typer.BadParameter("one picture at a time can be drawn", param_hint="--out and --mask")
    for path, write in ((out, write_drawn), (mask, write_mask)):
        if path is not None:
            write(running, project, pictures[0], parameters, path)
            output().print(f"{path} written", markup=False)


@app.command()
def demo(
    seed: Annotated[int, typer.Option(min=0, help="Of the pictures, and of which ones are kept back.")] = 0,
    report: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the figures as JSON.")] = None,
    keep: Annotated[
        bool | None, typer.Option(help="Stay up afterwards, until Ctrl-C. By default, if there is a terminal.")
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Of your own, instead of shapes.")
    ] = None,
    images: Annotated[Path | None, typer.Option(exists=True, file_okay=False, help="Your manifest's pictures.")] = None,
    project: Annotated[str | None, typer.Option(callback=_project_name, help="What your project is called.")] = None,
    task: Annotated[
        list[Task] | None, typer.Option(help="Only this one of the shapes' tasks; may be given several times.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="How long to train.")] = recipes.EPOCHS,
    settings: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A project.json instead of the demo's own.")
    ] = None,
    out: Annotated[Path, typer.Option(file_okay=False, help="Where pictures and the log are written.")] = Path("demo"),
    cloud: CloudFile = cloud_file.CLOUD_FILE,
) -> None:
    """Show the whole loop: labels in, a trained model answering HTTP requests out.

    Starts a laptop cloud, draws labelled shapes, puts their manifest into the inbox, and touches nothing more until
    the model answers. Then it asks about pictures that were never uploaded and scores the answers. So for boxes, for
    masks and for lists of classes, one after the other; or for the tasks that you name; or for a manifest of yours,
    whatever its task, part of which is kept back for the questions.

    Examples:

    - `labelloop demo`
    - `labelloop demo --task semantic-segmentation --seed 1 --no-keep --report figures.json`
    - `labelloop demo --manifest output.manifest --images pictures/ --epochs 40`
    """
    from laptop.demo import run as demonstration

    if (manifest is None) != (images is None):
        raise typer.BadParameter("they go together", param_hint="--manifest and --images")
    if manifest is not None and task:
        raise typer.BadParameter("a manifest says itself what its labels are for", param_hint="--task")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    cloud_file.ensure_none(cloud)
    data = demonstration.prepare(out, seed, task or [], manifest, images, project)
    body, stay = settings.read_bytes() if settings else None, sys.stdin.isatty() if keep is None else keep
    demonstration.show(
        data, seed=seed, settings=body, epochs=epochs, folder=out, cloud_file=cloud, report=report, keep=stay
    )


def _complain(message: str, hint: str) -> None:
    console = trouble()
    console.print("[bold red]error:[/] ", end="")
    console.print(message, markup=False, soft_wrap=True)
    if hint:
        console.print(hint, markup=False, soft_wrap=True)


def _print_line(line: str) -> None:
    trouble().print(line, markup=False, soft_wrap=True)

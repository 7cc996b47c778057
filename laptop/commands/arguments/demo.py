"""`labelloop demo`."""

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from labelloop.tasks import Task

from laptop.commands import cloud_file, recipes
from laptop.commands.arguments.options import CloudFile, project_name


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
    project: Annotated[str | None, typer.Option(callback=project_name, help="What your project is called.")] = None,
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

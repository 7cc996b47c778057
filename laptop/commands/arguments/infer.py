"""`labelloop infer`."""

from pathlib import Path
from typing import Annotated

import typer
from labelloop.prediction import View

from laptop.commands import cloud_file
from laptop.commands.arguments.options import AsJson, CloudFile, Url, project_name
from laptop.commands.console import output


def infer(
    project: Annotated[str, typer.Argument(metavar="PROJECT", callback=project_name)],
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

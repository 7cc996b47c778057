"""`labelloop explain`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from laptop.commands import cloud_file
from laptop.commands.arguments.options import AsJson, CloudFile, Url
from laptop.commands.console import CommandError, output, print_json

if TYPE_CHECKING:
    from labelloop.preflight_report import PreflightReport as Report

    from laptop.commands.explain import LastPart


def explain(
    text: Annotated[
        str | None, typer.Argument(metavar="MESSAGE", help="Or an error's or a check's name, or - for standard input.")
    ] = None,
    log: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Lines of a log; the end counts.")
    ] = None,
    run: Annotated[str | None, typer.Option(help="Of the laptop cloud, which failed.")] = None,
    manifest: Annotated[str | None, typer.Option(help="Look for the proof in it: a file, or s3://bucket/key.")] = None,
    images: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Holds the manifest's pictures and masks.")
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The project.json that it was trained with.")
    ] = None,
    as_json: AsJson = False,
    in_cloud: Annotated[bool, typer.Option("--cloud", help="Read s3:// from the running laptop cloud.")] = False,
    url: Url = None,
    cloud: CloudFile = cloud_file.CLOUD_FILE,
) -> None:
    """Say what a failure means, why it happened, and what to do.

    Takes a training job's FailureReason, what an endpoint, the API, a Lambda function or SAM answered, lines of a
    log, or the code of a check; JSON around it does not matter. With a manifest, the lines are named that prove it.

    Exit codes:

    - 0: something was recognised
    - 1: nothing was

    Examples:

    - `labelloop explain "ClientError: Got empty batch from pipe." --manifest output.manifest`
    - `labelloop explain --log training.log`
    - `aws sagemaker describe-training-job --training-job-name road-1 | labelloop explain -`
    - `labelloop explain --run road-0123456789ab`
    - `labelloop explain BOX_OUTSIDE_PICTURE`
    """
    from laptop.commands.explain import explained, explained_run
    from laptop.commands.explain_shown import show_explained
    from laptop.commands.runs import receipts
    from laptop.session import Session

    if sum(given is not None for given in (text, log, run)) != 1:
        raise typer.BadParameter("give one of them", param_hint="MESSAGE, --log and --run")
    if run is not None:
        running = cloud_file.find(cloud, url)
        found = explained_run(run, receipts(Session(running.url).s3, running.bucket, run))
    else:
        said = _read(text, log)
        places = cloud_file.find(cloud, url) if in_cloud or url else None
        report = _judge(manifest, places, images, settings) if manifest else None
        found = explained(said.text, report, said.lines_before)
    if as_json:
        print_json(found)
    else:
        show_explained(found, output(), of_log=log is not None)
    raise typer.Exit(found.exit_code)


def _read(text: str | None, log: Path | None) -> "LastPart":
    """What is to be explained.

    Raises:
        CommandError: it is empty.
    """
    from laptop.commands.explain import LastPart, last_part

    if log is not None:
        with log.open("rb") as file:
            name, said = str(log), last_part(file)
    elif text == "-":
        name, said = "standard input", last_part(sys.stdin.buffer)
    else:
        name, said = "the message", LastPart(text or "")
    if not said.text.strip():
        raise CommandError(f"There is nothing to explain: {name} is empty.")
    return said


def _judge(
    manifest: str, cloud: cloud_file.RunningCloud | None, images: Path | None, settings: Path | None
) -> "Report":
    from laptop.commands.next_step import Given
    from laptop.commands.preflight import Request, judged
    from laptop.commands.preflight_objects import Places

    given = Given(images, settings, in_cloud=cloud is not None)
    with judged(Request(manifest, Places.of(cloud, images), given)) as judgement:
        return judgement.report

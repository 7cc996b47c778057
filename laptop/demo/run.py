"""The demo: a laptop cloud, and in it one task after the other, each from labels to scored answers."""

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from labelloop.settings import Settings
from labelloop.tasks import Task
from rich.console import Console

from laptop.commands import recipes
from laptop.commands.cloud_file import RunningCloud
from laptop.commands.console import output, pretty_json
from laptop.commands.put import now
from laptop.demo import report as demo_report
from laptop.demo.child_cloud import child_cloud
from laptop.demo.data import DemoData, draw_shapes, hold_out
from laptop.demo.one_task import TaskDemo
from laptop.demo.tasks import SHOWN

LOG = "cloud.log"


def prepare(
    folder: Path,
    seed: int,
    tasks: Sequence[Task],
    manifest: Path | None = None,
    images: Path | None = None,
    project: str | None = None,
) -> tuple[DemoData, ...]:
    """What the demo trains on: shapes for each task (those of `SHOWN` if none is named), or a manifest of the user's.

    Raises:
        ManifestError: the user's manifest cannot be read.
        CommandError: it has too few labels, or its pictures are not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if manifest is not None and images is not None:
        return (hold_out(manifest, images, project, folder, seed),)
    drawn = dict.fromkeys(tasks or SHOWN)  # each once, in the order asked for
    return tuple(draw_shapes(folder / task, task, seed, now()) for task in drawn)


def show(
    tasks: Sequence[DemoData],
    *,
    seed: int,
    settings: bytes | None,
    epochs: int,
    folder: Path,
    cloud_file: Path,
    report: Path | None,
    keep: bool,
) -> None:
    """Run the demo in a cloud of its own and print its figures; with `keep` the cloud stays until Ctrl-C.

    `settings` is a project.json for all tasks; without one each learns from nothing for some epochs.

    Raises:
        InvalidSettings: they cannot be read.
        CommandError: the cloud did not come up, or a run failed.
    """
    if settings is not None:
        Settings.from_json(settings)
    console, began, log = output(), time.monotonic(), folder / LOG
    with child_cloud(cloud_file, log) as measured:
        console.print(f"laptop cloud ready at {measured.cloud.url} in {measured.start_seconds:.1f} s")
        shown = []
        for data in tasks:
            console.print(f"\n[bold]{data.task}[/]: {data.pictures} pictures to learn from")
            demo = TaskDemo(measured.cloud, data, console, now, log)
            body = settings or pretty_json(recipes.from_scratch(data.task, epochs)).encode()
            shown.append(demo.run(body, folder / f"{data.task}.png"))
            demo_report.show_task(shown[-1], console)
        figures = demo_report.Figures(
            seed=seed,
            cloud_start_seconds=round(measured.start_seconds, 3),
            cloud_start_megabytes=round(measured.megabytes, 1),
            seconds=round(time.monotonic() - began, 3),
            tasks=tuple(shown),
            versions=demo_report.versions(),
        )
        if report is not None:
            demo_report.write(figures, report)
        demo_report.show(figures, console)
        if keep:
            _wait(shown, cloud_file, console)


def _wait(shown: Sequence[demo_report.TaskFigures], cloud_file: Path, console: Console) -> None:
    """Until Ctrl-C, or the cloud's end."""
    urls = "\n".join(task.url for task in shown)
    console.print(f"\nUntil Ctrl-C these answer, and `labelloop infer` and `labelloop runs` find them:\n{urls}")
    with suppress(KeyboardInterrupt):
        while RunningCloud.read(cloud_file) is not None:
            time.sleep(1)

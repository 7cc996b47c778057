"""A run on the screen: a table that lives in a terminal, one line per state and epoch anywhere else."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from laptop.commands.following import EndpointChanged, RunEnded, RunEvent, StateEntered
from laptop.commands.stages import USUAL, RunProgress, Stage
from laptop.commands.training_log import Epoch

SPARKS = "▁▂▃▄▅▆▇█"
SPARK_WIDTH = 30

Clock = Callable[[], datetime]


def show_run(console: Console, events: Iterable[RunEvent], clock: Clock) -> RunProgress:
    """Show a run until its events end; all that they told."""
    return _live(console, events, clock) if console.is_terminal else _plain(console, events, clock)


@contextmanager
def counted(console: Console, what: str, total: int) -> Iterator[Callable[[], None]]:
    """Count things done, on a bar in a terminal; elsewhere one line says when all are."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)
    if not console.is_terminal:
        console.print(f"{what}: {total}")


def describe_epoch(epoch: Epoch) -> str:
    """One epoch in a few words."""
    training = "".join(f"  {name} {value:.3f}" for name, value in epoch.training.items())
    return f"epoch {epoch.number}{training}  validation {epoch.metric} {epoch.score:.3f}"


def sparkline(values: Iterable[float]) -> str:
    """Values in 0…1 as a small curve."""
    top = len(SPARKS) - 1
    return "".join(SPARKS[round(min(max(value, 0.0), 1.0) * top)] for value in values)


def _plain(console: Console, events: Iterable[RunEvent], clock: Clock) -> RunProgress:
    progress, began = RunProgress(), clock()
    for event in events:
        if progress.add(event):
            seconds = (clock() - began).total_seconds()
            console.print(f"{seconds:7.1f} s  {_sentence(event)}", markup=False)
    return progress


def _sentence(event: RunEvent) -> str:
    match event:
        case StateEntered(state, _):
            return f"state {state}"
        case Epoch():
            return describe_epoch(event)
        case EndpointChanged(status):
            return f"endpoint {status}"
        case RunEnded(run):
            return f"run {run.run} {run.outcome} after {run.seconds:.1f} s"


def _live(console: Console, events: Iterable[RunEvent], clock: Clock) -> RunProgress:
    progress = RunProgress()
    spinner = Spinner("dots")
    with Live(console=console, get_renderable=lambda: _table(progress, clock(), spinner), refresh_per_second=8):
        for event in events:
            progress.add(event)
    return progress


def _table(progress: RunProgress, now: datetime, spinner: Spinner) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(width=1)
    table.add_column(min_width=8)
    table.add_column(justify="right", min_width=8)
    table.add_column()
    seconds = progress.seconds(now)
    for stage in dict.fromkeys((*USUAL, *progress.began)):
        took = f"{seconds[stage]:.1f} s" if stage in seconds else ""
        style = "" if stage in seconds else "dim"
        table.add_row(_mark(progress, stage, spinner), Text(stage, style), took, _detail(progress, stage))
    return table


def _mark(progress: RunProgress, stage: Stage, spinner: Spinner) -> RenderableType:
    if stage not in progress.began:
        return Text("·", "dim")
    if stage is not progress.stage:
        failed = progress.stage is Stage.EXPLAIN and stage is list(progress.began)[-2]
        return Text("✗", "red") if failed else Text("✓", "green")
    if progress.ended is None:
        return spinner
    return Text("✓", "green") if progress.ended.outcome == "succeeded" else Text("✗", "red")


def _detail(progress: RunProgress, stage: Stage) -> Text:
    if stage is Stage.TRAIN and progress.epochs:
        curve = sparkline(epoch.score for epoch in progress.epochs[-SPARK_WIDTH:])
        return Text(f"{describe_epoch(progress.epochs[-1])}  {curve}")
    if stage is Stage.DEPLOY and stage in progress.began and progress.endpoint:
        return Text(f"endpoint {progress.endpoint}")
    return Text(progress.states[-1] if stage is progress.stage and progress.ended is None else "", "dim")

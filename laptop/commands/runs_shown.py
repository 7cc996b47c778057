"""`labelloop runs`: runs as a table, one run with its receipts, both as JSON."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
from labelloop.algorithms.hyperparameters import Chosen
from labelloop.preflight_report import PreflightReport
from labelloop.projects import PREFLIGHT, TRAINING
from rich.console import Console
from rich.table import Table

from laptop.commands.cloud_file import RunningCloud
from laptop.commands.console import pretty_json, print_json, trimmed
from laptop.commands.preflight_shown import show_findings
from laptop.commands.put import now
from laptop.commands.runs import Runs, RunSummary, receipts
from laptop.session import Session

STYLES = {"succeeded": "green", "running": "cyan"}


def show_runs(cloud: RunningCloud, project: str | None, *, as_json: bool, console: Console) -> None:
    """All runs, or those of one project."""
    found = _runs(cloud).newest_first(project)
    if as_json:
        print_json(found)
    elif found:
        with trimmed(console):
            console.print(_table(found))
    else:
        console.print("No runs yet. `labelloop put MANIFEST --project NAME` starts one.")


def show_one(cloud: RunningCloud, run: str, *, as_json: bool, console: Console) -> None:
    """One run and what its steps wrote down.

    Raises:
        CommandError: there is none of that name.
    """
    summary = _runs(cloud).summary(run)
    written = receipts(Session(cloud.url).s3, cloud.bucket, run)
    if as_json:
        print_json({"run": summary, "receipts": written})
        return
    with trimmed(console):
        console.print(_table([summary]))
    show_receipts(written, console)


def show_receipts(written: Mapping[str, Any], console: Console) -> None:
    """What each step wrote down: what preflight found as `labelloop preflight` shows it, a failure in its words."""
    derived = written.get(TRAINING, {}).get("hyperparameters", {})
    for step, receipt in written.items():
        console.print(f"\n{step}", style="bold")
        if step == PREFLIGHT:
            report = msgspec.convert(receipt, PreflightReport)
            show_findings(report, msgspec.convert(derived, dict[str, Chosen]), console)
        else:
            console.print(receipt["text"] if "text" in receipt else pretty_json(receipt), markup=False, soft_wrap=True)


def _runs(cloud: RunningCloud) -> Runs:
    return Runs(Session(cloud.url).stepfunctions, cloud.state_machine, now)


def _table(found: list[RunSummary]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("run", "outcome", "state", "started", "took", "error"):
        table.add_column(name, no_wrap=name == "run")
    for run in found:
        outcome = f"[{STYLES.get(run.outcome, 'red')}]{run.outcome}[/]"
        started = run.started.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        took = str(timedelta(seconds=round(run.seconds)))
        table.add_row(run.run, outcome, run.state, started, took, run.error or "")
    return table

"""What preflight says in a sentence, and as an exit code."""

import shlex
from pathlib import Path
from typing import NamedTuple

from labelloop.checks import Level
from labelloop.preflight_report import PreflightReport
from labelloop.projects import is_project_name, project_of_attribute
from labelloop.report import Report

HEADINGS = {Level.STOPS: "Stops the run", Level.LEFT_OUT: "Lines left out", Level.NOTICE: "Worth knowing"}
EXIT_CODES = {Level.STOPS: 4, Level.LEFT_OUT: 3, Level.NOTICE: 0}


class NextStep(NamedTuple):
    """What to do now: a sentence and a command."""

    sentence: str
    command: str


def exit_code(report: PreflightReport) -> int:
    """By the gravest level found."""
    return 0 if report.gravest is None else EXIT_CODES[report.gravest]


def verdict(report: PreflightReport) -> str:
    """Whether the manifest trains, and on how much of it."""
    if report.dataset is None or report.gravest is Level.STOPS:
        stopping = sum(check.level is Level.STOPS for check in report.checks)
        return f"This manifest does not train: {counted(stopping, 'problem stops', 'problems stop')} the run."
    left_out = lines_left_out(report.dataset)
    rest = f"{counted(left_out, 'line', 'lines')} left out" if left_out else "no line left out"
    return f"This manifest trains: {counted(pictures(report.dataset), 'picture', 'pictures')}, {rest}."


def pictures(dataset: Report) -> int:
    """That are learnt from, validation included."""
    return dataset.train_samples + dataset.validation_samples


def lines_left_out(dataset: Report) -> int:
    """For whatever reason."""
    return sum(dataset.left_out.values())


def counted(number: int, one: str, many: str) -> str:
    """A number of things."""
    return f"{number:,} {one if number == 1 else many}"


def object_names(task: str) -> str:
    """What the labels of a task count."""
    return "boxes" if task == "object-detection" else "classes"


def next_step(report: PreflightReport, images: Path | None = None, *, in_cloud: bool = False) -> NextStep:
    """To mend what stops a run, or to start one.

    Args:
        report: of the manifest.
        images: the folder of the pictures, if they are in one.
        in_cloud: whether an S3 URI is of the laptop cloud, not of AWS.
    """
    manifest = shlex.quote(report.manifest)
    folder = f" --images {shlex.quote(str(images))}" if images else ""
    if report.dataset is None:
        place = " --cloud" if in_cloud else folder
        return NextStep("Mend what stops the run, then look again:", f"labelloop preflight {manifest}{place}")
    name = project_of_attribute(report.dataset.label_attribute)
    project = name if is_project_name(name) else "NAME"
    if report.manifest.startswith("s3://") and in_cloud:
        copy = shlex.quote(report.manifest.rpartition("/")[2])
        return NextStep("Train on it, from a copy on this machine:", f"labelloop put {copy} --project {project}")
    if report.manifest.startswith("s3://"):
        inbox = f"s3://BUCKET/projects/{project}/manifests/"
        return NextStep("Train on it, BUCKET being the stack's data bucket:", f"aws s3 cp {manifest} {inbox}")
    return NextStep("Train on it, on this laptop:", f"labelloop put {manifest} --project {project}{folder}")

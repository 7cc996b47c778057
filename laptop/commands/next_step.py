"""What to do after a preflight: a command that can be run as it stands."""

import shlex
from pathlib import Path
from typing import NamedTuple

import msgspec
from labelloop.checks.labels import LABEL_ATTRIBUTE_NOT_FOUND
from labelloop.preflight_report import PreflightReport
from labelloop.projects import is_project_name, project_of_attribute
from labelloop.report import Report


class NextStep(NamedTuple):
    """What to do now: a sentence and a command."""

    sentence: str
    command: str


class Given(NamedTuple):
    """What a manifest was judged with, and the next command needs too.

    Attributes:
        images: the folder of the pictures, if they are in one.
        settings: a project.json.
        attribute: the label attribute to train on; goes before that of project.json.
        in_cloud: whether an S3 URI is of the laptop cloud, not of AWS.
        url: of that cloud, where it is not the one that `up` started.
    """

    images: Path | None = None
    settings: Path | None = None
    attribute: str | None = None
    in_cloud: bool = False
    url: str | None = None


def next_step(report: PreflightReport, given: Given = Given()) -> NextStep:  # noqa: B008 - it cannot be changed
    """To mend what stops a run, or to start one."""
    if report.dataset is None:
        absent = any(check.code == LABEL_ATTRIBUTE_NOT_FOUND.code for check in report.checks)
        again = _look_again(report.manifest, given._replace(attribute=None) if absent else given)
        return NextStep("Mend what stops the run, then look again:", again)
    project = _project(report.dataset)
    if report.manifest.startswith("s3://") and not given.in_cloud:
        command = _copy_to_aws(report.manifest, project, given.settings)
        return _with_attribute(NextStep("Train on it, BUCKET being the stack's data bucket:", command), given)
    here = not report.manifest.startswith("s3://")
    manifest = report.manifest if here else report.manifest.rpartition("/")[2]
    options = (_option("--images", given.images if here else None), _option("--settings", given.settings))
    command = _words("labelloop put", shlex.quote(manifest), f"--project {project}", *options, _url(given))
    place = "on this laptop" if here else "from a copy on this machine"
    return _with_attribute(NextStep(f"Train on it, {place}:", command), given)


def _look_again(manifest: str, given: Given) -> str:
    place = _option("--images", given.images) or (("--cloud" if given.in_cloud else "") if not given.url else "")
    options = (_option("--settings", given.settings), _option("--attribute", given.attribute), _url(given))
    return _words("labelloop preflight", shlex.quote(manifest), place, *options)


def _copy_to_aws(manifest: str, project: str, settings: Path | None) -> str:
    """The settings first: a run reads them when it begins."""
    folder = f"s3://BUCKET/projects/{project}/"
    first = f"aws s3 cp {shlex.quote(str(settings))} {folder}project.json && " if settings else ""
    return f"{first}aws s3 cp {shlex.quote(manifest)} {folder}manifests/"


def _with_attribute(step: NextStep, given: Given) -> NextStep:
    """Only project.json tells a run which attribute is meant."""
    if given.attribute is None:
        return step
    setting = f'"label_attribute": {msgspec.json.encode(given.attribute).decode()}'
    where = str(given.settings) if given.settings else "the project's project.json (--settings)"
    return step._replace(sentence=f"Say {setting} in {where}. {step.sentence}")


def _project(dataset: Report) -> str:
    name = project_of_attribute(dataset.label_attribute)
    return name if is_project_name(name) else "NAME"


def _url(given: Given) -> str:
    return _option("--url", given.url)


def _option(name: str, value: Path | str | None) -> str:
    return f"{name} {shlex.quote(str(value))}" if value else ""


def _words(*words: str) -> str:
    return " ".join(filter(None, words))

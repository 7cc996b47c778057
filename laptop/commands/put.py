"""`labelloop put`: a manifest and its pictures into a running cloud."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from labelloop.findings import Findings
from labelloop.label_file import LabelFile
from labelloop.preflight import read_source
from labelloop.preflight_report import PreflightReport
from labelloop.projects import PREFLIGHT, ProjectFolder
from labelloop.run import Pinned
from labelloop.settings import Settings
from labelloop.store import S3Uri
from rich.console import Console

from laptop.commands import recipes
from laptop.commands.client import Api
from laptop.commands.cloud_file import RunningCloud
from laptop.commands.console import CommandError, pretty_json, trouble
from laptop.commands.following import Follower
from laptop.commands.inbox import Inbox, find_files, objects_of
from laptop.commands.learnt import learnt_from
from laptop.commands.progress import counted, show_run
from laptop.commands.runs import Runs, RunSummary, receipts
from laptop.commands.settings_given import naming
from laptop.session import Session

WITHOUT_THEM = "The others are uploaded; the run leaves out the lines of those that are not in the cloud either."


def put_manifest(
    cloud: RunningCloud,
    manifest: Path,
    project: str,
    *,
    images: Path | None,
    settings: Path | None,
    wait: bool,
    again: bool,
    console: Console,
) -> None:
    """Upload everything, the manifest last, and show the run that it starts.

    Raises:
        LabelloopError: the manifest or the settings cannot be read.
        CommandError: all pictures are missing, or the run failed.
    """
    files = _files(manifest, images) if images else {}
    session = Session(cloud.url)
    inbox = Inbox(session.s3, ProjectFolder(cloud.bucket, project))
    body = _settings(inbox, manifest, settings, console)
    _upload(inbox, files, console)
    if body is not None:
        inbox.put_settings(body)
    if again:
        inbox.touch_settings()
    runs = Runs(session.stepfunctions, cloud.state_machine, now)
    before = set(runs.names())
    pinned = inbox.put_manifest(manifest)
    run = runs.wait_for(pinned, inbox.settings())
    earlier = runs.summary(run) if run in before else None
    known = (
        f"had its run before, {run}: {earlier.outcome}; --again runs it anew" if earlier else f"put; its run is {run}"
    )
    console.print(f"{pinned.uri}: {known}", markup=False, soft_wrap=True)
    if wait:
        over = earlier is not None and earlier.outcome != "running"
        events = Follower(runs, run, session.logs, session.sagemaker).events()
        ended = earlier if over else show_run(console, events, now).ended
        anew = "Nothing was run now; --again runs it anew. " if over else ""
        ensure_succeeded(ended, session, cloud.bucket, f"{anew}`labelloop runs {run}` shows all that it wrote down.")
        report = msgspec.convert(receipts(session.s3, cloud.bucket, run)[PREFLIGHT], PreflightReport)
        console.print("\n".join(learnt_from(report, run)), markup=False, soft_wrap=True)
        console.print(f"The model answers at {Api(cloud.api).infer_url(project)}", markup=False, soft_wrap=True)


def _files(manifest: Path, images: Path) -> Mapping[S3Uri, Path]:
    """What is to be uploaded; a warning names what is not in the folder."""
    found = find_files(objects_of(manifest), images)
    if found.missing:
        trouble().print(f"{found.complaint(images)} {WITHOUT_THEM}", markup=False, soft_wrap=True)
    return found.files


def ensure_succeeded(run: RunSummary | None, session: Session, bucket: str, hint: str) -> None:
    """See that a run has ended well; `hint` says where to read on where it has not.

    Raises:
        CommandError: it has not; the message is the text of its failure receipt, or else the execution's error.
    """
    assert run is not None  # events end with the run
    if run.outcome != "succeeded":
        failure = receipts(session.s3, bucket, run.run).get("failure", {})
        text = failure.get("text") or f"Run {run.run} {run.outcome}: {run.error or 'no reason is given'}."
        raise CommandError(text, hint)


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def _settings(inbox: Inbox, manifest: Path, given: Path | None, console: Console) -> bytes | None:
    """What project.json is to be: what is given; without it and without one there, a laptop's for the manifest's task.

    None where the one there stays.
    """
    if given is not None:
        body = given.read_bytes()
        with naming(given):
            Settings.from_json(body)
        return body
    if inbox.settings() is not None:
        return None
    labels = read_source(LabelFile(manifest, Pinned(str(manifest), "")), Settings(), Findings())
    recipe = pretty_json(recipes.from_scratch(labels.attribute.task))
    console.print(f"{inbox.folder.settings} is new, to train from nothing:\n{recipe}", markup=False)
    return recipe.encode()


def _upload(inbox: Inbox, files: Mapping[S3Uri, Path], console: Console) -> None:
    if files:
        with counted(console, "pictures uploaded", len(files)) as uploaded:
            inbox.upload(files, uploaded)

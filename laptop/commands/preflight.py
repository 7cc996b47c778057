"""`labelloop preflight`: judge a manifest, on a terminal, as JSON, and as a page."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
from labelloop import aws
from labelloop.algorithms import algorithm_named
from labelloop.algorithms.hyperparameters import Chosen
from labelloop.checks import labels, lines
from labelloop.errors import ManifestRefused
from labelloop.findings import CheckResult, Findings
from labelloop.inspection import Inspector
from labelloop.label_file import LabelFile
from labelloop.preflight import Preflight, preflight
from labelloop.preflight_report import PreflightReport
from labelloop.run import Pinned
from labelloop.settings import Settings
from labelloop.sources import BYTES_LIMIT, download
from labelloop.store import S3Uri, Store
from rich.console import Console

from laptop.commands import preflight_words as words
from laptop.commands.console import CommandError, print_json, trouble
from laptop.commands.next_step import Given, next_step
from laptop.commands.preflight_json import for_programs
from laptop.commands.preflight_objects import Places
from laptop.commands.preflight_pictures import Looking, Pictures
from laptop.commands.preflight_progress import WatchedObjects, shown
from laptop.commands.preflight_shown import show_report
from laptop.commands.settings_given import naming

NO_CREDENTIALS = "there are no AWS credentials"
LOOK_AT = "--images FOLDER looks at files, --cloud at those of the running laptop cloud."
FORMS = "Name a file, or s3://bucket/key."


class Request(NamedTuple):
    """What is to be judged.

    Attributes:
        manifest: a file, or an S3 URI.
        places: where it and its pictures are read.
        given: what else was named on the command line.
        pictures: how many are looked at, and how many masks; goes before that of project.json.
    """

    manifest: str
    places: Places
    given: Given
    pictures: int | None = None


class Judgement(NamedTuple):
    """What was found, what it was found in, and what the training job would be asked for, if there would be one."""

    report: PreflightReport
    result: Preflight
    hyperparameters: Mapping[str, Chosen]
    pictures: Pictures


def show_preflight(request: Request, *, html: Path | None, as_json: bool, console: Console) -> int:
    """Judge a manifest and show the judgement, as a page too where `html` names one; the exit code that says it.

    Raises:
        LabelloopError: the settings are wrong, or AWS refuses something.
        CommandError: the manifest cannot be read, or the page not be written.
    """
    if html is not None and not html.parent.is_dir():
        raise CommandError(f"There is no folder {html.parent}.", "Make it, or have the page written elsewhere: --html.")
    with judged(request) as (report, result, hyperparameters, pictures):
        then = next_step(report, request.given)
        if html is not None:
            from laptop.commands.preflight_html import write_page  # numpy and Pillow take a while to load

            write_page(html, report, result, hyperparameters, then, request.places.files)
    if as_json:
        print_json(for_programs(report, pictures, hyperparameters))
    else:
        show_report(report, hyperparameters, then, console)
    if html is not None:
        (trouble() if as_json else console).print(f"Page: {html}", markup=False, soft_wrap=True)
    return words.exit_code(report)


@contextmanager
def judged(request: Request) -> Iterator[Judgement]:
    """Judge a manifest; a terminal shows meanwhile what is read. One from S3 is on this machine until the end.

    Raises:
        LabelloopError: the settings are wrong, or AWS refuses something.
        CommandError: the manifest cannot be read.
    """
    with naming(request.given.settings), tempfile.TemporaryDirectory() as folder, aws.naming_errors():
        settings = _settings(request)
        result, pictures = _checked(request, settings, Path(folder))
        dataset = None if result.stops else result.report
        checks = tuple(_worded(check, request.given) for check in result.findings.results())
        report = PreflightReport(request.manifest, checks, dataset)
        yield Judgement(report, result, _hyperparameters(report, settings), pictures)


def _settings(request: Request) -> Settings:
    path = request.given.settings
    settings = Settings() if path is None else Settings.from_json(path.read_bytes())
    given = {"label_attribute": request.given.attribute, "pictures_checked": request.pictures}
    return msgspec.structs.replace(settings, **{name: value for name, value in given.items() if value is not None})


def _checked(request: Request, settings: Settings, folder: Path) -> tuple[Preflight, Pictures]:
    why_not = _why_not(request.places, settings)
    with shown(trouble(), f"reading {request.manifest}") as looked:
        looking = Looking(_inspector(request.places, settings, looked), settings.pictures_checked, why_not)
        try:
            path = _local(request.manifest, request.places.s3, folder)
        except ManifestRefused as refusal:
            findings = Findings()
            findings.add(refusal.check, refusal.what, value=refusal.value)
            return Preflight(findings), looking.pictures
        file = LabelFile(path, Pinned(request.manifest, ""), settings.label_attribute)
        result = preflight(file, settings, inspect=looking, processes=os.process_cpu_count() or 1)
    if looking.pictures.why_not == NO_CREDENTIALS:  # else it was asked for
        trouble().print(f"Pictures are not looked at: {why_not}. {LOOK_AT}", markup=False, soft_wrap=True)
    return result, looking.pictures


def _worded(check: CheckResult, given: Given) -> CheckResult:
    """With a way out that goes by what was given on the command line."""
    if given.attribute is None or check.code != labels.LABEL_ATTRIBUTE_NOT_FOUND.code:
        return check
    return msgspec.structs.replace(check, fix="Name one of those that are there with --attribute, or leave it out.")


def _local(manifest: str, s3: Store | None, folder: Path) -> Path:
    """The manifest as a file on this machine.

    Raises:
        ManifestRefused: it is too large to be validated.
    """
    if not manifest.startswith("s3://"):
        path = Path(manifest)
        if path.is_dir():
            raise CommandError(f"{manifest} is a folder.", FORMS)
        if not path.is_file():
            raise CommandError(f"{manifest} is no file.", FORMS)
        if path.stat().st_size > BYTES_LIMIT:
            message = f"it has {path.stat().st_size:,} bytes, more than {BYTES_LIMIT:,}"
            raise ManifestRefused(lines.MANIFEST_TOO_LARGE, message, value=path.stat().st_size)
        return path
    try:
        uri = S3Uri.from_text(manifest)
    except ValueError as error:
        raise CommandError(f"{error}.", FORMS) from error
    if s3 is None:
        raise CommandError(f"{manifest} cannot be read: {NO_CREDENTIALS}.", "--cloud reads the running laptop cloud's.")
    path = folder / "output.manifest"
    download(s3, uri, path, limit=BYTES_LIMIT)
    return path


def _why_not(places: Places, settings: Settings) -> str:
    """Why no picture is looked at; empty where they are."""
    if not settings.pictures_checked:
        return "pictures_checked is 0"
    return NO_CREDENTIALS if places.files is None else ""


def _inspector(places: Places, settings: Settings, looked: Callable[[], None]) -> Inspector | None:
    if places.files is None or not settings.pictures_checked:
        return None
    objects = WatchedObjects(places.files, looked, tells_regions=places.region is not None)
    return Inspector(objects, places.region or "", settings, write_mask=_unwritten)


def _unwritten(body: bytes) -> str:  # noqa: ARG001 - see Inspector
    """A repaired mask is written when a run trains on it."""
    return ""


def _hyperparameters(report: PreflightReport, settings: Settings) -> Mapping[str, Chosen]:
    """What the training job would be asked for; nothing where the run stops."""
    if report.dataset is None:
        return {}
    return algorithm_named(report.dataset.algorithm).hyperparameters(report.dataset, settings.hyperparameters)

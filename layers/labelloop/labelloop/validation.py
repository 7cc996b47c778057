"""The first state of a run: is there something to train on, and what exactly?"""

import tempfile
from pathlib import Path

import msgspec

from labelloop import algorithms
from labelloop.checks import labels
from labelloop.dataset import freeze
from labelloop.errors import ManifestRefused
from labelloop.findings import Findings
from labelloop.frozen_datasets import publish
from labelloop.inspection import Inspector, mask_writer
from labelloop.label_file import LabelFile
from labelloop.merging import InspectedFiles
from labelloop.preflight import Inspect, Preflight, preflight
from labelloop.preflight_report import PreflightReport
from labelloop.projects import PREFLIGHT, TRAINING, ProjectFolder
from labelloop.run import Dataset, Poll, RunDocument, present
from labelloop.settings import Settings
from labelloop.settings_file import read_settings
from labelloop.sources import BYTES_LIMIT, Sources, download
from labelloop.stack import Stack
from labelloop.store import S3Uri, Store

CATEGORIES_LIMIT = 1024 * 1024
FAST_POLLS, SLOWER_BY_SECONDS = 60, 5
MOST_ATTEMPTS = 5  # at a set of manifests that others add to meanwhile


class _Category(msgspec.Struct):
    label: str


class _Categories(msgspec.Struct):
    labels: list[_Category]


def validate_manifest(run: RunDocument, store: Store, stack: Stack) -> RunDocument:
    """Freeze the dataset of the run's manifest and of those that the project had before.

    Raises:
        InvalidSettings: project.json is wrong, or contradicts the dataset or the algorithm.
        ManifestRefused: the labels cannot be trained on; the receipt says all that was found.
    """
    settings, project = read_settings(store, run.settings), ProjectFolder(stack.data_bucket, run.run.project)
    inspect = Inspector(store, stack.region, settings, mask_writer(store, project))
    with tempfile.TemporaryDirectory() as folder:
        checked = _checked(run, settings, Sources(project, store), inspect, Path(folder))
        dataset = _frozen(checked, settings, project, store, Path(folder)) if not checked.stops else None
    _write_receipt(run, checked, dataset, project, store)
    if dataset is None:
        raise checked.refusal()
    seconds = settings.poll_seconds or stack.poll_seconds
    return run.with_(dataset=dataset, poll=poll_plan(seconds, settings.endpoint_minutes * 60))


def poll_plan(seconds: int, endpoint_seconds: int) -> Poll:
    """Often at first, then less and less, so that weeks of waiting fit in an execution's history."""
    polls, waited, wait = 0, 0, seconds
    while waited < endpoint_seconds:
        polls, waited = polls + 1, waited + wait
        wait += SLOWER_BY_SECONDS if polls >= FAST_POLLS else 0
    return Poll(seconds, FAST_POLLS, SLOWER_BY_SECONDS, polls)


def _checked(run: RunDocument, settings: Settings, sources: Sources, inspect: Inspect, folder: Path) -> Preflight:
    """The manifest together with all that the project has, those included that came while it was checked."""
    try:
        file = _label_file(run, settings, sources.store, folder)
        room = BYTES_LIMIT - file.path.stat().st_size
        for _ in range(MOST_ATTEMPTS):
            ids = sources.ids() - {file.id} if settings.accumulate else frozenset()
            checked = preflight(
                file, settings, earlier=tuple(sources.read(ids, settings, folder, room)), inspect=inspect
            )
            if checked.stops or not settings.accumulate:
                break
            sources.add(file, _to_remember(checked, settings))
            if sources.ids() - {file.id} == ids:
                break
        return checked
    except ManifestRefused as refusal:
        findings = Findings()
        findings.add(refusal.check, refusal.what, value=refusal.value)
        return Preflight(findings)


def _to_remember(checked: Preflight, settings: Settings) -> InspectedFiles | None:
    """What was found of the new manifest's files, if they were looked at and no mask was painted for others' sake."""
    painted = checked.inspected[-1].repaired and not checked.classes[-1].are_kept
    return checked.inspected[-1] if settings.pictures_checked and not painted else None


def _label_file(run: RunDocument, settings: Settings, store: Store, folder: Path) -> LabelFile:
    source, path = run.manifest.object, folder / "new.manifest"
    download(store, S3Uri.from_text(source.uri), path, limit=BYTES_LIMIT, version=source.version)
    wanted = settings.label_attribute or run.manifest.label_attribute
    return LabelFile(path, source, wanted, _categories(run, store))


def _categories(run: RunDocument, store: Store) -> tuple[str, ...]:
    """The class names of a labeling job, by id; they hold also those that no picture shows."""
    uri = run.manifest.categories_uri
    if uri is None:
        return ()
    body = store.read(S3Uri.from_text(uri), limit=CATEGORIES_LIMIT)
    try:
        return tuple(category.label for category in msgspec.json.decode(body, type=_Categories).labels)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"the labeling job's categories {uri} cannot be read: {error}"
        raise ManifestRefused(labels.CATEGORIES_UNREADABLE, message, value=body[:200]) from error


def _frozen(checked: Preflight, settings: Settings, project: ProjectFolder, store: Store, folder: Path) -> Dataset:
    report = present(checked.report)
    algorithm = algorithms.algorithm_named(report.algorithm)
    if settings.image is None:
        algorithm.check_instance_type(settings.training_instance_type)
    return publish(freeze(checked, report, folder), project, store)


def _write_receipt(
    run: RunDocument, checked: Preflight, dataset: Dataset | None, project: ProjectFolder, store: Store
) -> None:
    """runs/<run>/report.json; a run that trains has one of its hyperparameters too, and each names the other."""
    report = PreflightReport(run.manifest.object.uri, checked.findings.results())
    if dataset is not None:
        frozen = msgspec.structs.replace(present(checked.report), dataset=dataset.id)
        hyperparameters = str(project.receipt(run.run.id, TRAINING))
        report = msgspec.structs.replace(report, dataset=frozen, hyperparameters=hyperparameters)
    store.write_json(project.receipt(run.run.id, PREFLIGHT), report)

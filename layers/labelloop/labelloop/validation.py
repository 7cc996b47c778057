"""The first state of a run: is there something to train on, and what exactly?"""

import tempfile
from pathlib import Path

import msgspec

from labelloop import algorithms, dataset
from labelloop.algorithms import Algorithm
from labelloop.errors import UnreadableManifest
from labelloop.label_attribute import find_label_attribute
from labelloop.manifest import read_lines
from labelloop.projects import ProjectFolder
from labelloop.report import FILE, Report
from labelloop.run import Dataset, Poll, RunDocument
from labelloop.settings import Settings, read_settings
from labelloop.stack import Stack
from labelloop.store import S3Uri, Store

CATEGORIES_LIMIT = 1024 * 1024
MANIFEST_LIMIT = 1_200_000_000  # bytes: it and the two that it becomes share 4 GB of disk
FAST_POLLS, SLOWER_BY_SECONDS = 60, 5


class _Category(msgspec.Struct):
    label: str


class _Categories(msgspec.Struct):
    labels: list[_Category]


def validate_manifest(run: RunDocument, store: Store, stack: Stack) -> RunDocument:
    """Freeze the dataset of the run's manifest.

    Raises:
        InvalidSettings: project.json is wrong, or contradicts the dataset or the algorithm.
        ManifestError: the labels cannot be trained on.
    """
    settings = read_settings(store, run.settings)
    with tempfile.TemporaryDirectory() as folder:
        frozen = _freeze(run, settings, store, Path(folder))
        algorithm = algorithms.algorithm_named(frozen.report.algorithm)
        _check_settings(settings, algorithm, frozen.report)
        place = _publish(frozen, ProjectFolder(stack.data_bucket, run.run.project), run, store)
    seconds = settings.poll_seconds or stack.poll_seconds
    return run.with_(dataset=place, poll=poll_plan(seconds, settings.endpoint_minutes * 60))


def poll_plan(seconds: int, endpoint_seconds: int) -> Poll:
    """Often at first, then less and less, so that weeks of waiting fit in an execution's history."""
    polls, waited, wait = 0, 0, seconds
    while waited < endpoint_seconds:
        polls, waited = polls + 1, waited + wait
        wait += SLOWER_BY_SECONDS if polls >= FAST_POLLS else 0
    return Poll(seconds, FAST_POLLS, SLOWER_BY_SECONDS, polls)


def _check_settings(settings: Settings, algorithm: Algorithm, report: Report) -> None:
    """What a training job would be refused for, or fail for, is found before one is asked for."""
    algorithm.hyperparameters(report, settings.hyperparameters)
    if settings.image is None:
        algorithm.check_instance_type(settings.training_instance_type)


def _freeze(run: RunDocument, settings: Settings, store: Store, folder: Path) -> dataset.FrozenDataset:
    source = run.manifest.object
    local = folder / "source.manifest"
    store.download(S3Uri.from_text(source.uri), local, limit=MANIFEST_LIMIT, version=source.version)
    wanted = settings.label_attribute or run.manifest.label_attribute
    attribute = find_label_attribute(read_lines(local), wanted)
    algorithm = algorithms.algorithm_for(attribute.task, settings.algorithm)
    return dataset.freeze(
        local,
        attribute,
        algorithm.label_type,
        algorithm=algorithm.name,
        source=source,
        categories=_categories(run, store),
        validation_share=settings.validation_share,
        folder=folder,
    )


def _categories(run: RunDocument, store: Store) -> list[str]:
    """The class names of a labeling job, by id; they hold also those that no picture shows."""
    uri = run.manifest.categories_uri
    if uri is None:
        return []
    body = store.read(S3Uri.from_text(uri), limit=CATEGORIES_LIMIT)
    try:
        return [category.label for category in msgspec.json.decode(body, type=_Categories).labels]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableManifest(f"the labeling job's categories {uri} cannot be read: {error}.") from error


def _publish(frozen: dataset.FrozenDataset, project: ProjectFolder, run: RunDocument, store: Store) -> Dataset:
    """The report is written last: a dataset with one is complete and stays, one without is written again."""
    report = frozen.report
    report_uri = project.dataset(report.dataset, FILE)
    if store.find(report_uri) is None:
        for name in (dataset.TRAIN, dataset.VALIDATION, dataset.CLASSES):
            uri = project.dataset(report.dataset, name)
            store.upload(frozen.folder / name, uri, content_type="application/json")
        store.write_json(report_uri, report)
    store.write_json(project.receipt(run.run.id, "validation"), report)
    return Dataset(
        id=report.dataset,
        folder=str(report_uri).removesuffix(f"/{FILE}"),
        task=report.task,
        algorithm=report.algorithm,
        label_attribute=report.label_attribute,
    )

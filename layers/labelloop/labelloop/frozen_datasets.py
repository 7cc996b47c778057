"""Frozen datasets in S3. The report is written last: a dataset with one is complete and stays."""

import msgspec

from labelloop.dataset import CLASSES, REPORT, TRAIN, VALIDATION, FrozenDataset
from labelloop.projects import ProjectFolder
from labelloop.report import Report
from labelloop.run import Dataset
from labelloop.store import S3Uri, Store

REPORT_LIMIT = 4 * 1024 * 1024


def publish(frozen: FrozenDataset, project: ProjectFolder, store: Store) -> Dataset:
    """Write a dataset; one without a report is written again, byte for byte the same."""
    report = frozen.report
    report_uri = project.dataset(report.dataset, REPORT)
    if store.find(report_uri) is None:
        for name in (TRAIN, VALIDATION, CLASSES):
            store.upload(frozen.folder / name, project.dataset(report.dataset, name), content_type="application/json")
        store.write_json(report_uri, report)
    return Dataset(
        id=report.dataset,
        folder=str(report_uri).removesuffix(f"/{REPORT}"),
        task=report.task,
        algorithm=report.algorithm,
        label_attribute=report.label_attribute,
    )


def read_report(store: Store, dataset: Dataset) -> Report:
    """The report of a frozen dataset.

    Raises:
        ObjectNotFound: the dataset was never completed.
    """
    return msgspec.json.decode(store.read(S3Uri.from_text(dataset.file(REPORT)), limit=REPORT_LIMIT), type=Report)

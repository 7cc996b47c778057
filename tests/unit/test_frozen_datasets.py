"""Frozen datasets in S3: complete or not there."""

from pathlib import Path

import pytest
from labelloop.dataset import CLASSES, REPORT, TRAIN, VALIDATION, FrozenDataset
from labelloop.errors import ObjectNotFound
from labelloop.frozen_datasets import publish, read_report
from labelloop.projects import ProjectFolder
from labelloop.store import S3Uri, Store

from tests.unit.factories import BUCKET, dataset, report
from tests.unit.s3_calls import calls_of, writes

PROJECT = ProjectFolder(BUCKET, "shapes")
FILES = [f"projects/shapes/datasets/00c0ffee00c0ffee/{name}" for name in (TRAIN, VALIDATION, CLASSES, REPORT)]


@pytest.fixture
def frozen(tmp_path: Path) -> FrozenDataset:
    for name in (TRAIN, VALIDATION, CLASSES):
        (tmp_path / name).write_text(f"{name}\n")
    return FrozenDataset(tmp_path, report())


def test_the_report_is_written_last(frozen: FrozenDataset, store: Store) -> None:
    with calls_of(store) as calls:
        assert publish(frozen, PROJECT, store) == dataset()
    assert writes(calls) == FILES
    for key in FILES[:3]:
        assert store.read(S3Uri(BUCKET, key), limit=100).decode() == key.rpartition("/")[2] + "\n"
    assert read_report(store, dataset()) == report()


def test_a_complete_dataset_is_never_written_again(frozen: FrozenDataset, store: Store) -> None:
    publish(frozen, PROJECT, store)
    with calls_of(store) as calls:
        assert publish(frozen, PROJECT, store) == dataset()
    assert calls == [("HeadObject", FILES[-1])]


def test_a_dataset_without_its_report_is_written_again(frozen: FrozenDataset, store: Store) -> None:
    publish(frozen, PROJECT, store)
    store.s3.delete_object(Bucket=BUCKET, Key=FILES[-1])
    with pytest.raises(ObjectNotFound, match=r"00c0ffee00c0ffee/report\.json does not exist"):
        read_report(store, dataset())
    with calls_of(store) as calls:
        publish(frozen, PROJECT, store)
    assert writes(calls) == FILES

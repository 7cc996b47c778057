"""A dataset's report, read back."""

import pytest
from labelloop.errors import ObjectNotFound
from labelloop.report import Report
from labelloop.store import S3Uri, Store

from tests.unit.factories import dataset, report


def test_a_report_is_read_as_it_was_written(store: Store) -> None:
    store.write_json(S3Uri.from_text(dataset().file("report.json")), report())
    assert Report.read(store, dataset()) == report()


def test_a_dataset_without_a_report_is_not_complete(store: Store) -> None:
    with pytest.raises(ObjectNotFound, match=r"00c0ffee00c0ffee/report\.json does not exist"):
        Report.read(store, dataset())


def test_a_report_tells_its_class_names_by_id() -> None:
    assert report().class_names == ("circle", "square")

"""Reading a frozen dataset's report back."""

import msgspec

from labelloop.dataset import REPORT, Report
from labelloop.run import Dataset
from labelloop.store import S3Uri, Store

SIZE_LIMIT = 4 * 1024 * 1024


def read_report(store: Store, dataset: Dataset) -> Report:
    """The dataset's report.json.

    Raises:
        ObjectNotFound: the dataset was never completed.
    """
    body = store.read(S3Uri.from_text(dataset.file(REPORT)), limit=SIZE_LIMIT)
    return msgspec.json.decode(body, type=Report)

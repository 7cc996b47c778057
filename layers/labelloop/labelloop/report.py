"""What a dataset was made from and what it holds: its report.json."""

from typing import Self

import msgspec

from labelloop.run import Dataset, Pinned
from labelloop.store import S3Uri, Store
from labelloop.tasks import Task

FILE = "report.json"
SIZE_LIMIT = 4 * 1024 * 1024


class ClassReport(msgspec.Struct, frozen=True):
    """A class as trained (`id`), as the manifest numbers it (`source_id`), and how many objects it has.

    Of whole pictures and masks these are the pictures that have the class.
    """

    id: int
    name: str
    source_id: int
    objects: int


class Report(msgspec.Struct, frozen=True):
    """The last file of a dataset that is written: where it is, all are. Never written twice.

    `max_objects` are the most boxes, or classes, that one picture has.
    """

    dataset: str
    source: Pinned
    task: Task
    algorithm: str
    label_attribute: str
    label_attribute_rule: str
    classes: tuple[ClassReport, ...]
    lines: int
    left_out: dict[str, int]
    train_samples: int
    validation_samples: int
    max_objects: int
    validation_share: float

    @property
    def class_names(self) -> tuple[str, ...]:
        """By id."""
        return tuple(entry.name for entry in self.classes)

    @classmethod
    def read(cls, store: Store, dataset: Dataset) -> Self:
        """The report of a frozen dataset.

        Raises:
            ObjectNotFound: the dataset was never completed.
        """
        return msgspec.json.decode(store.read(S3Uri.from_text(dataset.file(FILE)), limit=SIZE_LIMIT), type=cls)

"""What a dataset was made from and what it holds: its report.json."""

import msgspec

from labelloop.run import Pinned
from labelloop.tasks import Task


class ClassReport(msgspec.Struct, frozen=True):
    """A class: how many objects it has, and how many pictures of each side show it.

    Of whole pictures and masks the objects are the pictures that have the class.
    """

    id: int
    name: str
    objects: int
    train_pictures: int
    validation_pictures: int


class Report(msgspec.Struct, frozen=True):
    """The last file of a dataset that is written: where it is, all are. Never written twice.

    Attributes:
        dataset: its id, a digest of its files; "" before it is frozen.
        sources: the manifests that it was made from.
        lines: of all of them.
        left_out: how many of the lines are not trained on, by the code of the check.
        max_objects: the most boxes, or classes, that one picture has; of lines that were left out too.
    """

    dataset: str
    sources: tuple[Pinned, ...]
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

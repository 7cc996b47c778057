"""How the labels of each task are written on a manifest line, and what a dataset makes of them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, Self

from labelloop.manifest import Line, Metadata

Json = dict[str, Any]


class Classes(NamedTuple):
    """The classes of a dataset: the id that each source id becomes, and the names by new id."""

    new_ids: Mapping[int, int]
    names: Sequence[str]

    def class_map(self, source_ids: Sequence[int]) -> dict[str, str]:
        """Ground Truth's `class-map` of some classes, by new id."""
        shown = sorted({self.new_ids[source_id] for source_id in source_ids})
        return {str(class_id): self.names[class_id] for class_id in shown}


class Label(Protocol):
    """One picture's label."""

    @classmethod
    def from_line(cls, line: Line, attribute: str, metadata: Metadata) -> Self:
        """The label that a line has under an attribute.

        Raises:
            UnreadableManifest: it has another form than its task's.
            InvalidLabel: it contradicts its metadata.
        """
        ...

    @staticmethod
    def category_names(categories: Sequence[str]) -> dict[int, str]:
        """The class ids that a labeling job gives to its categories."""
        ...

    @staticmethod
    def numbered(names: Mapping[int, str]) -> Sequence[tuple[int, str]]:
        """Source id and name of each class, in the order of the ids that a dataset gives them: 0…n-1."""
        ...

    @property
    def class_ids(self) -> Sequence[int]:
        """One for each labelled object; nothing where nothing is labelled."""
        ...

    def class_names(self, line: Line, metadata: Metadata) -> Mapping[int, str]:
        """The names that the label's line gives to class ids.

        Raises:
            InvalidLabel: something that is no id has a name.
        """
        ...

    def frozen(self, metadata: Json, classes: Classes) -> tuple[Any, Json]:
        """The label and its metadata as a dataset's manifest has them: with the new class ids."""
        ...


class Renumbered:
    """For labels whose class ids stand in the manifest itself, so that a dataset can close their gaps."""

    @staticmethod
    def category_names(categories: Sequence[str]) -> dict[int, str]:
        """The ids are the places in the list."""
        return dict(enumerate(categories))

    @staticmethod
    def numbered(names: Mapping[int, str]) -> list[tuple[int, str]]:
        """In the order of the source ids."""
        return sorted(names.items())

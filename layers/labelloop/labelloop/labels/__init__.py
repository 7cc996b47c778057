"""How the labels of each task are written on a manifest line, and what a dataset makes of them."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, ClassVar, NamedTuple, Protocol, Self

import msgspec

from labelloop.checks import Check, labels
from labelloop.manifest import Line, Metadata, Pointer, typed

Json = dict[str, Any]
_class_map_decoder = msgspec.json.Decoder(dict[Annotated[int, msgspec.Meta(ge=0, lt=10**9)], str])


class Note(Protocol):
    """Takes down what is worth knowing of a line that is trained on all the same."""

    def __call__(self, check: Check, message: str, pointer: Pointer = (), value: Any = ...) -> None:
        """`pointer` leads from the line to the value."""
        ...


class Classes(NamedTuple):
    """The classes of a dataset: the id that each source id becomes, and the names by new id."""

    new_ids: Mapping[int, int]
    names: Sequence[str]

    def class_map(self, source_ids: Sequence[int]) -> dict[str, str]:
        """Ground Truth's `class-map` of some classes, by new id."""
        shown = sorted({self.new_ids[source_id] for source_id in source_ids})
        return {str(class_id): self.names[class_id] for class_id in shown}

    @property
    def are_kept(self) -> bool:
        """Whether every class keeps its id."""
        return all(old == new for old, new in self.new_ids.items())


class QuickMetadata(msgspec.Struct, gc=False, rename="kebab"):
    """What metadata must be for a line to need no closer look; each task's adds its `type` and its class names."""

    failure_reason: msgspec.UnsetType = msgspec.UNSET
    creation_date: str = ""


class Label(Protocol):
    """One picture's label.

    A line is read in one of two ways. `quick_label` and `quick_metadata` are types that msgspec decodes whole blocks of
    lines into, and `quick` makes a label of them if there is nothing to remark. Else `from_line` looks closely.
    """

    quick_label: ClassVar[Any]
    quick_metadata: ClassVar[type[QuickMetadata]]

    @classmethod
    def quick(cls, label: Any, metadata: Any) -> "tuple[Label, bytes] | None":
        """The label and its class names as a JSON object by id; None where a closer look is needed."""
        ...

    @classmethod
    def from_line(cls, line: Line, attribute: str, metadata: Metadata, note: Note) -> Self:
        """The label that a line has under an attribute.

        Raises:
            ManifestRefused: it has another form than its task's, or contradicts its metadata.
        """
        ...

    @staticmethod
    def category_names(categories: Sequence[str]) -> dict[int, str]:
        """The class ids that a labeling job gives to its categories."""
        ...

    @staticmethod
    def merged(names: Sequence[Mapping[int, str]]) -> Sequence[Classes]:
        """The classes of several sources of labels, given by source id, as those of one dataset: one for each source.

        Classes of one name are one. The result does not depend on the order of the sources.
        """
        ...

    @property
    def class_ids(self) -> Sequence[int]:
        """One for each labelled object; nothing where nothing is labelled."""
        ...

    @property
    def picture_size(self) -> tuple[int, int] | None:
        """Width and height of the picture in pixels, where the label says them."""
        ...

    def place_of(self, class_id: int) -> Pointer:
        """Where in the label the first object of a class says so."""
        ...

    @staticmethod
    def name_place(class_id: int) -> Pointer:
        """Where in the metadata the name of a class stands."""
        ...

    def class_names(self, line: Line, metadata: Metadata) -> Mapping[int, str]:
        """The names that the label's line gives to class ids.

        Raises:
            ManifestRefused: something that is no id has a name.
        """
        ...

    def frozen(self, metadata: Json, classes: Classes) -> tuple[Any, Json]:
        """The label and its metadata as a dataset's manifest has them: with the new class ids."""
        ...


class Renumbered:
    """For labels whose class ids stand in the manifest itself, so that a dataset can close their gaps."""

    __slots__ = ()

    @staticmethod
    def name_place(class_id: int) -> Pointer:
        """In the class map, which most of them have."""
        return ("class-map", str(class_id))

    @staticmethod
    def category_names(categories: Sequence[str]) -> dict[int, str]:
        """The ids are the places in the list."""
        return dict(enumerate(categories))

    @staticmethod
    def merged(names: Sequence[Mapping[int, str]]) -> list[Classes]:
        """In the order of the least id that any source gives to a name, then of names; numbered 0…n-1."""
        ordered = by_least_id(names)
        new_ids = {name: new for new, name in enumerate(ordered)}
        return [Classes({old: new_ids[name] for old, name in of_one.items()}, ordered) for of_one in names]


def by_least_id(names: Sequence[Mapping[int, str]]) -> list[str]:
    """All names, each once, ordered by the least id that anybody gives it, then by themselves."""
    least: dict[str, int] = {}
    for of_one in names:
        for class_id, name in of_one.items():
            least[name] = min(class_id, least.get(name, class_id))
    return sorted(least, key=lambda name: (least[name], name))


def label_value(line: Line, attribute: str, kind: Any) -> Any:
    """The label under an attribute as a typed value.

    Raises:
        ManifestRefused: of another form.
    """
    return typed(line.values[attribute], kind, (attribute,), labels.LABEL_MALFORMED)


def members(value: Any) -> dict[str, Any]:
    """Those of a JSON object in metadata, decoded or not; none of what is not there."""
    if not isinstance(value, msgspec.Raw):
        return value or {}
    return msgspec.json.decode(value, type=dict[str, msgspec.Raw] | None) or {}


@lru_cache(1 << 10)
def is_class_map(text: bytes) -> bool:
    """Whether a JSON value names classes by id; the lines of a manifest have few different ones."""
    try:
        _class_map_decoder.decode(text)
    except msgspec.DecodeError:
        return False
    return True

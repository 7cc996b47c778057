"""Labels of whole pictures, as Ground Truth writes them: one class, or all that apply.

    "species": "0",          "species-metadata": {"class-name": "dog", …}
    "labels": [1, 0, 8],     "labels-metadata": {"class-map": {"1": "bicycle", …}, "confidence-map": {"1": 0.95, …}, …}

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html, which writes the same single class once
as 0 and once as "0".
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

import msgspec

from labelloop.checks import labels
from labelloop.labels import Classes, Json, Note, QuickMetadata, Renumbered, is_class_map, label_value, members
from labelloop.manifest import Line, Metadata, Pointer, typed

_ClassId = Annotated[int, msgspec.Meta(ge=0, lt=10**9)]


class _ClassMetadata(QuickMetadata, gc=False, rename="kebab", kw_only=True):
    type: Literal["groundtruth/image-classification"]
    class_name: str


class _ClassListMetadata(QuickMetadata, gc=False, rename="kebab", kw_only=True):
    type: Literal["groundtruth/image-classification-multilabel"]
    class_map: msgspec.Raw
    confidence_map: dict[str, float] = msgspec.field(default_factory=dict)


class ClassLabel(Renumbered, msgspec.Struct, frozen=True):
    """The one class of a picture."""

    quick_label: ClassVar[Any] = _ClassId
    quick_metadata: ClassVar[type[QuickMetadata]] = _ClassMetadata

    class_id: int

    @classmethod
    def quick(cls, label: int, metadata: _ClassMetadata) -> tuple[Self, bytes]:
        """The label with its name."""
        return cls(label), msgspec.json.encode({label: metadata.class_name})

    @classmethod
    def from_line(cls, line: Line, attribute: str, metadata: Metadata, note: Note) -> Self:  # noqa: ARG003 - see Label
        """The number under the attribute, or the string of one.

        Raises:
            ManifestRefused: neither.
        """
        return cls(label_value(line, attribute, _ClassId))

    def class_names(self, line: Line, metadata: Metadata) -> Mapping[int, str]:  # noqa: ARG002 - see Label
        """The name of the one class, where the line tells it."""
        return {} if metadata.class_name is None else {self.class_id: metadata.class_name}

    @property
    def class_ids(self) -> tuple[int]:
        """The one."""
        return (self.class_id,)

    @property
    def picture_size(self) -> None:
        """Not told."""

    def place_of(self, class_id: int) -> Pointer:  # noqa: ARG002 - see Label
        """The label itself."""
        return ()

    @staticmethod
    def name_place(class_id: int) -> Pointer:  # noqa: ARG004 - see Label
        """There is one class."""
        return ("class-name",)

    def frozen(self, metadata: Json, classes: Classes) -> tuple[int, Json]:
        """With the new id, as a number: how Pipe mode writes a string, with quotes or without, is not documented."""
        class_id = classes.new_ids[self.class_id]
        return class_id, metadata | {"class-name": classes.names[class_id]}


class ClassListLabel(Renumbered, msgspec.Struct, frozen=True):
    """All classes of a picture, each once, in any order.

    A picture that no class applies to has an empty list. What the built-in algorithm makes of one is not documented,
    so such a picture counts as one without objects and is not trained on.
    """

    quick_label: ClassVar[Any] = list[_ClassId]
    quick_metadata: ClassVar[type[QuickMetadata]] = _ClassListMetadata

    class_ids: tuple[int, ...]

    @classmethod
    def quick(cls, label: list[int], metadata: _ClassListMetadata) -> tuple[Self, bytes] | None:
        """The label, unless it is empty."""
        class_map = bytes(metadata.class_map)
        return (cls(tuple(dict.fromkeys(label))), class_map) if label and is_class_map(class_map) else None

    @classmethod
    def from_line(cls, line: Line, attribute: str, metadata: Metadata, note: Note) -> Self:  # noqa: ARG003 - see Label
        """The array under the attribute, or the string of one: the algorithm's page shows `"[0, 2]"`.

        Raises:
            ManifestRefused: neither.
        """
        value = line.plain(attribute)
        text = value.encode() if isinstance(value, str) else line.values[attribute]
        return cls(tuple(dict.fromkeys(typed(text, list[_ClassId], (attribute,), labels.LABEL_MALFORMED))))

    def class_names(self, line: Line, metadata: Metadata) -> Mapping[int, str]:  # noqa: ARG002 - see Label
        """The class map, which names only the classes of its own line."""
        return metadata.class_names()

    @property
    def picture_size(self) -> None:
        """Not told."""

    def place_of(self, class_id: int) -> Pointer:
        """In the list."""
        return (self.class_ids.index(class_id),)

    def frozen(self, metadata: Json, classes: Classes) -> tuple[list[int], Json]:
        """With the new ids in list, class map and confidence map."""
        new_ids = {str(source_id): classes.new_ids[source_id] for source_id in self.class_ids}
        confidences = members(metadata.get("confidence-map")).items()
        maps = {
            "class-map": classes.class_map(self.class_ids),
            "confidence-map": {
                str(new_ids[source_id]): share for source_id, share in confidences if source_id in new_ids
            },
        }
        return list(dict.fromkeys(new_ids.values())), metadata | maps

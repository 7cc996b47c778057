"""Mask labels, as Ground Truth writes them: the S3 URI of an 8-bit PNG, under an attribute that ends in `-ref`.

    "streets-ref": "s3://…/0_2020-04-21T13:48:00.091190.png",
    "streets-ref-metadata": {"internal-color-map": {"0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", …}, …}, …}

A pixel's value is the id of its class, 255 that of none: such pixels are ignored.
Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html, …/semantic-segmentation.html
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Literal, Self

import msgspec

from labelloop.checks import labels
from labelloop.errors import ManifestRefused
from labelloop.labels import Classes, Json, Note, QuickMetadata, by_least_id, members
from labelloop.manifest import Line, MaskClass, Metadata, Pointer, is_id, is_s3_uri
from labelloop.tasks import METADATA_SUFFIX

BACKGROUND = "BACKGROUND"
IGNORED = 255
_COLOUR_MAP = "internal-color-map"


class _QuickMetadata(QuickMetadata, gc=False, rename="kebab", kw_only=True):
    type: Literal["groundtruth/semantic-segmentation"]
    internal_color_map: dict[str, MaskClass]


class MaskLabel(msgspec.Struct, frozen=True):
    """The mask of one picture: where it is, and its classes by the value of their pixels."""

    quick_label: ClassVar[Any] = str
    quick_metadata: ClassVar[type[QuickMetadata]] = _QuickMetadata

    uri: str
    classes: Mapping[int, MaskClass]

    @classmethod
    def quick(cls, label: str, metadata: _QuickMetadata) -> tuple[Self, bytes] | None:
        """The label, if it is an S3 URI with a colour map of values that pixels can have."""
        entries = metadata.internal_color_map
        if not is_s3_uri(label) or not entries or not all(map(is_id, entries)):
            return None
        classes = {int(value): entry for value, entry in entries.items()}
        if max(classes) >= IGNORED:
            return None
        return cls(label, classes), msgspec.json.encode({value: entry.class_name for value, entry in classes.items()})

    @classmethod
    def from_line(cls, line: Line, attribute: str, metadata: Metadata, note: Note) -> Self:
        """The S3 URI under the attribute, with the colour map of its metadata.

        Raises:
            ManifestRefused: it is no S3 URI; no colour map, or one of values that no pixel has.
        """
        uri, key = line.s3_uri(attribute), line.metadata_key(attribute)
        if uri is None:
            message = "a mask's label is the s3:// URI of a PNG"
            raise ManifestRefused(labels.LABEL_MALFORMED, message, pointer=(attribute,), value=line.values[attribute])
        if key != attribute + METADATA_SUFFIX:
            note(labels.METADATA_WITHOUT_REF, f"they stand under {key!r}", (key,))
        return cls(uri, _classes(metadata, key))

    @staticmethod
    def category_names(categories: Sequence[str]) -> dict[int, str]:
        """The ids from 1 on, in the order of the list, since 0 is the background; unless that begins the list itself.

        Source: Ground Truth's masks, where 0 is always BACKGROUND.
        """
        background = [] if not categories or categories[0] == BACKGROUND else [BACKGROUND]
        return dict(enumerate([*background, *categories]))

    @staticmethod
    def merged(names: Sequence[Mapping[int, str]]) -> list[Classes]:
        """The pixels' own values as long as no two contradict each other; gaps get names.

        Else background is 0, the others follow by least value, and masks whose values change have to be painted anew.
        """
        union = {value: name for of_one in names for value, name in of_one.items()}
        agree = all(union[value] == name for of_one in names for value, name in of_one.items())
        if agree and len(set(union.values())) == len(union):
            every = [
                union.get(value) or _made_up_name(value, union.values()) for value in range(max(union, default=-1) + 1)
            ]
            return [Classes({value: value for value in of_one}, every) for of_one in names]
        ordered = by_least_id(names)
        every = [BACKGROUND, *(name for name in ordered if name != BACKGROUND)]
        new_ids = {name: new for new, name in enumerate(every)}
        return [Classes({old: new_ids[name] for old, name in of_one.items()}, every) for of_one in names]

    @property
    def class_ids(self) -> tuple[int, ...]:
        """One for each class that the colour map names."""
        return tuple(sorted(self.classes))

    @property
    def picture_size(self) -> None:
        """Not told."""

    def place_of(self, class_id: int) -> Pointer:  # noqa: ARG002 - see Label
        """The mask."""
        return ()

    @staticmethod
    def name_place(class_id: int) -> Pointer:
        """In the colour map."""
        return (_COLOUR_MAP, str(class_id), "class-name")

    def class_names(self, line: Line, metadata: Metadata) -> Mapping[int, str]:  # noqa: ARG002 - see Label
        """Those of the colour map."""
        return {value: entry.class_name for value, entry in self.classes.items()}

    def frozen(self, metadata: Json, classes: Classes) -> tuple[str, Json]:
        """The same mask; the keys of its colour map are the new values."""
        entries = members(metadata.get(_COLOUR_MAP))
        kept = {str(classes.new_ids[int(key)]): entry for key, entry in entries.items() if int(key) != IGNORED}
        return self.uri, metadata | {_COLOUR_MAP: kept}


def _made_up_name(value: int, others: Collection[str]) -> str:
    return BACKGROUND if value == 0 and BACKGROUND not in others else f"unused {value}"


def _classes(metadata: Metadata, key: str) -> dict[int, MaskClass]:
    try:
        names = metadata.mask_class_names()
    except ManifestRefused as refusal:
        raise refusal.within(key) from refusal
    if not names:
        message = f'there is no {_COLOUR_MAP}, as {{"0": {{"class-name": "BACKGROUND"}}, "1": …}}'
        raise ManifestRefused(labels.METADATA_MALFORMED, message, pointer=(key,))
    if max(names) > IGNORED:
        message = f"it names {max(names)}; the pixels of a mask are 0 to {IGNORED}"
        raise ManifestRefused(
            labels.METADATA_MALFORMED, message, pointer=(key, _COLOUR_MAP, str(max(names))), value=max(names)
        )
    entries = metadata.internal_color_map.items()
    return {int(value): entry for value, entry in entries if int(value) != IGNORED}

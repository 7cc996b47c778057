"""Mask labels, as Ground Truth writes them: the S3 URI of an 8-bit PNG, under an attribute that ends in `-ref`.

    "streets-ref": "s3://…/0_2020-04-21T13:48:00.091190.png",
    "streets-ref-metadata": {"internal-color-map": {"0": {"class-name": "BACKGROUND", "hex-color": "#ffffff", …}, …}, …}

A pixel's value is the id of its class, 255 that of none: such pixels are ignored.
Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html, …/semantic-segmentation.html
"""

from collections.abc import Mapping, Sequence
from typing import Self

import msgspec

from labelloop.errors import InvalidLabel
from labelloop.labels import Classes, Json
from labelloop.manifest import Line, Metadata

BACKGROUND = "BACKGROUND"
IGNORED = 255


class MaskLabel(msgspec.Struct, frozen=True):
    """The mask of one picture: where it is, and the names of its classes by the value of their pixels."""

    uri: str
    names: Mapping[int, str]

    @classmethod
    def from_line(cls, line: Line, attribute: str, metadata: Metadata) -> Self:
        """The S3 URI under the attribute, with the colour map of its metadata.

        Raises:
            InvalidLabel: it is no S3 URI; no colour map, or one of values that no pixel has.
        """
        uri = line.s3_uri(attribute)
        if uri is None:
            shown = bytes(line.values[attribute])[:60].decode(errors="replace")
            raise InvalidLabel(
                f"manifest line {line.number}: {attribute!r} is {shown}, not the s3:// URI of a mask.",
                hint="Put the mask into S3 as a PNG and its URI on the line.",
            )
        return cls(uri, _names(line, attribute, metadata))

    @staticmethod
    def category_names(categories: Sequence[str]) -> dict[int, str]:
        """The ids from 1 on, in the order of the list, since 0 is the background; unless that begins the list itself.

        Source: Ground Truth's masks, where 0 is always BACKGROUND.
        """
        background = [] if not categories or categories[0] == BACKGROUND else [BACKGROUND]
        return dict(enumerate([*background, *categories]))

    @staticmethod
    def numbered(names: Mapping[int, str]) -> list[tuple[int, str]]:
        """All values up to the largest. The pixels of masks stay as they are, so gaps stay too and get names."""
        return [(value, names.get(value) or _made_up_name(value)) for value in range(max(names) + 1)]

    @property
    def class_ids(self) -> tuple[int, ...]:
        """One for each class that the colour map names."""
        return tuple(sorted(self.names))

    def class_names(self, line: Line, metadata: Metadata) -> Mapping[int, str]:  # noqa: ARG002 - see Label
        """Those of the colour map."""
        return self.names

    def frozen(self, metadata: Json, classes: Classes) -> tuple[str, Json]:  # noqa: ARG002 - see Label
        """As it is: nobody paints masks anew."""
        return self.uri, metadata


def _made_up_name(value: int) -> str:
    return f"unused {value}" if value else BACKGROUND


def _names(line: Line, attribute: str, metadata: Metadata) -> dict[int, str]:
    names = metadata.mask_class_names(line.number)
    if not names:
        raise InvalidLabel(
            f"manifest line {line.number}: {line.metadata_key(attribute)!r} has no internal-color-map.",
            hint='Name the classes by the values of their pixels: {"0": {"class-name": "BACKGROUND"}, "1": …}.',
        )
    if max(names) > IGNORED:
        raise InvalidLabel(
            f"manifest line {line.number}: the colour map names {max(names)}; the pixels of a mask are 0 to {IGNORED}."
        )
    return {value: name for value, name in names.items() if value != IGNORED}

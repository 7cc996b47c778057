"""Which class a mask's pixels have: by their values, or by their colours.

SageMaker reads values. But the colour is what an annotator saw, and what is kept when files go wrong: Ground Truth
wrote masks with right colours and wrong values for three months of 2020, and programs that make PNGs smaller number
palettes anew. So a mask is read

 1. by value, where each value is a class's (or 255) and has no other class's colour;
 2. else by colour, where each colour is the colour of just one class;
 3. else not at all.

A pixel of several channels has a value where all are the same. Of a grey file the colours are but another way to write
the values: it is read by value; by colour where values are of no class; not at all where both are possible and differ.

What fills a palette up is no colour: in one that has each class's colour at its value, all else; in any other, an entry
like an earlier one. And of one palette the colours say little: that which lists those of the map one after the other
though its values have gaps, as AWS's own correction of those masks writes it. With it a mask is read by value or by
place in the list, whichever is possible; not at all where both are.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from labelloop.labels.masks import IGNORED
from labelloop.palette import WHITE, Colour

PALETTE_SIZE = 256


class Form(Enum):
    """What a file holds for a pixel: an index into a palette, a grey level, or a colour."""

    INDEXED = "indexed"
    GREY = "grey"
    COLOURED = "coloured"


class Sample(NamedTuple):
    """Pixels of a mask that are alike.

    `value` is what they are as a number, `colour` as one of 8 bits a channel, None where they are not; `repeated` says
    that an earlier entry of the palette has the same colour, as those have that fill it up.
    """

    value: int | None
    colour: Colour | None
    pixels: int
    repeated: bool = False


class Reading(NamedTuple):
    """The class of each sample, None where it has none; `ambiguous` where it could be another."""

    classes: tuple[int | None, ...]
    by_colour: bool
    ambiguous: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether each sample has a class."""
        return None not in self.classes


class ColourMap:
    """A line's `internal-color-map`: the colours of its classes by value, None where one has none."""

    def __init__(self, colours: Mapping[int, Colour | None]) -> None:
        self.colours = {value: colours[value] for value in sorted(colours) if value != IGNORED}

    @cached_property
    def by_colour(self) -> dict[Colour, list[int]]:
        """The classes that have each colour."""
        classes: dict[Colour, list[int]] = {}
        for value, colour in self.colours.items():
            if colour is not None:
                classes.setdefault(colour, []).append(value)
        return classes

    def colour_of(self, value: int | None) -> Colour | None:
        """The colour of a class; None where it is none or has none."""
        return None if value is None else self.colours.get(value)

    def classes_of(self, colour: Colour | None) -> list[int]:
        """The classes that have a colour."""
        return [] if colour is None else self.by_colour.get(colour, [])

    def class_of_value(self, sample: Sample) -> int | None:
        """The class that a sample has by its value."""
        return sample.value if sample.value in self.colours or sample.value == IGNORED else None

    def class_of_colour(self, sample: Sample, form: Form) -> int | None:
        """The class that a sample has by its colour; 255 stays 255 unless it has the colour of a class, for itself."""
        classes = [] if sample.repeated else self.classes_of(sample.colour)
        if classes:
            return classes[0] if len(classes) == 1 else None
        return IGNORED if sample.value == IGNORED and form is not Form.COLOURED else None

    def contradicts(self, sample: Sample, form: Form) -> bool:
        """Whether a sample that has a class by its value has the colour of another."""
        if sample.value == IGNORED:
            return self.class_of_colour(sample, form) not in (None, IGNORED)
        return bool(self.classes_of(sample.colour)) and self.colour_of(sample.value) != sample.colour

    def is_painted_by(self, palette: Sequence[Colour]) -> bool:
        """Whether a palette has each class's colour at its value."""
        stated = [(value, colour) for value, colour in self.colours.items() if colour is not None]
        return all(value < len(palette) and palette[value] == colour for value, colour in stated)

    def is_listed_by(self, palette: Sequence[Colour]) -> bool:
        """Whether a palette is the colours one after the other, then white, though the values have gaps."""
        listed = list(self.colours.values())
        has_gaps = list(self.colours) != list(range(len(listed)))
        return has_gaps and list(palette) == listed + [WHITE] * (PALETTE_SIZE - len(listed))


def read_samples(samples: Sequence[Sample], colours: ColourMap, form: Form, palette: Sequence[Colour] = ()) -> Reading:
    """How a mask is read, see above; where not at all, by what leaves fewer pixels without a class."""
    if palette and colours.is_painted_by(palette):
        samples = [one if one.value in colours.colours else one._replace(colour=None) for one in samples]
    by_value = Reading(tuple(map(colours.class_of_value, samples)), by_colour=False)
    by_colour = Reading(tuple(colours.class_of_colour(sample, form) for sample in samples), by_colour=True)
    if by_value.is_complete and not any(colours.contradicts(sample, form) for sample in samples):
        return by_value
    if by_value.is_complete and (form is Form.GREY or colours.is_listed_by(palette)):
        return by_value._replace(ambiguous=by_colour.is_complete)
    if by_colour.is_complete or form is Form.COLOURED:
        return by_colour
    if by_value.is_complete:
        return by_value._replace(ambiguous=True)
    return min(by_value, by_colour, key=lambda reading: _pixels_without_class(samples, reading))


def _pixels_without_class(samples: Sequence[Sample], reading: Reading) -> int:
    return sum(sample.pixels for sample, known in zip(samples, reading.classes, strict=True) if known is None)

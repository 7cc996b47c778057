"""What is wrong with a mask, and the mask as it should be where nothing about that is in doubt.

Right is what Ground Truth writes: an indexed PNG of 8 bits in the picture's size, whose values are the keys of the
line's `internal-color-map`, or 255 where nobody labelled. A grey PNG of 8 bits with those values is as good. What is
repaired and what is refused follows from how `reading` reads the file. Never repaired are a JPEG, since at the
qualities in use it can lose pieces of a few pixels without a trace, and smoothed borders, since nobody knows whose they
are.
Source: https://docs.aws.amazon.com/sagemaker/latest/dg/semantic-segmentation.html
"""

from collections.abc import Mapping

import msgspec

from labelloop.checks import Level
from labelloop.labels.masks import IGNORED
from labelloop.mask_checks.file import DEPTH, MaskFile, Problem, Size, open_mask
from labelloop.mask_checks.problems import notices, refusal
from labelloop.mask_checks.reading import PALETTE_SIZE, ColourMap, Reading, read_samples
from labelloop.masks import encode_mask_png
from labelloop.palette import WHITE, Colour, class_colour


class Diagnosis(msgspec.Struct, frozen=True):
    """What was found in a mask.

    Attributes:
        problems: at most one of them is a reason to leave the line out.
        repaired: a PNG to take the mask's place, where it needs one and there is no doubt about it.
        values: those of the classes that the mask has, once repaired, without 255; none where it is refused.
    """

    problems: tuple[Problem, ...] = ()
    repaired: bytes | None = None
    values: tuple[int, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether the mask, or the repaired one in its place, can be trained on."""
        return all(problem.check.level is Level.NOTICE for problem in self.problems)


def examine_mask(
    body: bytes,
    colours: Mapping[int, Colour | None],
    *,
    size: Size | None,
    new_values: Mapping[int, int] | None = None,
) -> Diagnosis:
    """Diagnose a mask, and repair it where that is certain.

    Args:
        body: the file.
        colours: the classes of the line's colour map by the value of their pixels; None where one has no hex-color.
        size: of the picture, where it is known.
        new_values: what values become, several the same where classes are joined; the others, and 255, stay.

    Raises:
        ValueError: a class would get a value that is no class's.
    """
    renumbered = _renumbered(colours, new_values or {})
    known = ColourMap(colours)
    file = open_mask(body, list(known.by_colour), size)
    if isinstance(file, Problem):
        return Diagnosis((file,))
    pixels = file.pixels
    reading = read_samples(list(pixels.samples.values()), known, pixels.form, pixels.palette)
    problem = refusal(file, reading, known)
    return _repaired(file, reading, known, renumbered) if problem is None else Diagnosis((problem,))


def _renumbered(colours: Mapping[int, Colour | None], new_values: Mapping[int, int]) -> dict[int, int]:
    """What each class's value becomes, and 255."""
    values = {value: new_values.get(value, value) for value in colours if value != IGNORED}
    if not all(0 <= value < IGNORED for value in values.values()):
        raise ValueError(f"values cannot become others like this: {values}")
    return values | {IGNORED: IGNORED}


def _repaired(file: MaskFile, reading: Reading, known: ColourMap, renumbered: Mapping[int, int]) -> Diagnosis:
    found = dict(zip(file.pixels.samples, reading.classes, strict=True))
    values = {code: renumbered[value] for code, value in found.items() if value is not None}
    is_right = file.channels == 1 and file.depth == DEPTH and all(code == value for code, value in values.items())
    return Diagnosis(
        tuple(notices(file, reading, known)),
        None if is_right else encode_mask_png(file.pixels.painted(values), _palette(known, renumbered)),
        tuple(sorted(set(values.values()) - {IGNORED})),
    )


def _palette(known: ColourMap, renumbered: Mapping[int, int]) -> list[Colour]:
    """As Ground Truth writes it: the classes' colours at their values, all else white."""
    palette = [WHITE] * PALETTE_SIZE
    for value, colour in known.colours.items():
        made_up = class_colour(value) if value else WHITE
        palette[renumbered[value]] = made_up if colour is None else colour
    return palette

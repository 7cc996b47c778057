"""The words for what a mask's pixels are: why they cannot be used, or what is strange though they can."""

from collections.abc import Iterable, Iterator, Sequence

from labelloop.checks import Check
from labelloop.checks import masks as checks
from labelloop.labels.masks import IGNORED
from labelloop.mask_checks.file import DEPTH, MaskFile, Problem
from labelloop.mask_checks.reading import ColourMap, Form, Reading, Sample
from labelloop.palette import hex_colour

# A mask was smoothed where it has as many values or colours of no class, and this share of them beside a class.
_BLENDS, _SMOOTHED = 3, 0.75
_SHOWN = 3


def refusal(file: MaskFile, reading: Reading, known: ColourMap) -> Problem | None:
    """Why a mask is not used; None where there is no reason."""
    samples = list(file.pixels.samples.values())
    strangers = [sample for sample, found in zip(samples, reading.classes, strict=True) if found is None]
    if file.is_jpeg:
        told = f"It is a JPEG; {_share(strangers, samples)} are not exactly of a class."
        return Problem(checks.MASK_IS_JPEG, told, _named(strangers, by_colour=reading.by_colour))
    if reading.ambiguous:
        return _crossed(checks.MASK_COLOURS_AMBIGUOUS, file, known)
    if not strangers:
        return None
    shared = [sample for sample in strangers if reading.by_colour and known.classes_of(sample.colour)]
    return _shared(shared, known) if shared else _unknown(file, reading, strangers, known)


def notices(file: MaskFile, reading: Reading, known: ColourMap) -> Iterator[Problem]:
    """What is worth knowing of a mask that is used."""
    samples = list(file.pixels.samples.values())
    if file.channels > 1:
        yield Problem(checks.MASK_NOT_SINGLE_CHANNEL, f"It has {file.channels} channels.", file.channels)
    elif file.depth != DEPTH:
        yield Problem(checks.MASK_DEPTH, f"It has {file.depth}-bit pixels.", file.depth)
    if file.channels == 1 and reading.by_colour:
        yield _crossed(checks.MASK_INDICES_WRONG, file, known)
    if file.pixels.form is Form.INDEXED and not reading.by_colour:
        yield from _other_palette(samples, known)
    if len(set(reading.classes) - {IGNORED}) < 2:
        yield _of_one_class(reading, samples)


def _crossed(check: Check, file: MaskFile, known: ColourMap) -> Problem:
    """Values that have the colours of other classes."""
    crossed = [one for one in file.pixels.samples.values() if known.contradicts(one, file.pixels.form)]
    classes = {str(sample.value): known.classes_of(sample.colour) for sample in crossed}
    told = [f"value {value} has the colour of class {_listed(map(str, found))}" for value, found in classes.items()]
    return Problem(check, _sentence(told), classes)


def _shared(samples: Sequence[Sample], known: ColourMap) -> Problem:
    classes = {_name(sample, by_colour=True): known.classes_of(sample.colour) for sample in samples}
    told = [f"{name} is the colour of classes {_listed(map(str, found))}" for name, found in classes.items()]
    return Problem(checks.MASK_COLOURS_SHARED, _sentence(told), classes)


def _unknown(file: MaskFile, reading: Reading, strangers: Sequence[Sample], known: ColourMap) -> Problem:
    samples = file.pixels.samples
    names = _named(strangers, by_colour=reading.by_colour)
    what = "colours" if reading.by_colour else "values"
    listed = _listed(f"{name} on {pixels}" for name, pixels in names.items())
    told = f"{_share(strangers, samples.values())} have {what} of no class: {listed}"
    known_codes = [code for code, found in zip(samples, reading.classes, strict=True) if found is not None]
    beside = file.pixels.count_beside(known_codes)
    if len(strangers) >= _BLENDS and beside >= _SMOOTHED * _count(strangers):
        return Problem(checks.MASK_ANTI_ALIASED, f"{told}; {beside} of them lie along areas of classes.", names)
    if reading.by_colour:
        return Problem(checks.MASK_COLOUR_NOT_IN_COLOUR_MAP, f"{told}.", names)
    classes = _listed(map(str, known.colours))
    return Problem(checks.MASK_VALUE_NOT_IN_COLOUR_MAP, f"{told}; the colour map has {classes}.", names)


def _other_palette(samples: Sequence[Sample], known: ColourMap) -> Iterator[Problem]:
    """Values in another colour than their class's, where that has one."""
    stated = [(sample, known.colour_of(sample.value)) for sample in samples]
    others = {
        str(sample.value): (hex_colour(sample.colour), hex_colour(colour))
        for sample, colour in stated
        if colour is not None and sample.colour is not None and sample.colour != colour
    }
    if others:
        told = [f"value {value} is {found}, its class {wanted}" for value, (found, wanted) in others.items()]
        yield Problem(
            checks.MASK_PALETTE_DIFFERS, _sentence(told), {name: found for name, (found, _) in others.items()}
        )


def _of_one_class(reading: Reading, samples: Sequence[Sample]) -> Problem:
    found = sorted({value for value in reading.classes if value is not None} - {IGNORED})
    ignored = [sample for sample, value in zip(samples, reading.classes, strict=True) if value == IGNORED]
    others = f" All others are of class {found[0]}." if found else ""
    return Problem(checks.MASK_OF_ONE_CLASS, f"{_share(ignored, samples)} are ignored.{others}", found)


def _named(samples: Sequence[Sample], *, by_colour: bool) -> dict[str, int]:
    """Pixels by value or colour, the most first; last those that were not told apart."""
    ordered = sorted(samples, key=lambda sample: (sample.value is None and sample.colour is None, -sample.pixels))
    return {_name(sample, by_colour=by_colour): sample.pixels for sample in ordered}


def _name(sample: Sample, *, by_colour: bool) -> str:
    if by_colour:
        return "others" if sample.colour is None else hex_colour(sample.colour)
    return "others" if sample.value is None else str(sample.value)


def _count(samples: Iterable[Sample]) -> int:
    return sum(sample.pixels for sample in samples)


def _share(some: Iterable[Sample], every: Iterable[Sample]) -> str:
    return f"{_count(some)} of its {_count(every)} pixels"


def _sentence(parts: Sequence[str]) -> str:
    text = _listed(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _listed(parts: Iterable[str]) -> str:
    every = list(parts)
    return ", ".join(every[:_SHOWN]) + (f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else "")

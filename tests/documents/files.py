"""Good manifests with the files that they name, for examples to change one thing in."""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from labelloop.errors import LabelloopError
from labelloop.palette import hex_colour
from labelloop.survey import Split

from tests.unit.factories import Json, mask, mask_line, picture
from tests.unit.mask_files import AREAS, COLOURS, as_ground_truth
from tests.unit.picture_files import encoded, landscape
from tests.unit.preflight_corpus.case import PICTURES

File = bytes | LabelloopError | None
SIZE = (500, 400)  # of the pictures with boxes
MASK_SIZE = AREAS.shape[1], AREAS.shape[0]
VALIDATING = tuple(n for n in PICTURES if Split(0.2).validates(picture(n)))


def with_colours(line: Json, **colours: str) -> Json:
    """A mask's line whose classes have the colours of `COLOURS`, or others: `_1="#ff0000"`."""
    for value, entry in line["streets-ref-metadata"]["internal-color-map"].items():
        own = COLOURS[int(value)]
        assert own is not None
        entry["hex-color"] = colours.get(f"_{value}", hex_colour(own))
    return line


MASKS = tuple(with_colours(mask_line(n, *COLOURS)) for n in PICTURES)


@cache
def files_of_boxes() -> Mapping[str, bytes]:
    """A picture for each line of the corpus's `BOXES`."""
    return MappingProxyType({picture(n): encoded(landscape(n, *SIZE), "JPEG") for n in PICTURES})


@cache
def files_of_masks() -> Mapping[str, bytes]:
    """A picture and a mask for each line of `MASKS`."""
    pictures = {picture(n): encoded(landscape(n, *MASK_SIZE), "JPEG") for n in PICTURES}
    return MappingProxyType(pictures | dict.fromkeys(map(mask, PICTURES), as_ground_truth(AREAS)))


def good_files(lines: Sequence[Json]) -> Mapping[str, bytes]:
    """Those that the lines were made for."""
    return files_of_masks() if "streets-ref" in lines[0] else files_of_boxes()

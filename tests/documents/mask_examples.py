"""Masks with something the matter."""

import numpy as np
from labelloop.checks import Check
from labelloop.checks import masks as checks
from labelloop.errors import ObjectNotReadable
from labelloop.inspection import PAINTED_AT_MOST
from PIL import Image

from tests.documents.file_examples import FileExample
from tests.documents.files import MASK_SIZE, MASKS, with_colours
from tests.unit.factories import Json, mask, mask_line
from tests.unit.mask_files import (
    AREAS,
    BLUE,
    COLOURS,
    GREEN,
    ORANGE,
    WHITE,
    as_ground_truth,
    filled,
    in_colours,
    indexed,
)
from tests.unit.picture_files import encoded
from tests.unit.preflight_corpus.case import LINE, PICTURES, edited

SEVEN = mask(7)
PNG = as_ground_truth(AREAS)
TRANSPARENT = in_colours(AREAS, mode="RGBA")
TRANSPARENT.putalpha(Image.fromarray(np.where(AREAS == 0, 0, 255).astype(np.uint8)))
SMOOTHED = in_colours(AREAS).resize((30, 20)).resize(MASK_SIZE, Image.Resampling.BICUBIC)
MAP = '"internal-color-map": {"0": {…, "hex-color": "#ffffff"}, "1": {…, "hex-color": "#2ca02c"}, "2": {…}, "3": {…}}'


SAMPLED = frozenset({"PICTURES_SAMPLED", "PICTURES_NOT_ALL_DECODED"})
CARS, ROADS = {0: "BACKGROUND", 1: "car"}, {0: "BACKGROUND", 1: "road"}


def replaced(line: Json) -> list[Json]:
    """The lines with another one in the place of line 7."""
    return [*MASKS[: LINE - 1], line, *MASKS[LINE:]]


def of_mask(check: Check, example: str, remark: str, body: bytes | ObjectNotReadable | None) -> FileExample:
    return FileExample(check=check, example=example, remark=remark, files={SEVEN: body}, lines=MASKS)


MASK_EXAMPLES = (
    of_mask(
        checks.MASK_MISSING,
        '{…, "streets-ref": "s3://masks/7.png", …}\nthe bucket: no such key',
        "The keys that Ground Truth writes have a time in them; a copy under other names breaks them.",
        None,
    ),
    of_mask(
        checks.MASK_NOT_READABLE,
        '{…, "streets-ref": "s3://of-another-account/7.png", …}\nS3: AccessDenied',
        "Labels of another account's job are like this.",
        ObjectNotReadable(f"{SEVEN} cannot be read", public="S3 refuses it: AccessDenied"),
    ),
    of_mask(checks.MASK_NOT_A_PICTURE, "s3://masks/7.png: <html>…", "A page was saved instead of the file.", b"<html>"),
    of_mask(
        checks.MASK_DAMAGED,
        f"s3://masks/7.png: the first {len(PNG) - 40} of {len(PNG)} bytes",
        "An upload that broke off looks like this.",
        PNG[:-40],
    ),
    of_mask(
        checks.MASK_TOO_LARGE,
        "s3://masks/7.png: 70,000,000 bytes",
        "An indexed PNG of a photo's size has some kilobytes.",
        PNG + bytes(70_000_000),
    ),
    of_mask(
        checks.MASK_IS_JPEG,
        "s3://masks/7.png: JPEG",
        "Its colours run into each other, though that is hardly seen.",
        encoded(in_colours(AREAS), "JPEG"),
    ),
    of_mask(
        checks.MASK_SIZE_DIFFERS,
        "s3://pictures/7.jpg: 60x40 pixels\ns3://masks/7.png: 40x60 pixels",
        "Here the picture was turned after it was labelled.",
        as_ground_truth(AREAS.T),
    ),
    of_mask(
        checks.MASK_VALUE_NOT_IN_COLOUR_MAP,
        f"{MAP}\ns3://masks/7.png: values 0, 1, 2, 7",
        "Value 7 has neither a name nor a class's colour.",
        as_ground_truth(np.where(AREAS == 3, 7, AREAS).astype(np.uint8), COLOURS | {7: (1, 2, 3)}),
    ),
    of_mask(
        checks.MASK_COLOUR_NOT_IN_COLOUR_MAP,
        f"{MAP}\ns3://masks/7.png: RGB, some pixels #010203",
        "A class that was added after the colour map was written looks like this.",
        encoded(in_colours(AREAS, COLOURS | {3: (1, 2, 3)})),
    ),
    of_mask(
        checks.MASK_ANTI_ALIASED,
        f"{MAP}\ns3://masks/7.png: RGB, along the borders #96d096, #8e8c70, …",
        "Drawing programs smooth borders, and so does scaling that is not by nearest neighbour.",
        encoded(SMOOTHED),
    ),
    of_mask(
        checks.MASK_TRANSPARENT,
        "s3://masks/7.png: RGBA, the background transparent",
        "What colour a transparent pixel has is not seen.",
        encoded(TRANSPARENT),
    ),
    of_mask(
        checks.MASK_COLOURS_AMBIGUOUS,
        f"{MAP}\ns3://masks/7.png: value 1 is blue, as class 2; value 2 is black, as no class",
        "Its values could all be right, and its colours could be too.",
        indexed(AREAS, filled([WHITE, BLUE, (0, 0, 0), ORANGE])),
    ),
    FileExample(
        check=checks.MASK_COLOURS_SHARED,
        example='"internal-color-map": {…, "1": {…, "hex-color": "#2ca02c"}, "2": {…, "hex-color": "#2ca02c"}, …}\n'
        "s3://masks/7.png: RGB",
        remark="Where a mask holds values two classes may look the same.",
        files={SEVEN: encoded(in_colours(AREAS, COLOURS | {2: GREEN}))},
        lines=replaced(with_colours(mask_line(7, *COLOURS), _2="#2ca02c")),
    ),
    FileExample(
        check=checks.MASK_READ_TWO_WAYS,
        example='{…, "streets-ref": "s3://masks/1.png", …, "1": {…, "hex-color": "#2ca02c"}, …}\n'
        '{…, "streets-ref": "s3://masks/1.png", …, "1": {…, "hex-color": "#1f77b4"}, …}',
        remark="Both are of the same file, in which value 1 is green and value 2 is blue.",
        lines=replaced(
            edited(with_colours(mask_line(7, *COLOURS), _1="#1f77b4", _2="#2ca02c"), "streets-ref", value=mask(1))
        ),
        also=frozenset({"MASK_INDICES_WRONG"}),
    ),
    of_mask(
        checks.MASK_INDICES_WRONG,
        f"{MAP}\ns3://masks/7.png: value 1 is blue, as class 2; value 2 is green, as class 1",
        "What an annotator saw counts.",
        indexed(AREAS, filled([WHITE, BLUE, GREEN, ORANGE])),
    ),
    of_mask(
        checks.MASK_NOT_SINGLE_CHANNEL,
        "s3://masks/7.png: RGB, all colours those of the colour map",
        "Each colour is the colour of one class, so nothing is in doubt.",
        encoded(in_colours(AREAS)),
    ),
    of_mask(
        checks.MASK_DEPTH,
        "s3://masks/7.png: 2 bits for a pixel",
        "Programs that make PNGs smaller write it so.",
        indexed(AREAS, [WHITE, GREEN, BLUE, ORANGE], bits=2),
    ),
    of_mask(
        checks.MASK_PALETTE_DIFFERS,
        f"{MAP}\ns3://masks/7.png: value 1 is #010203",
        "Values are what counts, and they are right.",
        indexed(AREAS, filled([WHITE, (1, 2, 3), BLUE, ORANGE])),
    ),
    of_mask(
        checks.MASK_OF_ONE_CLASS,
        "s3://masks/7.png: value 0 everywhere",
        "Somebody may have sent it off without drawing.",
        as_ground_truth(np.zeros_like(AREAS)),
    ),
    FileExample(
        check=checks.MASKS_SAMPLED,
        example='project.json: {"pictures_checked": 50}\nthe manifest: 60 masks',
        remark="The same masks are chosen each time.",
        lines=MASKS,
        settings={"pictures_checked": 50},
        also=SAMPLED,
    ),
    FileExample(
        check=checks.TOO_MANY_WRONG_MASKS,
        example='project.json: {"pictures_checked": 50}\nthe manifest: 60 masks\n'
        "50 masks that were examined: RGB, and repaired",
        remark="The share that is likely for all masks counts; those that nobody examined stay as they are.",
        files=dict.fromkeys(map(mask, PICTURES), encoded(in_colours(AREAS))),
        lines=MASKS,
        settings={"pictures_checked": 50},
        also=SAMPLED | {"MASKS_SAMPLED", "MASK_NOT_SINGLE_CHANNEL"},
    ),
    FileExample(
        check=checks.TOO_MANY_MASKS_TO_PAINT,
        example='the project\'s masks: "1": {"class-name": "car", …}\n'
        f'the new manifest: {PAINTED_AT_MOST + 1:,} masks, "1": {{"class-name": "road", …}}',
        remark="Value 1 stays that of the cars, so every mask of roads would have to be painted anew.",
        lines=tuple(mask_line(n, names=ROADS) for n in range(PAINTED_AT_MOST + 1)),
        before=tuple(mask_line(f"earlier-{n}", names=CARS) for n in range(500)),
    ),
)

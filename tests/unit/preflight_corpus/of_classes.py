"""Cases of classes: their ids, names and numbers."""

from collections.abc import Callable, Sequence
from typing import Any

from labelloop.checks import Check
from labelloop.checks import classes as checks
from labelloop.survey import Split
from labelloop.tasks import Task

from tests.unit.factories import Json, box, class_line, line, mask_line, picture
from tests.unit.preflight_corpus.case import (
    BOXES,
    CLASS_LISTS,
    CLASSES,
    MASKS,
    PICTURES,
    Case,
    changed,
    manifest,
)

HALF = 0.5  # of the pictures validate, where a test needs many on that side


def validating(share: float) -> list[int]:
    """The pictures that are on that side."""
    return [name for name in PICTURES if Split(share).validates(picture(name))]


TRAINING = [name for name in PICTURES if name not in validating(0.2)]


def with_triangles(names: Sequence[int]) -> bytes:
    """The good lines, and a third class on some pictures."""
    return manifest([line(name, 0, 1, *[2] * (name in names)) for name in PICTURES])


def whole(check: Check, name: str, body: bytes, **facts: Any) -> Case:
    """A case that is about no line."""
    return Case(check=check, name=name, manifest=body, **{"line": None} | facts)


def every(make: Callable[[int], Json]) -> bytes:
    """A manifest of lines that are made alike."""
    return manifest([make(name) for name in PICTURES])


NAMES = (
    Case(
        check=checks.CLASS_NOT_IN_MAP,
        name="a box of class 7",
        manifest=manifest(BOXES, line(7, 0, 7, class_map={"0": "class 0"})),
        pointer="/shapes/annotations/1/class_id",
        example='{…, "annotations": [{"class_id": 7, …}], …, "class-map": {"0": "circle", "1": "square"}, …}',
        remark="The names that other lines give count too: a class is named if any line names it.",
    ),
    changed(checks.CLASS_NOT_IN_MAP, "a list with class 7", CLASS_LISTS, "tags", 1, value=7),
    Case(
        check=checks.CLASS_NOT_IN_MAP,
        name="a picture of class 7",
        manifest=manifest(CLASSES, class_line(7, 7, class_name=None)),
        pointer="/species",
        task=Task.IMAGE_CLASSIFICATION,
    ),
    whole(
        checks.CLASS_IDS_BEGIN_WITH_1,
        "boxes of classes 1 and 2",
        every(lambda name: line(name, 1, *[2] * (name < 9), class_map={"0": "circle", "1": "square"})),
        also=frozenset({"CLASS_NOT_IN_MAP"}),
        example='{…, "annotations": [{"class_id": 1, …}, {"class_id": 2, …}], …, '
        '"class-map": {"0": "circle", "1": "square"}, …}',
        remark="Lists that were numbered by hand often begin with 1.",
    ),
    changed(
        checks.CLASS_MAP_CONTRADICTS,
        "another name for class 1",
        BOXES,
        "shapes-metadata",
        "class-map",
        "1",
        value="hexagon",
        example='{…, "class-map": {"0": "circle"}, …}\n{…, "class-map": {"0": "square"}, …}',
        remark="Lines of two labeling jobs in one file look like this: each job numbers its own classes.",
    ),
    changed(
        checks.CLASS_MAP_CONTRADICTS,
        "another name for the colour 1",
        MASKS,
        "streets-ref-metadata",
        "internal-color-map",
        "1",
        "class-name",
        value="hexagon",
    ),
    changed(checks.CLASS_MAP_CONTRADICTS, "another name", CLASSES, "species-metadata", "class-name", value="hexagon"),
    Case(
        check=checks.CLASS_MAP_CONTRADICTS,
        name="another name than the labeling job's",
        manifest=manifest(BOXES),
        line=1,
        pointer="/shapes-metadata/class-map/1",
        categories=("class 0", "hexagon"),
    ),
    whole(
        checks.CLASS_NAMES_EQUAL,
        "classes 1 and 2 have one name",
        every(lambda name: line(name, 0, 1 + name % 2, class_map={"0": "dog", str(1 + name % 2): "cat"})),
        example='{…, "class-map": {"0": "dog", "1": "cat", "2": "cat"}, …}',
        remark="Objects of both ids are trained on as one class.",
    ),
    whole(
        checks.CLASS_IDS_SPARSE,
        "class 5 comes after class 0",
        every(lambda name: line(name, 0, 5)),
        example='{…, "class-map": {"0": "dog", "5": "bone"}, …}',
        remark="Ground Truth numbers all classes of the job, and the pictures show but some.",
    ),
    whole(
        checks.CLASS_IDS_SPARSE,
        "pixels of 0 and 5",
        every(lambda name: mask_line(name, 0, 5)),
        task=Task.SEMANTIC_SEGMENTATION,
    ),
)
NUMBERS = (
    whole(
        checks.CLASS_WITHOUT_SAMPLES,
        "a category of the labeling job",
        manifest(BOXES),
        categories=("class 0", "class 1", "class 2"),
        example="the labeling job's categories: circle, square, hexagon\nall class maps: circle, square",
        remark="The class keeps its id, so that it is the same in every model of the project.",
    ),
    whole(
        checks.CLASS_WITH_FEW_SAMPLES,
        "nine pictures of a class",
        with_triangles(TRAINING[:7] + validating(0.2)[:2]),
        example="hexagon: 9 pictures",
        remark="Ten pictures are the least that nothing is said about.",
    ),
    whole(
        checks.CLASS_IMBALANCE,
        "20 circles for a square",
        every(
            lambda name: line(name, *[box(0, left=each) for each in range(20)], *[1] * (name in (1, *range(20, 40))))
        ),
        example="circle: 1200 objects, square: 21 objects",
        remark="Twenty objects of the one for each of the other are the most that nothing is said about.",
    ),
    whole(
        checks.VALIDATION_LACKS_CLASS,
        "a class on pictures to train on alone",
        with_triangles(TRAINING[:12]),
        example="hexagon: 12 pictures to train with, 0 to validate with",
        remark="Which pictures validate follows from their source-ref, and stays.",
    ),
    whole(
        checks.TRAINING_LACKS_CLASS,
        "a class on pictures to validate with alone",
        with_triangles(validating(HALF)[:12]),
        settings={"validation_share": HALF},
        example="hexagon: 0 pictures to train with, 12 to validate with",
        remark="Which pictures validate follows from their source-ref, and stays.",
    ),
    whole(
        checks.TOO_FEW_CLASSES,
        "dogs alone",
        every(lambda name: class_line(name, 0)),
        task=Task.IMAGE_CLASSIFICATION,
        example='{…, "species": 0, "species-metadata": {"class-name": "dog", …}}\n'
        '{…, "species": 0, "species-metadata": {"class-name": "dog", …}}',
        remark="Boxes may be of one class, for there is a background; pictures and masks need two.",
    ),
    whole(
        checks.TOO_FEW_CLASSES,
        "background alone",
        every(lambda name: mask_line(name, 0)),
        task=Task.SEMANTIC_SEGMENTATION,
    ),
    whole(
        checks.TOO_MANY_CLASSES,
        "pixels of 255 classes",
        every(lambda name: mask_line(name, *range(255))),
        task=Task.SEMANTIC_SEGMENTATION,
        example='{…, "internal-color-map": {"0": {…}, "1": {…}, …, "254": {…}}, …}',
        remark="Masks have 254 classes at most, the background among them.",
    ),
)
CLASS_CASES = (*NAMES, *NUMBERS)

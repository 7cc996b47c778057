"""Masks: the mean over the classes of intersection over union, beside it the share of pixels with the right class.

Everingham et al., The PASCAL Visual Object Classes Challenge, section 4.3 (intersection over union of all pixels of
all pictures together); a pixel that is labelled with no class, as 255 is, does not count.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from labelloop.labels.masks import BACKGROUND, MaskLabel
from labelloop.masks import decode_mask_png
from labelloop.store import S3Uri
from PIL import Image

from laptop.commands.client import AS_MASK, PNG
from laptop.commands.console import CommandError
from laptop.commands.inbox import files_of
from laptop.demo.scoring import DeployedModel, Score

METRIC = "mIoU"
WHOLE: Mapping[str, str] = {}
OVERLAP = 0.5  # mean intersection over union from which a picture is right, the same as for a box

type ClassIds = npt.NDArray[np.uint8]  # (height, width)


class Truth(NamedTuple):
    """A mask's file, and the names of its pixels' values; a value without name is of no class."""

    path: Path
    names: Mapping[int, str]


class Answer(NamedTuple):
    """A class id for each pixel, and the names of all classes by class id."""

    ids: ClassIds
    names: Sequence[str]


def truth(label: MaskLabel, class_names: Mapping[int, str], images: Path) -> Truth:
    """The mask's file among the images.

    Raises:
        CommandError: it is not there.
    """
    uri = S3Uri.from_text(label.uri)
    return Truth(files_of([uri], images)[uri], class_names)


def ask(model: DeployedModel, picture: Path, parameters: Mapping[str, str]) -> Answer:
    """The class of each pixel."""
    png = model.api.ask(model.project, picture, PNG, {**parameters, **AS_MASK})
    return Answer(decode_mask_png(png), model.classes)


def is_right(truth: Truth, answer: Answer) -> bool:
    """Whether the mean over the classes that are on the picture is `OVERLAP` or more.

    BACKGROUND does not count unless there is nothing else: it is most of a picture with small things on it, and right
    without any of them.
    """
    overlaps = _overlaps(confusion([truth], [answer]))
    of_things = {name: overlap for name, overlap in overlaps.items() if name != BACKGROUND}
    shown = list((of_things or overlaps).values())
    return bool(shown) and float(np.mean(shown)) >= OVERLAP


def score(truths: Sequence[Truth], answers: Sequence[Answer]) -> Score:
    """Over all pixels, BACKGROUND's too.

    Raises:
        ValueError: not as many answers as truths, or no pixel is labelled.
    """
    pairs = confusion(truths, answers)
    by_class = _overlaps(pairs)
    if len(truths) != len(answers) or not by_class:
        raise ValueError(f"{len(answers)} answers to {len(truths)} pictures with {len(by_class)} classes")
    right = sum(pairs.counts.diagonal().tolist())
    accuracy = right / int(pairs.counts.sum())
    return Score(METRIC, float(np.mean([*by_class.values()])), by_class, {"pixel accuracy": accuracy})


class Confusion(NamedTuple):
    """How many pixels of each class (row) were answered as each class (column), in the order of `classes`.

    `counts` is (classes, classes + 1), int64; the last column is of answers that are none of the classes.
    """

    classes: Sequence[str]
    counts: npt.NDArray[np.int64]


def confusion(truths: Sequence[Truth], answers: Sequence[Answer]) -> Confusion:
    """Of all classes that the truths know.

    Raises:
        CommandError: a mask cannot be read, or has another size than the answer.
    """
    classes = list(dict.fromkeys(name for truth in truths for _, name in sorted(truth.names.items())))
    shape = len(classes), len(classes) + 1
    counts = np.zeros(shape, np.int64)
    for truth, answer in zip(truths, answers, strict=False):
        ids = _labelled_ids(truth.path)
        if ids.shape != answer.ids.shape:
            raise CommandError(f"{truth.path} has {ids.shape} rows and columns, its picture {answer.ids.shape}.")
        labelled = _places(truth.names.items(), classes)[ids]
        answered = _places(enumerate(answer.names), classes)[answer.ids]
        counted = labelled < len(classes)
        pairs = labelled[counted] * shape[1] + answered[counted]
        counts += np.bincount(pairs, minlength=counts.size).reshape(shape)
    return Confusion(classes, counts)


def _labelled_ids(path: Path) -> ClassIds:
    try:
        with Image.open(path) as mask:
            return np.array(mask, np.uint8)
    except OSError as error:  # what Pillow raises on damaged files
        raise CommandError(f"{path} is no mask: {error}.") from error


def _places(names: Iterable[tuple[int, str]], classes: Sequence[str]) -> npt.NDArray[np.intp]:
    """The place of each of the 256 pixel values in `classes`; one after the last for those that are not there."""
    places = np.full(256, len(classes), np.intp)
    for value, name in names:
        if name in classes:
            places[value] = classes.index(name)
    return places


def _overlaps(pairs: Confusion) -> dict[str, float]:
    """Intersection over union of each class that is labelled anywhere."""
    right = pairs.counts.diagonal()
    labelled, answered = pairs.counts.sum(axis=1), pairs.counts.sum(axis=0)[:-1]
    return {
        name: float(right[place] / (labelled[place] + answered[place] - right[place]))
        for place, name in enumerate(pairs.classes)
        if labelled[place]
    }

"""Manifests in which there is nothing to find, though they may look odd."""

import json
from collections.abc import Sequence

from labelloop.checks import boxes, classes, dataset, labels, lines

from tests.unit.factories import Json, box, line, unlabelled_line
from tests.unit.preflight_corpus.case import (
    BOXES,
    CLASS_LISTS,
    CLASSES,
    LINE,
    MASKS,
    PICTURES,
    Case,
    edited,
    manifest,
    without,
)
from tests.unit.preflight_corpus.of_boxes import crowded
from tests.unit.preflight_corpus.of_classes import TRAINING, validating, with_triangles
from tests.unit.preflight_corpus.of_labels import OLDER, verified

BACKGROUND = {"class-name": "BACKGROUND"}
GOOD: dict[str, Sequence[Json]] = {
    "boxes of single workers": BOXES,  # whose confidence is always 0
    "boxes": [edited(each, "shapes-metadata", "objects", value=[{"confidence": 0.5}] * 2) for each in BOXES],
    "ids as texts": [edited(each, "shapes", "annotations", 0, "class_id", value="0") for each in BOXES],
    "keys in another order": [dict(reversed(each.items())) for each in BOXES],
    "keys of others": [{**each, "index": 7, 'a "key"': None, "a\\b": [], "\t": "\u2028"} for each in BOXES],
    "the same class map everywhere": [
        edited(each, "shapes-metadata", "class-map", value={"0": "class 0", "1": "class 1"}) for each in BOXES
    ],
    "labels of long ago": [without(each, "shapes-metadata", "creation-date") for each in BOXES],
    "names in other scripts": [
        edited(each, "source-ref", value=f"s3://pictures/街 路+%20/{number}\u0085.jpg")
        for number, each in enumerate(BOXES)
    ],
    "masks": MASKS,
    "masks without colours": [
        edited(each, "streets-ref-metadata", "internal-color-map", value={"0": BACKGROUND, "1": {"class-name": "road"}})
        for each in MASKS
    ],
    "masks with pixels of no class": [
        edited(each, "streets-ref-metadata", "internal-color-map", "255", value={"class-name": "none"})
        for each in MASKS
    ],
    "classes": CLASSES,
    "classes as texts": [edited(each, "species", value=str(each["species"])) for each in CLASSES],
    "lists of classes": CLASS_LISTS,
    "lists of classes as texts": [edited(each, "tags", value=json.dumps(each["tags"])) for each in CLASS_LISTS],
}


_LONG = BOXES[LINE - 1] | {"polygons": ""}
# At the very edge of a check, which finds nothing yet; `also` is all that is found.
JUST_GOOD = (
    Case(
        check=dataset.TOO_MANY_INVALID_LINES,
        name="12 of 60 lines",
        manifest=manifest([*["{"] * 12, *BOXES[12:]]),
        also=frozenset({"INVALID_JSON_LINE"}),
    ),
    Case(
        check=dataset.TOO_MANY_INVALID_LINES,
        name="30 of 60 lines, which may be",
        manifest=manifest([*["{"] * 30, *BOXES[30:]]),
        settings={"invalid_share": 0.5},
        also=frozenset({"INVALID_JSON_LINE", "MANY_LINES_LEFT_OUT"}),
    ),
    Case(
        check=dataset.MANY_LINES_LEFT_OUT,
        name="12 of 60 lines",
        manifest=manifest([*map(unlabelled_line, range(12)), *BOXES[12:]]),
        also=frozenset({"NOT_LABELLED"}),
    ),
    Case(
        check=dataset.LABEL_WIDTH_TOO_SMALL,
        name="room for two boxes",
        manifest=manifest(BOXES),
        settings={"hyperparameters": {"label_width": 12}},
    ),
    Case(
        check=dataset.BATCH_LARGER_THAN_SAMPLES,
        name="one batch",
        manifest=manifest(BOXES),
        settings={"hyperparameters": {"mini_batch_size": len(TRAINING)}},
    ),
    Case(
        check=classes.CLASS_WITH_FEW_SAMPLES,
        name="ten pictures",
        manifest=with_triangles(TRAINING[:8] + validating(0.2)[:2]),
    ),
    Case(
        check=classes.CLASS_IMBALANCE,
        name="20 to 1",
        manifest=manifest(
            [line(name, *(box(0, left=each) for each in range(20)), box(1)) for name in PICTURES],
        ),
    ),
    Case(check=boxes.MANY_BOXES, name="200 boxes", manifest=manifest(crowded(200))),
    Case(
        check=boxes.BOX_CROSSES_EDGE,
        name="up to the edge",
        manifest=manifest(BOXES, line(7, box(0, 0, 0, 500, 400), box(1, 470, 360, 30, 40))),
    ),
    Case(check=boxes.BOX_TINY, name="two pixels", manifest=manifest(BOXES, line(7, box(0, 1, 1, 2, 2), box(1)))),
    Case(
        check=lines.LINE_LONG,
        name="100,000 characters of four bytes",
        manifest=manifest(BOXES, json.dumps(_LONG, ensure_ascii=False)).replace(
            b'"polygons": ""', f'"polygons": "{"𝄞" * (100_000 - len(json.dumps(_LONG)))}"'.encode()
        ),
    ),
    Case(
        check=labels.LABEL_REJECTED,
        name="a verdict older than the label",
        manifest=manifest([verified(each, "bad", OLDER) for each in BOXES]),
    ),
    Case(
        check=labels.LABEL_REJECTED,
        name="other words",
        manifest=manifest(
            [verified(each, word) for each, word in zip(BOXES, ["good", "ok", "badly", ""] * 15, strict=True)]
        ),
    ),
)

"""Cases of bounding boxes, in pictures of 500 by 400 pixels."""

import json
from typing import Any

from labelloop.checks import Check
from labelloop.checks import boxes as checks

from tests.unit.factories import Json, box, line
from tests.unit.preflight_corpus.case import BOXES, LINE, PICTURES, Case, changed, manifest, removed

_SIZE = ("shapes", "image_size")
_NO_SIZES: list[Any] = [[], {"width": 500, "height": 400, "depth": 3}, None]
_SHOWN = '{{"class_id": 0, "left": {left}, "top": {top}, "width": {width}, "height": {height}}}'


def second_box(check: Check, name: str, left: float, top: float, width: float, height: float, **facts: Any) -> Case:
    """A case in which the second box of line 7 is this one."""
    shown = _SHOWN.format(left=left, top=top, width=width, height=height)
    path = ("shapes", "annotations", 1)
    return changed(check, name, BOXES, *path, value=box(1, left, top, width, height), **{"example": shown} | facts)


SIZES = (
    removed(
        checks.IMAGE_SIZE_INVALID,
        "no size",
        BOXES,
        *_SIZE,
        example='{…, "shapes": {"annotations": […]}, …}',
        remark="SageMaker reads the size from the label, not from the picture.",
    ),
    *(changed(checks.IMAGE_SIZE_INVALID, f"the size {value}", BOXES, *_SIZE, value=value) for value in _NO_SIZES),
    *(
        changed(checks.IMAGE_SIZE_INVALID, f"the width {value!r}", BOXES, *_SIZE, 0, "width", value=value)
        for value in (0, -500, "wide", None, 500.5, True)
    ),
    Case(
        check=checks.IMAGE_SIZE_INVALID,
        name="an endless width",
        manifest=manifest(BOXES, json.dumps(BOXES[LINE - 1]).replace('"width": 500', '"width": 1e999')),
        pointer="/shapes/image_size/0/width",
    ),
    changed(
        checks.IMAGE_SIZE_INVALID,
        "no height",
        BOXES,
        *_SIZE,
        value=[{"width": 500}],
        pointer="/shapes/image_size/0",
    ),
    changed(
        checks.IMAGE_SIZE_INVALID,
        "two sizes",
        BOXES,
        *_SIZE,
        value=[{"width": 500, "height": 400, "depth": 3}] * 2,
    ),
    *(
        changed(
            checks.IMAGE_DEPTH,
            f"{depth} channels",
            BOXES,
            *_SIZE,
            0,
            "depth",
            value=depth,
            example='{…, "image_size": [{"width": 500, "height": 400, "depth": 1}], …}',
            remark="The depth of a grey picture is 1, of a transparent one 4.",
        )
        for depth in (1, 4)
    ),
)
PLACES = (
    second_box(checks.BOX_EMPTY, "no width", 200, 20, 0, 40, remark="A click without a drag leaves such boxes."),
    second_box(checks.BOX_EMPTY, "no height", 200, 20, 30, 0),
    second_box(checks.BOX_EMPTY, "a negative width", 200, 20, -30, 40),
    second_box(
        checks.BOX_OUTSIDE_PICTURE,
        "beyond the right edge",
        600,
        20,
        30,
        40,
        remark="In a picture of 500 by 400 pixels nothing of this box is seen.",
    ),
    second_box(checks.BOX_OUTSIDE_PICTURE, "beyond the upper edge", 200, -100, 30, 40),
    second_box(checks.BOX_OUTSIDE_PICTURE, "less than half inside", 484, 20, 33, 40),
    second_box(checks.BOX_OUTSIDE_PICTURE, "less than half inside at a corner", 485, 380, 30, 30),
    second_box(
        checks.BOX_CROSSES_EDGE,
        "ten pixels too far to the right",
        480,
        20,
        30,
        40,
        remark="In a picture of 500 by 400 pixels the dataset has it 20 pixels wide.",
    ),
    second_box(checks.BOX_CROSSES_EDGE, "half inside", 485, 20, 30, 40),
    second_box(checks.BOX_CROSSES_EDGE, "one pixel too high", 200, -1, 30, 40),
    second_box(checks.BOX_CROSSES_EDGE, "one pixel too far to the left", -1, 20, 30, 40),
    second_box(checks.BOX_CROSSES_EDGE, "one pixel too low", 200, 361, 30, 40),
    second_box(checks.BOX_TINY, "one pixel wide", 200, 20, 1, 40, remark="A shaking hand draws such boxes."),
    second_box(checks.BOX_TINY, "one pixel high", 200, 20, 30, 1),
    second_box(
        checks.BOX_REPEATED,
        "the same box again",
        10,
        20,
        30,
        40,
        manifest=manifest(BOXES, line(7, box(0), box(0))),
        example=f"[{_SHOWN}, {_SHOWN}]".format(left=10, top=20, width=30, height=40),
        remark="Two workers' boxes that were not consolidated look like this.",
    ),
    second_box(
        checks.BOX_NOT_INTEGER,
        "half a pixel",
        200.5,
        20,
        30,
        40,
        remark="It stays as it is.",
    ),
)


def crowded(count: int) -> list[Json]:
    """The good lines, one of them with this many boxes."""
    return [*BOXES[:6], line(7, *(box(number % 2, left=number) for number in range(count))), *BOXES[7:]]


def shares(name: int) -> Json:
    """A line whose boxes are shares of the picture."""
    return line(name, box(0, 0.1, 0.2, 0.3, 0.4), box(1, 0.5, 0.5, 0.25, 0.125))


_OF_SHARES = [shares(name) for name in PICTURES]
SHARES = (
    Case(
        check=checks.BOXES_ARE_SHARES,
        name="all boxes",
        manifest=manifest(_OF_SHARES),
        line=1,
        pointer="/shapes/annotations/0",
        count=120,
        example='{"class_id": 0, "left": 0.02, "top": 0.05, "width": 0.06, "height": 0.1}',
        remark="Of a picture of 500 by 400 pixels this is left 10, top 20, width 30, height 40.",
    ),
    Case(
        check=checks.BOXES_ARE_SHARES,
        name="nine boxes in ten",
        manifest=manifest([*BOXES[:6], *_OF_SHARES[6:]]),
        pointer="/shapes/annotations/0",
        count=108,
    ),
    second_box(checks.BOX_LIKE_SHARES, "one box", 0.5, 0.5, 0.25, 0.125, remark="Few boxes of many are so."),
    Case(
        check=checks.BOX_LIKE_SHARES,
        name="less than nine boxes in ten",
        manifest=manifest([*BOXES[:7], *_OF_SHARES[7:]]),
        line=8,
        pointer="/shapes/annotations/0",
        count=106,
    ),
)
MANY = (
    Case(
        check=checks.MANY_BOXES,
        name="201 boxes",
        manifest=manifest(crowded(201)),
        pointer="/shapes/annotations",
        example='{…, "shapes": {…, "annotations": [… 201 boxes …]}, …}',
        remark="Aerial pictures of crowds have so many.",
    ),
)
BOX_CASES = (*SIZES, *PLACES, *SHARES, *MANY)

"""Which anchor of a single-shot detector should say what: matching with labelled boxes, and hard negatives.

In numpy rather than MXNet's MultiBoxTarget, which took three quarters of the time of a training step: matching needs no
weights, so the background thread that decodes a picture does it.
Source: Liu et al., "SSD: Single Shot MultiBox Detector", 2016, section 2.2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mxnet_vision.models.object_detection.average_precision import intersection_over_union
from mxnet_vision.models.object_detection.boxes import Boxes

VARIANCES = (0.1, 0.1, 0.2, 0.2)  # units of the offsets a network learns: centre x, y, width, height
_MATCH = 0.5  # least intersection over union of an anchor and its box
_NEGATIVES = 3  # for each anchor with an object

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Targets:
    """What each of A anchors should say: class + 1, 0 for background, (A,) float32; offsets to its box, (A, 4)."""

    classes: Floats
    offsets: Floats


def match(anchors: Floats, boxes: Boxes) -> Targets:
    """Targets of one picture: each box takes its best anchor, and every anchor that shares half its area with it."""
    classes = np.zeros(len(anchors), np.float32)
    offsets = np.zeros((len(anchors), 4), np.float32)
    if len(boxes):
        shares = intersection_over_union(anchors, boxes[:, 1:])
        shares[shares.argmax(axis=0), np.arange(len(boxes))] = (
            2.0  # more than any share: a box's best anchor is its own
        )
        owner = shares.argmax(axis=1)
        taken = shares[np.arange(len(anchors)), owner] >= _MATCH
        classes[taken] = boxes[owner[taken], 0] + 1
        offsets[taken] = _offsets(anchors[taken], boxes[owner[taken], 1:])
    return Targets(classes, offsets)


def _offsets(anchors: Floats, boxes: Floats) -> Floats:
    sides, wanted = (each[:, 2:] - each[:, :2] for each in (anchors, boxes))
    centres = (boxes[:, :2] + boxes[:, 2:] - anchors[:, :2] - anchors[:, 2:]) / 2
    offsets = np.concatenate([centres / sides, np.log(wanted / sides)], axis=1) / VARIANCES
    return offsets.astype(np.float32)


def counted(background_loss: Floats, classes: Floats) -> Floats:
    """(N, A) weights, 1 or 0: anchors with an object, and in each picture the worst three times as many without.

    A picture without any object counts as if it had one, so that it teaches something too.
    """
    objects = classes > 0
    weights = objects.astype(np.float32)
    losses = np.where(objects, -np.inf, background_loss)
    for row, loss, count in zip(weights, losses, objects.sum(axis=1), strict=True):
        wanted = min(_NEGATIVES * max(int(count), 1), len(loss) - int(count))
        row[np.argpartition(-loss, wanted - 1)[:wanted]] = 1
    return weights

"""Mean average precision of detections, area under the interpolated precision-recall curve (Pascal VOC 2010 and later).

Source: Everingham et al., "The Pascal Visual Object Classes Challenge: A Retrospective", 2015.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mxnet_vision.models.object_detection.boxes import Boxes

Floats = NDArray[np.float32]


def mean_average_precision(detections: Sequence[Floats], truths: Sequence[Boxes], overlap: float) -> float:
    """The mean over the classes that occur in `truths`; 0.0 where none does.

    Args:
        detections: for each picture, (n, 6): class, score, xmin, ymin, xmax, ymax.
        truths: for each picture, (m, 5): class, xmin, ymin, xmax, ymax.
        overlap: least intersection over union of a detection that counts as right.
    """
    classes = sorted({float(class_id) for truth in truths for class_id in truth[:, 0]})
    values = [_average_precision(detections, truths, overlap, each) for each in classes]
    return float(np.mean(values)) if values else 0.0


def _average_precision(detections: Sequence[Floats], truths: Sequence[Boxes], overlap: float, wanted: float) -> float:
    scores: list[float] = []
    right: list[bool] = []
    total = 0
    for found, truth in zip(detections, truths, strict=True):
        mine, real = found[found[:, 0] == wanted], truth[truth[:, 0] == wanted]
        mine = mine[np.argsort(-mine[:, 1], kind="stable")]
        total += len(real)
        scores += mine[:, 1].tolist()
        right += _matches(mine[:, 2:], real[:, 1:], overlap)
    order = np.argsort(-np.array(scores), kind="stable")
    hits = np.cumsum(np.array(right, bool)[order])
    recall = np.concatenate([[0.0], hits / total])
    precision = np.maximum.accumulate((hits / np.arange(1, len(hits) + 1))[::-1])[::-1]
    return float(np.sum(np.diff(recall) * precision))


def _matches(found: Floats, truth: Floats, overlap: float) -> list[bool]:
    """For each detection, best first, whether its best box is near enough and not taken yet, as VOC counts."""
    if not len(truth):
        return [False] * len(found)
    shares = intersection_over_union(found, truth)
    taken: set[int] = set()
    right = []
    for row in shares:
        best = int(row.argmax())
        right.append(bool(row[best] >= overlap) and best not in taken)
        if right[-1]:
            taken.add(best)
    return right


def intersection_over_union(one: Floats, other: Floats) -> Floats:
    """(n, 4) and (m, 4) corners to (n, m) shares of common area."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    common = (high - low).clip(0).prod(axis=2)
    areas = [(each[:, 2:] - each[:, :2]).prod(axis=1) for each in (one, other)]
    shares: Floats = common / (areas[0][:, None] + areas[1][None, :] - common)
    return shares

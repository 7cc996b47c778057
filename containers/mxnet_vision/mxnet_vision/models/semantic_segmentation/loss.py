"""Cross-entropy of a segmentation, each pixel weighted by its class, and its gradient.

In numpy rather than MXNet, whose softmax over the channels of a large map took three times as long.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mxnet_vision.models.semantic_segmentation.masks import IGNORED

Floats = NDArray[np.floating[Any]]

_POWER = 0.5
_LARGEST = 16.0


class ClassWeights:
    """A weight for each class from how often it was seen so far: rare classes count more, within bounds.

    The most frequent class weighs 1, another one the square root of how many times rarer it is, at most 16. Left alone,
    a network gives small objects up: calling all of a picture background is right for nine pixels of ten.
    """

    def __init__(self, num_classes: int) -> None:
        self.pixels = np.zeros(num_classes, np.int64)

    def see(self, masks: NDArray[np.uint8]) -> None:
        """Count the pixels of these masks."""
        self.pixels += np.bincount(masks.ravel(), minlength=IGNORED + 1)[: len(self.pixels)]

    def table(self) -> NDArray[np.float32]:
        """The weight of each mask value, (256,): 0 for the ignored one."""
        weights = np.zeros(IGNORED + 1, np.float32)
        share = self.pixels.max() / self.pixels.clip(1)
        weights[: len(self.pixels)] = (share**_POWER).clip(max=_LARGEST)
        return weights


def cross_entropy(scores: Floats, masks: NDArray[np.uint8], weights: Floats) -> tuple[float, Floats]:
    """The weighted mean over labelled pixels, and its gradient by the scores; both 0 where none is labelled.

    Args:
        scores: (n, classes, height, width), before softmax; the gradient takes their place.
        masks: (n, height, width).
        weights: (256,), see `ClassWeights.table`.
    """
    gradient = softmax(scores, axis=1)
    share = weights[masks]
    share /= float(share.sum()) or 1.0
    place = np.where(masks == IGNORED, 0, masks).astype(np.int64)[:, np.newaxis]
    likelihoods = np.take_along_axis(gradient, place, axis=1)
    loss = -float((np.log(np.maximum(likelihoods, 1e-12))[:, 0] * share).sum())
    np.put_along_axis(gradient, place, likelihoods - 1, axis=1)
    gradient *= share[:, np.newaxis]
    return loss, gradient


def softmax(scores: Floats, axis: int) -> Floats:
    """Probabilities in the place of the scores."""
    scores -= np.max(scores, axis=axis, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=axis, keepdims=True)
    return scores

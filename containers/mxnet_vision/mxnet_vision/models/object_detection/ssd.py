"""A single-shot detector on a small convolutional network, for MXNet's Gluon.

Source: Liu et al., "SSD: Single Shot MultiBox Detector", 2016.
"""

from typing import Any

from mxnet import gluon
from mxnet.gluon import nn

from mxnet_vision.models.object_detection.anchors import VARIANCES
from mxnet_vision.networks import convolution, normalised

STEM = (16, 32)  # channels at strides 2 and 4
STAGES = (48, 64, 64, 64, 64, 64)  # channels at strides 8, 16, 32, …

# Anchors grow with the stride of the map they stand on, not with the picture. An object of 20 pixels is seen by the map
# of stride 8 whether the picture has 128 pixels or 512, and neighbouring anchors overlap so much that one of them fits
# a box wherever it lies, which anchors given as fractions of a small picture do not. Squares of 2.5 and 3.5 strides
# make sides of 20, 28, 40, 57, 80, ... pixels, each the last one times the root of two: a square box from 16 pixels up
# to the picture's own size shares at least half its area with one. Two further aspects are for what is not square.
ANCHOR_STRIDES = (2.5, 3.5)
ASPECTS = (1.0, 1.6, 0.625)


def anchor_strides(height: int, width: int) -> list[int]:
    """Strides of the maps whose smallest anchor fits a picture of these pixels: 8, 16, …"""
    strides = [8 * 2**stage for stage in range(len(STAGES))]
    return [stride for stride in strides if ANCHOR_STRIDES[0] * stride <= min(height, width)]


def _convolutions(channels: int, count: int) -> Any:
    """`count` 3x3 convolutions, the first of stride 2."""
    block = nn.HybridSequential()
    for place in range(count):
        block.add(*convolution(channels, 1 if place else 2))
    return block


class SSD(gluon.HybridBlock):  # type: ignore[misc] # MXNet has no types
    """Pictures (N, 3, height, width) of 0-255 to anchors (1, A, 4), scores (N, A, classes + 1), offsets (N, 4A)."""

    def __init__(self, classes: int, height: int, width: int) -> None:
        super().__init__(prefix="ssd_")
        self.outputs = classes + 1
        self.height = height
        self.strides = anchor_strides(height, width)
        per_place = len(ANCHOR_STRIDES) + len(ASPECTS) - 1
        with self.name_scope():
            self.stem = nn.HybridSequential()
            self.stem.add(*(_convolutions(channels, 1) for channels in STEM))
            self.stages, self.classifiers, self.regressors = (nn.HybridSequential() for _ in range(3))
            for channels, _ in zip(STAGES, self.strides, strict=False):
                self.stages.add(_convolutions(channels, 2))
                self.classifiers.add(nn.Conv2D(per_place * self.outputs, 3, padding=1))
                self.regressors.add(nn.Conv2D(per_place * 4, 3, padding=1))

    def hybrid_forward(self, F: Any, pictures: Any) -> tuple[Any, Any, Any]:  # noqa: N803 - Gluon's name
        """See the class."""
        features = self.stem(normalised(F, pictures))
        anchors, scores, offsets = [], [], []
        parts = zip(self.stages, self.classifiers, self.regressors, self.strides, strict=True)
        for stage, classifier, regressor, stride in parts:
            features = stage(features)
            sizes = [factor * stride / self.height for factor in ANCHOR_STRIDES]
            anchors.append(F.contrib.MultiBoxPrior(F.BlockGrad(features), sizes=sizes, ratios=ASPECTS))
            scores.append(F.flatten(F.transpose(classifier(features), (0, 2, 3, 1))))
            offsets.append(F.flatten(F.transpose(regressor(features), (0, 2, 3, 1))))
        rows = F.reshape(F.concat(*scores, dim=1), (0, -1, self.outputs))
        return F.concat(*anchors, dim=1), rows, F.concat(*offsets, dim=1)


class Detector(gluon.HybridBlock):  # type: ignore[misc] # MXNet has no types
    """Pictures to (N, A, 6): class or -1, score, xmin, ymin, xmax, ymax as fractions; this graph is the artifact."""

    def __init__(self, network: SSD, nms_threshold: float) -> None:
        super().__init__()
        self.network = network
        self.nms_threshold = nms_threshold

    def hybrid_forward(self, F: Any, pictures: Any) -> Any:  # noqa: N803 - Gluon's name
        """See the class."""
        anchors, scores, offsets = self.network(pictures)
        return F.contrib.MultiBoxDetection(
            F.transpose(F.softmax(scores), (0, 2, 1)),
            offsets,
            anchors,
            nms_threshold=self.nms_threshold,
            nms_topk=400,
            variances=VARIANCES,
        )

"""A small residual network for classification, for MXNet's Gluon.

Source: He et al., "Deep Residual Learning for Image Recognition", 2016.
"""

from typing import Any

from mxnet import gluon
from mxnet.gluon import nn

from mxnet_vision.networks import convolution, normalised

STEM = 16  # channels


class Unit(gluon.HybridBlock):  # type: ignore[misc] # MXNet has no types
    """Two convolutions beside a short cut."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        with self.name_scope():
            self.way, self.short_cut = nn.HybridSequential(), nn.HybridSequential()
            self.way.add(*convolution(channels, stride), *convolution(channels)[:-1])
            if stride > 1:
                self.short_cut.add(nn.Conv2D(channels, 1, stride, use_bias=False), nn.BatchNorm())

    def hybrid_forward(self, F: Any, features: Any) -> Any:  # noqa: N803 - Gluon's name
        """See the class."""
        return F.relu(self.way(features) + self.short_cut(features))


class ResNet(gluon.HybridBlock):  # type: ignore[misc] # MXNet has no types
    """Pictures (N, 3, height, width) of 0-255 to a score for each class, (N, classes), before softmax or sigmoid.

    What is seen anywhere counts as seen: the maximum over the picture, not the mean, for objects may be small.
    """

    def __init__(self, classes: int, stages: tuple[int, ...], units: int) -> None:
        super().__init__(prefix="resnet_")
        with self.name_scope():
            self.features = nn.HybridSequential()
            self.features.add(*convolution(STEM, 2))
            for channels in stages:
                self.features.add(*(Unit(channels, 1 if place else 2) for place in range(units)))
            self.features.add(nn.GlobalMaxPool2D(), nn.Flatten())
            self.head = nn.Dense(classes)

    def hybrid_forward(self, F: Any, pictures: Any) -> Any:  # noqa: N803 - Gluon's name
        """See the class."""
        return self.head(self.features(normalised(F, pictures)))


class Classifier(gluon.HybridBlock):  # type: ignore[misc] # MXNet has no types
    """Pictures to probabilities, (N, classes), each class's own where there are several labels; the artifact."""

    def __init__(self, network: ResNet, multi_label: bool) -> None:
        super().__init__()
        self.network = network
        self.multi_label = multi_label

    def hybrid_forward(self, F: Any, pictures: Any) -> Any:  # noqa: N803 - Gluon's name
        """See the class."""
        scores = self.network(pictures)
        return F.sigmoid(scores) if self.multi_label else F.softmax(scores)

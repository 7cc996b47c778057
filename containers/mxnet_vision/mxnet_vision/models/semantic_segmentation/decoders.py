"""Small networks for segmentation, for MXNet's Gluon: one backbone, three ways to see what surrounds a place.

Sources: `fcn`: Long et al., "Fully Convolutional Networks for Semantic Segmentation", 2015. `psp`: Zhao et al.,
"Pyramid Scene Parsing Network", 2017. `deeplab`: Chen et al., "Rethinking Atrous Convolution for Semantic Image
Segmentation", 2017, and "Encoder-Decoder with Atrous Separable Convolution for Semantic Image Segmentation", 2018.
"""

from typing import Any

from mxnet import gluon
from mxnet.gluon import nn

from mxnet_vision.networks import convolution, normalised

STAGES = (16, 32, 64, 64)  # channels at strides 2, 4, 8, 16
BINS = (1, 2, 3, 6)  # cells on a side of the pyramid's levels
RATES = (2, 4, 6)  # of the atrous convolutions


def _block(*layers: Any) -> Any:
    block = nn.HybridSequential()
    block.add(*layers)
    return block


def _pointwise(channels: int) -> Any:
    return _block(nn.Conv2D(channels, 1, use_bias=False), nn.BatchNorm(), nn.Activation("relu"))


def _resized_like(F: Any, features: Any, other: Any) -> Any:  # noqa: N803 - Gluon's name
    return F.contrib.BilinearResize2D(features, other, mode="like", align_corners=False)


class Pyramid(gluon.HybridBlock):  # type: ignore[misc] # MXNet has no types
    """Means over coarser and coarser parts of the picture beside each place."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        with self.name_scope():
            self.levels = nn.HybridSequential()
            self.levels.add(*(_pointwise(channels // len(BINS)) for _ in BINS))
            self.joint = _block(*convolution(channels))

    def hybrid_forward(self, F: Any, features: Any) -> Any:  # noqa: N803 - Gluon's name
        """See the class."""
        means = [F.contrib.AdaptiveAvgPooling2D(features, output_size=bins) for bins in BINS]
        levels = [_resized_like(F, level(mean), features) for level, mean in zip(self.levels, means, strict=True)]
        return self.joint(F.concat(features, *levels, dim=1))


class AtrousPyramid(gluon.HybridBlock):  # type: ignore[misc] # MXNet has no types
    """Convolutions of several dilations, and the picture's mean, beside each place."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        width = channels // 2
        with self.name_scope():
            self.branches = nn.HybridSequential()
            self.branches.add(_pointwise(width), *(_block(*convolution(width, dilation=rate)) for rate in RATES))
            self.mean = _pointwise(width)
            self.joint = _pointwise(channels)

    def hybrid_forward(self, F: Any, features: Any) -> Any:  # noqa: N803 - Gluon's name
        """See the class."""
        mean = self.mean(F.contrib.AdaptiveAvgPooling2D(features, output_size=1))
        branches = [branch(features) for branch in self.branches]
        return self.joint(F.concat(*branches, _resized_like(F, mean, features), dim=1))


CONTEXTS = {"fcn": lambda _: nn.HybridSequential(), "psp": Pyramid, "deeplab": AtrousPyramid}


class Segmenter(gluon.HybridBlock):  # type: ignore[misc] # MXNet has no types
    """Pictures (N, 3, height, width) of 0-255, sides divisible by 16, to scores (N, classes, height/4, width/4).

    The backbone goes down to stride 16, where `algorithm` says what is made of the surroundings, and comes up to
    stride 4 with the features of the way down added.
    """

    def __init__(self, algorithm: str, classes: int) -> None:
        super().__init__(prefix="segmenter_")
        with self.name_scope():
            self.stem = _block(*convolution(STAGES[0], 2))
            self.down = nn.HybridSequential()
            for channels in STAGES[1:]:
                self.down.add(_block(*convolution(channels, 2), *convolution(channels)))
            self.context = CONTEXTS[algorithm](STAGES[-1])
            self.up, self.merge = nn.HybridSequential(), nn.HybridSequential()
            for channels in STAGES[2:0:-1]:
                self.up.add(nn.Conv2DTranspose(channels, 4, 2, 1, use_bias=False))
                self.merge.add(_block(*convolution(channels)))
            self.head = nn.Conv2D(classes, 1)

    def hybrid_forward(self, F: Any, pictures: Any) -> Any:  # noqa: N803 - Gluon's name
        """See the class."""
        features = self.stem(normalised(F, pictures))
        passed = []
        for stage in self.down:
            features = stage(features)
            passed.append(features)
        features = self.context(features)
        for up, merge, skip in zip(self.up, self.merge, reversed(passed[:-1]), strict=True):
            features = merge(up(features) + skip)
        return self.head(features)

"""What the networks of all algorithms have in common."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import mxnet as mx
import numpy as np
from mxnet import autograd, gluon, nd, sym
from numpy.typing import NDArray

from mxnet_vision.hyperparameters import Hyperparameters

SEED = 20  # the built-ins take no seed; a fixed one makes two runs over the same stream alike


def initialised(make: Callable[[], Any]) -> Any:
    """A network with fresh weights, the same each time."""
    mx.random.seed(SEED)
    network = make()
    network.initialize(mx.init.Xavier(magnitude=2))
    return network


def convolution(channels: int, stride: int = 1, dilation: int = 1) -> list[Any]:
    """The layers of a 3x3 convolution with normalisation and rectifier."""
    layer = gluon.nn.Conv2D(channels, 3, stride, dilation, dilation, use_bias=False)
    return [layer, gluon.nn.BatchNorm(), gluon.nn.Activation("relu")]


def normalised(F: Any, pictures: Any) -> Any:  # noqa: N803 - Gluon's name
    """Levels of 0-255, of any type, as float32 about zero."""
    return (F.cast(pictures, "float32") - 127.5) / 60.0


class Optimizer:
    """Moves the weights of a network."""

    def __init__(self, network: Any, parameters: Hyperparameters) -> None:
        options = parameters.optimizer_options()
        self._trainer = gluon.Trainer(network.collect_params(), parameters.optimizer, options)

    def step(self, output: Any, learning_rate: float, gradient: Any = None) -> None:
        """One step down the gradient of `output`: a loss, or anything with the `gradient` of a loss by it."""
        autograd.backward([output], [gradient])
        self._trainer.set_learning_rate(learning_rate)
        self._trainer.step(1)


def stacked(batch: Sequence[NDArray[np.uint8]], size: int) -> Any:
    """Pictures (height, width, 3) as (size, 3, height, width) uint8.

    A short batch is filled with black, for a static graph keeps one shape.
    """
    height, width, _ = batch[0].shape
    together = np.zeros((size, 3, height, width), np.uint8)
    for place, each in enumerate(batch):
        together[place] = each.transpose(2, 0, 1)
    return nd.array(together, dtype="uint8")


def blank(width: int, height: int) -> Any:
    """One black picture, (1, 3, height, width) uint8."""
    return nd.zeros((1, 3, height, width), dtype="uint8")


def load_graph(symbol: Path, weights: Path) -> Any:
    """The network of a symbol file and its weights; its input is `data`, uint8."""
    network = gluon.SymbolBlock(sym.load(str(symbol)), sym.var("data", dtype="uint8"))
    network.load_parameters(str(weights))
    network.hybridize(static_alloc=True)
    return network

"""How a segmentation network learns and answers; the only part of it, with `decoders`, that needs MXNet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from mxnet import autograd, nd
from numpy.typing import NDArray

from mxnet_vision import artifact
from mxnet_vision.augmentation import resized
from mxnet_vision.models import Answer
from mxnet_vision.models.semantic_segmentation import SegmentationHyperparameters, read_hyperparameters
from mxnet_vision.models.semantic_segmentation.answers import answer, class_ids
from mxnet_vision.models.semantic_segmentation.decoders import Segmenter
from mxnet_vision.models.semantic_segmentation.loss import ClassWeights, cross_entropy
from mxnet_vision.models.semantic_segmentation.masks import (
    confusion,
    mean_intersection_over_union,
    pixel_accuracy,
    read_mask,
)
from mxnet_vision.models.semantic_segmentation.views import View, whole_size
from mxnet_vision.networks import Optimizer, blank, initialised, stacked
from mxnet_vision.samples import Sample, decode, open_picture

WEIGHTS = ("model_algo-1", "model_best.params")  # the built-in's two names; both hold the best epoch's weights here


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture as the network takes it, (height, width, 3) uint8, and its mask of that or its own size."""

    pixels: NDArray[np.uint8]
    mask: NDArray[np.uint8]


class SegmentationLearner:
    """A network in training on crops of one size."""

    metric = "mIOU"

    def __init__(self, values: Mapping[str, str], parameters: SegmentationHyperparameters, view: View) -> None:
        self.values = values
        self.parameters = parameters
        self.view = view
        self.weights = ClassWeights(parameters.num_classes)
        self.network = initialised(lambda: Segmenter(parameters.algorithm, parameters.num_classes))
        self.network.hybridize(static_alloc=True)
        self.network(blank(*view.crop))
        self.optimizer = Optimizer(self.network, parameters)

    def prepare(self, sample: Sample, rng: np.random.Generator | None) -> Prepared:
        """A random crop; in validation the crop in the middle, or all of the picture where it is scored alone."""
        mask = read_mask(sample, self.parameters.num_classes)
        if rng is not None:
            return Prepared(*self.view.random(sample, mask, rng))
        if self.parameters.validation_batch > 1:
            return Prepared(*self.view.central(sample, mask))
        return Prepared(*self.view.whole(sample, mask))

    def fit(self, batch: Sequence[Prepared], learning_rate: float) -> Mapping[str, float]:
        """One optimiser step; the weighted cross-entropy at the size of the crops."""
        masks = np.stack([each.mask for each in batch])
        self.weights.see(masks)
        width, height = self.view.crop
        with autograd.record():
            coarse = self.network(stacked([each.pixels for each in batch], len(batch)))
            scores = nd.contrib.BilinearResize2D(coarse, height=height, width=width, align_corners=False)
        loss, gradient = cross_entropy(scores.asnumpy(), masks, self.weights.table())
        self.optimizer.step(scores, learning_rate, nd.array(gradient))
        return {"loss": loss}

    def scores(self, batches: Iterator[Sequence[Prepared]]) -> Mapping[str, float]:
        """Mean intersection over union, and the share of right pixels, over all masks together."""
        classes = self.parameters.num_classes
        pixels = np.zeros((classes, classes), np.int64)
        for batch in batches:
            found = self.network(stacked([each.pixels for each in batch], self.parameters.validation_batch)).asnumpy()
            for each, coarse in zip(batch, found, strict=False):
                height, width = each.mask.shape
                pixels += confusion(each.mask, class_ids(coarse, (width, height)), classes)
        return {"mIOU": mean_intersection_over_union(pixels), "pixel_accuracy": pixel_accuracy(pixels)}

    def save(self, folder: Path, epoch: int) -> None:  # noqa: ARG002 - the built-in's names have no epoch
        """`model_algo-1`, `model_best.params` and `hyperparams.json`; no graph, as with the built-in."""
        for name in WEIGHTS:
            self.network.save_parameters(str(folder / name))
        artifact.write_hyperparameters(folder, self.values, shorter_side=self.view.shorter_side)


class SegmentationPredictor:
    """The network of an artifact, for pictures of any size."""

    def __init__(self, folder: Path) -> None:
        values = artifact.read_hyperparameters(folder)
        parameters = read_hyperparameters(values)
        self.shorter_side = int(values["_shorter_side"])
        self.network: Any = Segmenter(parameters.algorithm, parameters.num_classes)
        self.network.load_parameters(str(folder / WEIGHTS[0]))
        self.network.hybridize()
        self.network(blank(64, 64)).wait_to_read()

    def answer(self, picture: bytes, accept: str) -> Answer:
        """See `answers.answer`."""
        size = open_picture(picture).size
        at_work = whole_size(size, self.shorter_side)
        coarse = self.network(stacked([resized(decode(picture, at_work), at_work)], 1)).asnumpy()[0]
        return answer(coarse, size, accept)

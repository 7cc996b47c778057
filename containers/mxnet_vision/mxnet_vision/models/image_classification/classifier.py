"""How the classifier learns and answers; the only part of image classification, with `resnet`, that needs MXNet."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from mxnet import autograd, gluon, nd
from numpy.typing import NDArray

from mxnet_vision.augmentation import resized
from mxnet_vision.models import Answer
from mxnet_vision.models.image_classification import ClassificationHyperparameters, answer
from mxnet_vision.models.image_classification.labels import read_class, read_classes
from mxnet_vision.models.image_classification.resnet import Classifier, ResNet
from mxnet_vision.models.image_classification.views import view
from mxnet_vision.networks import Optimizer, blank, initialised, load_graph, stacked
from mxnet_vision.samples import Sample, decode

PREFIX = "image-classification"
SHAPES = "model-shapes.json"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture as the network takes it, (height, width, 3) uint8, and its class, or a one for each of its classes."""

    pixels: NDArray[np.uint8]
    label: int | NDArray[np.float32]


class ClassificationLearner:
    """A classifier in training."""

    metric = "accuracy"

    def __init__(self, parameters: ClassificationHyperparameters) -> None:
        self.parameters = parameters
        self.network = initialised(lambda: ResNet(parameters.num_classes, parameters.stages, parameters.units))
        self.classifier = Classifier(self.network, parameters.multi_label)
        for block in (self.network, self.classifier):
            block.hybridize(static_alloc=True)
        self.classifier(blank(*parameters.size))
        one_class = gluon.loss.SoftmaxCrossEntropyLoss()
        self.loss = gluon.loss.SigmoidBinaryCrossEntropyLoss() if parameters.multi_label else one_class
        self.optimizer = Optimizer(self.network, parameters)

    def prepare(self, sample: Sample, rng: np.random.Generator | None) -> Prepared:
        """See `labels` and `views`."""
        told = self.parameters
        read = read_classes if told.multi_label else read_class
        label = read(sample, told.num_classes)
        return Prepared(view(sample, told.size, told.resize, told.augmentation_type, rng), label)

    def fit(self, batch: Sequence[Prepared], learning_rate: float) -> Mapping[str, float]:
        """One optimiser step; accuracy, and cross-entropy."""
        labels = np.array([each.label for each in batch], np.float32)
        with autograd.record():
            scores = self.network(stacked([each.pixels for each in batch], len(batch)))
            loss = self.loss(scores, nd.array(labels)).mean()
        self.optimizer.step(loss, learning_rate)
        found = scores.asnumpy()
        return {**self._accuracies(found, labels), "cross-entropy": float(loss.asscalar())}

    def _accuracies(self, scores: NDArray[np.float32], labels: NDArray[np.float32]) -> dict[str, float]:
        """With several labels, the share of right decisions whether a class is there."""
        if self.parameters.multi_label:
            return {"accuracy": float(np.mean((scores > 0) == (labels > 0)))}
        ranks = (scores > np.take_along_axis(scores, labels[:, np.newaxis].astype(int), axis=1)).sum(axis=1)
        top = self.parameters.top_k
        return {"accuracy": float(np.mean(ranks == 0))} | (
            {f"top_k_accuracy_{top}": float(np.mean(ranks < top))} if top else {}
        )

    def scores(self, batches: Iterator[Sequence[Prepared]]) -> Mapping[str, float]:
        """Accuracy over all pictures."""
        found, labels = [], []
        for batch in batches:
            scores = self.network(stacked([each.pixels for each in batch], self.parameters.validation_batch))
            found.append(scores.asnumpy()[: len(batch)])
            labels += [each.label for each in batch]
        if not labels:
            return {"accuracy": 0.0}
        return {"accuracy": self._accuracies(np.concatenate(found), np.array(labels, np.float32))["accuracy"]}

    def save(self, folder: Path, epoch: int) -> None:
        """`image-classification-<epoch from 1>.params`, `…-symbol.json` and the shape of its input."""
        width, height = self.parameters.size
        self.classifier(blank(width, height))
        self.classifier.export(str(folder / PREFIX), epoch=epoch + 1)
        shapes = [{"name": "data", "shape": [1, 3, height, width]}]
        (folder / SHAPES).write_text(json.dumps(shapes), encoding="utf-8")


class ClassificationPredictor:
    """The classifier of an artifact."""

    def __init__(self, folder: Path) -> None:
        _, _, height, width = json.loads((folder / SHAPES).read_bytes())[0]["shape"]
        self.size = (width, height)
        newest = max(folder.glob(f"{PREFIX}-*.params"))
        self.classifier = load_graph(folder / f"{PREFIX}-symbol.json", newest)
        self.classifier(blank(*self.size)).wait_to_read()

    def answer(self, picture: bytes, accept: str) -> Answer:
        """See `image_classification.answer`; the picture is brought to the network's size, its aspect not kept."""
        pixels = resized(decode(picture, self.size), self.size)
        return answer(self.classifier(stacked([pixels], 1)).asnumpy()[0], accept)

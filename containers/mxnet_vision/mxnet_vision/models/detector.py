"""How the single-shot detector learns and answers; the only part of object detection, with `ssd`, that needs MXNet."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from mxnet import autograd, gluon, nd, sym
from numpy.typing import NDArray

from mxnet_vision.anchors import Targets, counted, match
from mxnet_vision.augmentation import resized
from mxnet_vision.average_precision import mean_average_precision
from mxnet_vision.boxes import Boxes
from mxnet_vision.models import Answer
from mxnet_vision.models.object_detection import DetectionHyperparameters, answer, prepare
from mxnet_vision.models.ssd import Detector, initialised
from mxnet_vision.samples import Sample, decode, open_picture

PREFIX = "model_algo_1"
SEED = 20  # the built-in takes no seed; a fixed one makes two runs over the same stream alike
WORKING_SIZE = "_working_size"  # in hyperparams.json, beside SageMaker's own names that begin with _


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture as the network takes it, (height, width, 3) uint8, its boxes, and what the anchors should say."""

    pixels: NDArray[np.uint8]
    boxes: Boxes
    targets: Targets


class DetectionLearner:
    """A detector in training at one working size, (width, height)."""

    metric = "mAP"

    def __init__(self, values: Mapping[str, str], parameters: DetectionHyperparameters, size: tuple[int, int]) -> None:
        self.values = values
        self.parameters = parameters
        self.size = size
        width, height = size
        self.network = initialised(parameters.num_classes, height, width, SEED)
        self.detector = Detector(self.network, parameters.nms_threshold)
        for block in (self.network, self.detector):
            block.hybridize(static_alloc=True)
        self.anchors = self.network(_blank(size))[0].asnumpy()[0]
        self.trainer = gluon.Trainer(self.network.collect_params(), parameters.optimizer, _options(parameters))
        self.remembered: dict[str, Any] = {}

    def prepare(self, sample: Sample, rng: np.random.Generator | None) -> Prepared:
        """See `object_detection.prepare`; anchors are matched here too, away from the thread that trains."""
        pixels, boxes = prepare(sample, self.parameters, self.size, rng)
        return Prepared(pixels, boxes, match(self.anchors, boxes))

    def fit(self, batch: Sequence[Prepared], learning_rate: float) -> Mapping[str, float]:
        """One optimiser step; the two parts of the SSD loss, each by the number of anchors with an object."""
        classes = np.stack([each.targets.classes for each in batch])
        wanted = nd.array(np.stack([each.targets.offsets for each in batch]))
        has_object = nd.array(classes > 0)
        objects = max(1.0, float((classes > 0).sum()))
        with autograd.record():
            _, scores, offsets = self.network(_pictures([each.pixels for each in batch], len(batch)))
            likelihoods = nd.log_softmax(scores)
            weights = nd.array(counted(-likelihoods[:, :, 0].asnumpy(), classes))
            entropy = -(nd.pick(likelihoods, nd.array(classes)) * weights).sum() / objects
            distances = nd.smooth_l1(offsets.reshape(wanted.shape) - wanted, scalar=1.0)
            distance = (distances * has_object.expand_dims(2)).sum() / objects
            total = entropy + distance
        total.backward()
        self.trainer.set_learning_rate(learning_rate)
        self.trainer.step(1)
        return {"cross_entropy": float(entropy.asscalar()), "smooth_l1": float(distance.asscalar())}

    def score(self, batches: Iterator[Sequence[Prepared]]) -> float:
        """Mean average precision at `overlap_threshold`."""
        detections: list[NDArray[np.float32]] = []
        truths: list[Boxes] = []
        for batch in batches:
            found = self.detector(_pictures([each.pixels for each in batch], self.parameters.mini_batch_size)).asnumpy()
            detections += [_kept(rows) for rows in found[: len(batch)]]
            truths += [each.boxes for each in batch]
        return mean_average_precision(detections, truths, self.parameters.overlap_threshold)

    def remember(self) -> None:
        """Keep a copy of the weights as they are."""
        self.remembered = {name: each.data().copy() for name, each in self.network.collect_params().items()}

    def save(self, folder: Path) -> None:
        """`model_algo_1-symbol.json`, `model_algo_1-0000.params` and `hyperparams.json` of the remembered weights."""
        for name, each in self.network.collect_params().items():
            each.set_data(self.remembered[name])
        self.detector(_blank(self.size))
        self.detector.export(str(folder / PREFIX), epoch=0)
        document = {**self.values, WORKING_SIZE: ",".join(map(str, self.size))}
        (folder / "hyperparams.json").write_text(json.dumps(document, indent=1), encoding="utf-8")


class DetectionPredictor:
    """The detector of an artifact."""

    def __init__(self, folder: Path) -> None:
        document = json.loads((folder / "hyperparams.json").read_bytes())
        width, height = (int(side) for side in document[WORKING_SIZE].split(","))
        self.size = (width, height)
        graph = sym.load(str(folder / f"{PREFIX}-symbol.json"))
        self.detector = gluon.SymbolBlock(graph, sym.var("data", dtype="uint8"))
        self.detector.load_parameters(str(folder / f"{PREFIX}-0000.params"))
        self.detector.hybridize(static_alloc=True)
        self.detector(_blank(self.size)).wait_to_read()

    def answer(self, picture: bytes, accept: str) -> Answer:
        """See `object_detection.answer`."""
        pixels = resized(decode(picture, self.size), self.size)
        found = self.detector(_pictures([pixels], 1)).asnumpy()[0]
        return answer(_kept(found), open_picture(picture).size, accept)


def _options(parameters: DetectionHyperparameters) -> dict[str, float]:
    options = {"learning_rate": parameters.learning_rate, "wd": parameters.weight_decay}
    return options | {"momentum": parameters.momentum} if parameters.optimizer == "sgd" else options


def _blank(size: tuple[int, int]) -> Any:
    return nd.zeros((1, 3, size[1], size[0]), dtype="uint8")


def _pictures(batch: Sequence[NDArray[np.uint8]], size: int) -> Any:
    """(size, 3, height, width) uint8; a short batch is filled with black, for the graph keeps one shape."""
    height, width, _ = batch[0].shape
    stacked = np.zeros((size, 3, height, width), np.uint8)
    for place, each in enumerate(batch):
        stacked[place] = each.transpose(2, 0, 1)
    return nd.array(stacked, dtype="uint8")


def _kept(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    kept: NDArray[np.float32] = rows[rows[:, 0] >= 0]
    return kept

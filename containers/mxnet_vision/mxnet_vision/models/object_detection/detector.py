"""How the single-shot detector learns and answers; the only part of object detection, with `ssd`, that needs MXNet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from mxnet import autograd, nd
from numpy.typing import NDArray

from mxnet_vision.artifact import read_hyperparameters, write_hyperparameters
from mxnet_vision.augmentation import resized
from mxnet_vision.models import Answer
from mxnet_vision.models.object_detection import DetectionHyperparameters, answer, prepare
from mxnet_vision.models.object_detection.anchors import Targets, counted, match
from mxnet_vision.models.object_detection.average_precision import mean_average_precision
from mxnet_vision.models.object_detection.boxes import Boxes
from mxnet_vision.models.object_detection.ssd import SSD, Detector
from mxnet_vision.networks import Optimizer, blank, initialised, load_graph, stacked
from mxnet_vision.samples import Sample, decode, open_picture

PREFIX = "model_algo_1"


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
        self.network = initialised(lambda: SSD(parameters.num_classes, height, width))
        self.detector = Detector(self.network, parameters.nms_threshold)
        for block in (self.network, self.detector):
            block.hybridize(static_alloc=True)
        self.anchors = self.network(blank(width, height))[0].asnumpy()[0]
        self.optimizer = Optimizer(self.network, parameters)

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
            _, scores, offsets = self.network(stacked([each.pixels for each in batch], len(batch)))
            likelihoods = nd.log_softmax(scores)
            weights = nd.array(counted(-likelihoods[:, :, 0].asnumpy(), classes))
            entropy = -(nd.pick(likelihoods, nd.array(classes)) * weights).sum() / objects
            distances = nd.smooth_l1(offsets.reshape(wanted.shape) - wanted, scalar=1.0)
            distance = (distances * has_object.expand_dims(2)).sum() / objects
            total = entropy + distance
        self.optimizer.step(total, learning_rate)
        return {"cross_entropy": float(entropy.asscalar()), "smooth_l1": float(distance.asscalar())}

    def scores(self, batches: Iterator[Sequence[Prepared]]) -> Mapping[str, float]:
        """Mean average precision at `overlap_threshold`."""
        detections: list[NDArray[np.float32]] = []
        truths: list[Boxes] = []
        for batch in batches:
            found = self.detector(stacked([each.pixels for each in batch], self.parameters.validation_batch)).asnumpy()
            detections += [_kept(rows) for rows in found[: len(batch)]]
            truths += [each.boxes for each in batch]
        return {"mAP": mean_average_precision(detections, truths, self.parameters.overlap_threshold)}

    def save(self, folder: Path, epoch: int) -> None:  # noqa: ARG002 - the built-in's names have no epoch
        """`model_algo_1-symbol.json`, `model_algo_1-0000.params` and `hyperparams.json`."""
        self.detector(blank(*self.size))
        self.detector.export(str(folder / PREFIX), epoch=0)
        width, height = self.size
        write_hyperparameters(folder, self.values, working_size=f"{width},{height}")


class DetectionPredictor:
    """The detector of an artifact."""

    def __init__(self, folder: Path) -> None:
        width, height = (int(side) for side in read_hyperparameters(folder)["_working_size"].split(","))
        self.size = (width, height)
        self.detector = load_graph(folder / f"{PREFIX}-symbol.json", folder / f"{PREFIX}-0000.params")
        self.detector(blank(width, height)).wait_to_read()

    def answer(self, picture: bytes, accept: str) -> Answer:
        """See `object_detection.answer`."""
        pixels = resized(decode(picture, self.size), self.size)
        found = self.detector(stacked([pixels], 1)).asnumpy()[0]
        return answer(_kept(found), open_picture(picture).size, accept)


def _kept(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    kept: NDArray[np.float32] = rows[rows[:, 0] >= 0]
    return kept

"""When the learning rate falls and when training stops."""

import math
from dataclasses import dataclass

from mxnet_vision.hyperparameters import Hyperparameters

WARM_UP = 3.0  # epochs; without it the loss of a fresh network diverges at useful learning rates
_LEAST = 0.001  # share of the learning rate that is always left
_POWER = 0.9  # of `poly`, as in GluonCV


def learning_rate(parameters: Hyperparameters, position: float) -> float:
    """The rate at `position`, in epochs since the start (2.5 is the middle of the third).

    It climbs through the warm-up. Then `decay` says how it falls: `step` multiplies it by `lr_scheduler_factor` at each
    epoch of `lr_scheduler_step`, `cosine` and `poly` bring it near zero at the last epoch.
    """
    warm_up = min(WARM_UP, parameters.epochs / 4)
    if position < warm_up:
        return parameters.learning_rate * max(position / warm_up, 0.01)
    if parameters.decay == "step":
        falls = sum(position >= epoch for epoch in parameters.lr_scheduler_step)
        return float(parameters.learning_rate * parameters.lr_scheduler_factor**falls)
    left = 1 - min(1.0, (position - warm_up) / (parameters.epochs - warm_up))
    share = left**_POWER if parameters.decay == "poly" else 0.5 * (1 - math.cos(math.pi * left))
    return float(parameters.learning_rate * max(share, _LEAST))


@dataclass(slots=True)
class EarlyStopping:
    """Ends training once the validation score has not risen for `early_stopping_patience` epochs."""

    parameters: Hyperparameters
    best: float = -math.inf
    stale: int = 0

    def is_due(self, epoch: int, score: float) -> bool:
        """Whether to stop after this epoch (counted from 0) with this validation score."""
        if score > self.best + self.parameters.early_stopping_tolerance:
            self.best, self.stale = score, 0
        else:
            self.stale += 1
        ripe = epoch + 1 >= self.parameters.early_stopping_min_epochs
        return self.parameters.early_stopping and ripe and self.stale >= self.parameters.early_stopping_patience

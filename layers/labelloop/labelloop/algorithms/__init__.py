"""The algorithms a run can train with: one module each, found by name. To add one, add a module with an `ALGORITHM`."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast

from labelloop.algorithms.hyperparameters import Chosen
from labelloop.errors import InvalidSettings
from labelloop.labels import Label
from labelloop.report import Report
from labelloop.settings import HyperparameterValue
from labelloop.tasks import Task

if TYPE_CHECKING:
    from labelloop.prediction import Options, Prediction


class Algorithm(Protocol):
    """All that differs between algorithms."""

    @property
    def name(self) -> str:
        """As project.json and the dataset's report call it."""
        ...

    @property
    def task(self) -> Task:
        """What it learns."""
        ...

    @property
    def label_type(self) -> type[Label]:
        """How its labels are written in a manifest."""
        ...

    @property
    def content_type(self) -> str:
        """Of its training channels."""
        ...

    @property
    def repository(self) -> str:
        """The name of its container image, without registry and tag."""
        ...

    @property
    def request_type(self) -> str:
        """The media type that its endpoint takes pictures as."""
        ...

    @property
    def metric_definitions(self) -> Mapping[str, str]:
        """Its training metrics: by name the regular expression that finds one in the image's log."""
        ...

    @property
    def from_scratch(self) -> Mapping[str, HyperparameterValue]:
        """Hyperparameters for learning from nothing, where an image has no pretrained weights."""
        ...

    def image(self, region: str) -> str:
        """The container image's URI in a region."""
        ...

    def hyperparameters(self, report: Report, overrides: Mapping[str, HyperparameterValue]) -> dict[str, Chosen]:
        """The hyperparameters for a dataset.

        Raises:
            InvalidSettings: an override is unknown, out of range or contradicts the dataset.
        """
        ...

    def check_instance_type(self, instance_type: str) -> None:
        """Refuse instances that the algorithm cannot train on.

        Raises:
            InvalidSettings: it cannot.
        """
        ...

    def accept(self, options: "Options") -> str:
        """The form in which its endpoint is asked to answer."""
        ...

    def decode(self, body: bytes) -> "Prediction":
        """What the endpoint answered, in whichever of its forms.

        Raises:
            MalformedPrediction: it has another form.
        """
        ...


@cache
def all_algorithms() -> Mapping[str, Algorithm]:
    """Every algorithm by name."""
    modules = (importlib.import_module(f"{__name__}.{entry.name}") for entry in pkgutil.iter_modules(__path__))
    found = (cast(Any, module).ALGORITHM for module in modules if hasattr(module, "ALGORITHM"))
    return {algorithm.name: algorithm for algorithm in found}


def algorithm_named(name: str) -> Algorithm:
    """The algorithm that project.json names.

    Raises:
        InvalidSettings: there is none of that name.
    """
    try:
        return all_algorithms()[name]
    except KeyError as error:
        known = ", ".join(sorted(all_algorithms()))
        raise InvalidSettings(f"project.json: unknown algorithm {name!r}; there are: {known}.") from error


def algorithm_for(task: Task, wanted: str | None) -> Algorithm:
    """The algorithm to train on labels of a task: the wanted one, else the first of the task's.

    Raises:
        InvalidSettings: the wanted one is unknown or for another task.
    """
    if wanted is None:
        return next(algorithm for algorithm in all_algorithms().values() if algorithm.task is task)
    algorithm = algorithm_named(wanted)
    if algorithm.task is not task:
        raise InvalidSettings(f"project.json: {wanted} does {algorithm.task}; the labels are for {task}.")
    return algorithm

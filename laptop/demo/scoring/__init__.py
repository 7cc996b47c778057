"""How good the answers of a model are: for each task one module, which asks over the HTTP API as any client would."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from laptop.commands.client import Api


class DeployedModel(NamedTuple):
    """A project's model behind the API; the names of its classes by class id."""

    api: Api
    project: str
    classes: tuple[str, ...]


class Score(NamedTuple):
    """What is measured, in 0…1: over all, and for each class that occurs; `beside` are named figures to read it by."""

    metric: str
    value: float
    by_class: Mapping[str, float]
    beside: Mapping[str, float]


class Scoring(Protocol):
    """What a module of this package has; truths and answers are its own types.

    `WHOLE` are parameters for answers that say more; these are then asked for and scored. Where it is empty, the
    ordinary answers are.
    """

    WHOLE: Mapping[str, str]

    def truth(self, label: Any, class_names: Mapping[int, str], images: Path) -> Any:
        """A label of the task's kind; classes by name, because the pipeline may number them anew.

        Args:
            label: as read from a manifest.
            class_names: by the class ids of that manifest.
            images: where the files that the label refers to are.

        Raises:
            CommandError: such a file is not there.
        """

    def ask(self, model: DeployedModel, picture: Path, parameters: Mapping[str, str]) -> Any:
        """The model's answer to a picture.

        Raises:
            CommandError: the API refused the request, or cannot be reached.
        """

    def is_right(self, truth: Any, answer: Any) -> bool:
        """Whether a person would call the answer right."""

    def score(self, truths: Sequence[Any], answers: Sequence[Any]) -> Score:
        """One answer for each picture.

        Raises:
            ValueError: not as many answers as truths, or no truth that names a class.
        """

"""One class for each picture: accuracy, the share of pictures whose surest class is the right one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from labelloop.labels.classes import ClassLabel

from laptop.commands.answers import Classification
from laptop.demo.scoring import DeployedModel, Score

METRIC = "accuracy"
BASELINE = "majority-class baseline"
WHOLE: Mapping[str, str] = {}


def truth(label: ClassLabel, class_names: Mapping[int, str], images: Path) -> str:  # noqa: ARG001 - see Scoring
    """The class's name."""
    return class_names[label.class_id]


def ask(model: DeployedModel, picture: Path, parameters: Mapping[str, str]) -> str | None:
    """The surest class."""
    answer = model.api.infer(model.project, picture, parameters)
    assert isinstance(answer, Classification)
    return answer.top


def is_right(truth: str, answer: str | None) -> bool:
    """Whether they are the same."""
    return truth == answer


def score(truths: Sequence[str], answers: Sequence[str | None]) -> Score:
    """The accuracy over all pictures, over those of each class, and of one who has only counted the classes.

    Raises:
        ValueError: not as many answers as truths, or none.
    """
    if len(truths) != len(answers) or not truths:
        raise ValueError(f"{len(answers)} answers to {len(truths)} pictures")
    shown = Counter(truths)
    right = Counter(truth for truth, answer in zip(truths, answers, strict=True) if is_right(truth, answer))
    by_class = {name: right[name] / shown[name] for name in sorted(shown)}
    return Score(METRIC, right.total() / len(truths), by_class, {BASELINE: max(shown.values()) / len(truths)})

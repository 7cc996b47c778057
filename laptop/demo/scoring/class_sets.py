"""Any number of classes for each picture: macro-F1, the mean over the classes of their F1, at the API's own threshold.

F1 is the harmonic mean of precision and recall: van Rijsbergen, Information Retrieval, 1979, chapter 7.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from labelloop.labels.classes import ClassListLabel

from laptop.commands.answers import ClassSet
from laptop.demo.scoring import DeployedModel, Score

METRIC = "macro-F1"
BASELINE = "all-positive baseline"
WHOLE: Mapping[str, str] = {}

type Names = frozenset[str]


def truth(label: ClassListLabel, class_names: Mapping[int, str], images: Path) -> Names:  # noqa: ARG001 - see Scoring
    """The classes' names."""
    return frozenset(class_names[class_id] for class_id in label.class_ids)


def ask(model: DeployedModel, picture: Path, parameters: Mapping[str, str]) -> Names:
    """The classes that the model says are there."""
    answer = model.api.infer(model.project, picture, parameters)
    assert isinstance(answer, ClassSet)
    return frozenset(answer.predicted_classes)


def is_right(truth: Names, answer: Names) -> bool:
    """Whether all classes are right, those that are there and those that are not."""
    return truth == answer


def score(truths: Sequence[Names], answers: Sequence[Names]) -> Score:
    """Over the classes that occur, and of one who answers all of them to every picture.

    Raises:
        ValueError: not as many answers as truths, or no class anywhere.
    """
    classes = frozenset[str]().union(*truths)
    if len(truths) != len(answers) or not classes:
        raise ValueError(f"{len(answers)} answers to {len(truths)} pictures with {len(classes)} classes")
    by_class = _f1_by_class(truths, answers, classes)
    baseline = _f1_by_class(truths, [classes] * len(truths), classes)
    return Score(METRIC, _mean(by_class), by_class, {BASELINE: _mean(baseline)})


def _f1_by_class(truths: Sequence[Names], answers: Sequence[Names], classes: Names) -> dict[str, float]:
    """2 · found / (labelled + answered), which is the harmonic mean written without its parts."""
    pairs = list(zip(truths, answers, strict=True))
    return {
        name: 2 * sum(name in truth and name in answer for truth, answer in pairs)
        / sum((name in truth) + (name in answer) for truth, answer in pairs)
        for name in sorted(classes)
    }  # fmt: skip


def _mean(by_class: Mapping[str, float]) -> float:
    return sum(by_class.values()) / len(by_class)

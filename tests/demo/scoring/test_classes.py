from pathlib import Path

import pytest
from labelloop.labels.classes import ClassLabel

from laptop.demo.scoring.classes import BASELINE, METRIC, is_right, score, truth


def test_accuracy_is_the_share_of_right_answers() -> None:
    found = score(["cat", "cat", "dog", "dog"], ["cat", "cat", "cat", "dog"])
    assert found == (METRIC, 3 / 4, {"cat": 1, "dog": 1 / 2}, {BASELINE: 1 / 2})


def test_the_baseline_has_only_counted() -> None:
    assert score(["cat", "dog", "dog", "dog"], [None] * 4) == (METRIC, 0, {"cat": 0, "dog": 0}, {BASELINE: 3 / 4})


@pytest.mark.parametrize(("answer", "right"), [("cat", True), ("dog", False), (None, False)])
def test_a_right_answer_is_the_class(answer: str | None, right: bool) -> None:
    assert is_right("cat", answer) is right


def test_answers_and_pictures_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="1 answers to 2 pictures"):
        score(["cat", "dog"], ["cat"])
    with pytest.raises(ValueError, match="0 answers to 0 pictures"):
        score([], [])


def test_a_label_tells_its_class_by_name() -> None:
    assert truth(ClassLabel(7), {0: "cat", 7: "dog"}, Path()) == "dog"

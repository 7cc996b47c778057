from pathlib import Path

import pytest
from labelloop.labels.classes import ClassListLabel

from laptop.demo.scoring.class_sets import BASELINE, METRIC, is_right, score, truth

NONE, CAT, DOG, BOTH = frozenset[str](), frozenset({"cat"}), frozenset({"dog"}), frozenset({"cat", "dog"})


def test_perfect_answers_score_one() -> None:
    found = score([CAT, BOTH], [CAT, BOTH])
    assert (found.metric, found.value, found.by_class) == (METRIC, 1, {"cat": 1, "dog": 1})
    # One who always answers both finds one dog in two pictures: 2 · 1/2 · 1 / (1/2 + 1).
    assert found.beside == {BASELINE: pytest.approx((1 + 2 / 3) / 2)}


def test_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    # Cats: 2 of 3 found, 1 false alarm: precision and recall 2/3. Dogs: 1 of 1 found, 1 false alarm: 1/2 and 1.
    found = score([CAT, CAT, BOTH, NONE], [CAT, DOG, BOTH, CAT])
    assert found.by_class == {"cat": pytest.approx(2 / 3), "dog": pytest.approx(2 / 3)}


def test_the_mean_is_over_classes_however_often_each_occurs() -> None:
    assert score([CAT, CAT, CAT, DOG], [CAT, CAT, CAT, NONE]).value == pytest.approx(1 / 2)


def test_a_class_that_no_label_has_counts_for_none() -> None:
    found = score([CAT], [frozenset({"cat", "heron"})])
    assert found.by_class == {"cat": 1}


def test_answers_and_pictures_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="1 answers to 2 pictures"):
        score([CAT, DOG], [CAT])


def test_without_classes_there_is_nothing_to_score() -> None:
    with pytest.raises(ValueError, match="0 classes"):
        score([NONE], [NONE])


@pytest.mark.parametrize(("answer", "right"), [(BOTH, True), (CAT, False), (NONE, False), (BOTH | {"heron"}, False)])
def test_a_right_answer_has_all_classes_and_no_others(answer: frozenset[str], right: bool) -> None:
    assert is_right(BOTH, answer) is right


def test_a_label_tells_its_classes_by_name() -> None:
    assert truth(ClassListLabel((7, 0)), {0: "cat", 7: "dog", 9: "heron"}, Path()) == BOTH

from typing import Any

import pytest
from labelloop.checks import boxes, dataset, lines
from labelloop.run import Pinned

from laptop.commands.learnt import learnt_from
from tests.commands import preflight_reports
from tests.commands.preflight_reports import Found, report

RUN = "birds-1"
TWO = (Pinned("a.manifest", ""), Pinned("b.manifest", ""))


def told(*found: Found, **facts: Any) -> list[str]:
    return learnt_from(report(*found, of=preflight_reports.dataset(**facts)), RUN)


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ({}, "Learnt from 80 pictures of 1 manifest, validated with 20. No line was left out."),
        ({"sources": TWO}, "Learnt from 80 pictures of 2 manifests, validated with 20. No line was left out."),
        ({"train_samples": 1}, "Learnt from 1 picture of 1 manifest, validated with 20. No line was left out."),
    ],
)
def test_the_manifests_of_the_dataset_are_counted(facts: dict[str, Any], first: str) -> None:
    assert told(left_out={}, **facts) == [first]


def test_lines_that_were_left_out_are_told_by_title_the_most_frequent_first() -> None:
    assert told((boxes.BOX_EMPTY, {}), left_out={"BOX_EMPTY": 1, "LABEL_REPLACED": 5, "GONE": 2}) == [
        "Learnt from 80 pictures of 1 manifest, validated with 20.",
        "8 lines were left out:",
        f"  {dataset.LABEL_REPLACED.title}, 5 times  LABEL_REPLACED",
        "  GONE, 2 times",
        f"  {boxes.BOX_EMPTY.title}, once  BOX_EMPTY",
        "`labelloop runs birds-1` lists them.",
    ]


def test_labels_that_contradict_others_are_told_once() -> None:
    found: list[Found] = [
        (dataset.LABELS_CONFLICT, {"count": 3}),
        (lines.DUPLICATE_SOURCE_REF, {"count": 2}),
        (boxes.BOX_TINY, {}),
    ]
    assert told(*found, left_out={"DUPLICATE_SOURCE_REF": 2})[1:] == [
        "2 lines were left out:",
        f"  {lines.DUPLICATE_SOURCE_REF.title}, 2 times  DUPLICATE_SOURCE_REF",
        "Worth knowing:",
        f"  {dataset.LABELS_CONFLICT.title}, 3 times  LABELS_CONFLICT",
        "`labelloop runs birds-1` lists them.",
    ]


def test_of_what_was_not_trained_on_nothing_is_told() -> None:
    assert learnt_from(report(), RUN) == []

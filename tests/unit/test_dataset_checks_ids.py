"""Class ids that the labels count from 1 on, and their names from 0 on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.unit.factories import line, mask_line
from tests.unit.local_project import LocalProject, results, told

FROM_1 = "CLASS_IDS_BEGIN_WITH_1"


@pytest.mark.parametrize(
    ("ids", "class_map", "found"),
    [
        ([1], "a", ["ids run from 1 to 1, the class map from 0 to 0"]),
        ([3, 1, 2], "abc", ["ids run from 1 to 3, the class map from 0 to 2"]),
        ([1, 2], "abc", []),
        ([1, 3], "ab", []),
        ([0, 1, 2], "ab", []),
        ([0, 1], "ab", []),
        ([2, 3], "ab", []),
    ],
)
def test_ids_that_begin_with_1(tmp_path: Path, ids: Sequence[int], class_map: str, found: list[str]) -> None:
    names = {str(number): name for number, name in enumerate(class_map)}
    done = LocalProject(tmp_path).put([line(name, *ids, class_map=names) for name in range(30)])
    assert [message for _, message in told(done, FROM_1)] == found
    assert not found or done.stops


@pytest.mark.parametrize(
    ("make", "categories", "found"),
    [
        (line, ["cat", "dog"], ["ids run from 1 to 2, the labeling job's list from 0 to 1"]),
        (line, ["cat", "dog", "eel"], []),
        (mask_line, ["cat", "dog"], []),
    ],
)
def test_ids_that_begin_with_1_where_a_job_s_list_begins_with_0(
    tmp_path: Path, make: Any, categories: list[str], found: list[str]
) -> None:
    project = LocalProject(tmp_path)
    done = project.put(project.file([make(name, 1, 2) for name in range(30)], categories=categories))
    assert [message for _, message in told(done, FROM_1)] == found


def test_what_follows_from_such_ids_is_not_told_beside_them(tmp_path: Path) -> None:
    names = {"0": "cat", "1": "dog"}
    done = LocalProject(tmp_path, invalid_share=0.2).put([line(name, 1, 2, class_map=names) for name in range(30)])
    assert set(results(done)) == {FROM_1, "CLASS_NOT_IN_MAP"}

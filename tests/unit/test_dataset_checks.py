"""What a manifest comes to: how much of it is left, its classes, its pictures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from labelloop.checks.lines import SOURCE_REF_MISSING
from labelloop.errors import InvalidSettings

from tests.unit.factories import (
    Json,
    box,
    class_line,
    class_list_line,
    failed_line,
    line,
    mask_line,
    unlabelled_line,
)
from tests.unit.local_project import LocalProject, results, told

INVALID, SKIPPED = "TOO_MANY_INVALID_LINES", "MANY_LINES_LEFT_OUT"


def bad(name: object) -> Json:
    return line(name, box(0, width=0))


def rows(count: int, make: Any = lambda name: line(name, 0, 1), start: int = 1) -> list[Json]:
    return [make(name) for name in range(start, start + count)]


# ---- how much is left ----


@pytest.mark.parametrize(
    ("lines", "settings", "codes"),
    [
        (rows(100), {}, set()),
        (rows(80) + rows(20, bad, 101), {}, set()),
        (rows(79) + rows(21, bad, 101), {}, {INVALID}),
        (rows(79) + rows(21, failed_line, 101), {}, {SKIPPED}),
        (rows(79) + rows(21, unlabelled_line, 101), {}, {SKIPPED}),
        (rows(79) + rows(21, line, 101), {}, {SKIPPED}),
        (rows(79) + rows(21), {}, {SKIPPED}),
        (rows(60) + rows(20, bad, 101) + rows(20, failed_line, 201), {}, {SKIPPED}),
        (rows(99) + rows(1, bad, 101), {"invalid_share": 0}, {INVALID}),
        (rows(10) + rows(90, bad, 101), {"invalid_share": 1}, {SKIPPED}),
    ],
    ids=["all", "a fifth is bad", "more are bad", "failed", "unlabelled", "empty", "twice", "both", "strict", "lax"],
)
def test_some_lines_may_be_left_out(
    tmp_path: Path, lines: Sequence[Json], settings: dict[str, Any], codes: set[str]
) -> None:
    done = LocalProject(tmp_path, **{"invalid_share": 0.2, **settings}).put(lines)
    assert results(done).keys() & {INVALID, SKIPPED} == codes
    assert done.stops == (INVALID in codes)


def test_the_reasons_are_listed(tmp_path: Path) -> None:
    done = LocalProject(tmp_path, invalid_share=0.1).put([*rows(7), bad(11), bad(12), failed_line(13)])
    reasons = "(2 BOX_EMPTY, 1 LABELLING_FAILED)"
    way_out = "Way out of BOX_EMPTY: Draw it anew or take it out of annotations"
    assert told(done, INVALID) == [(None, f"2 of 10 lines are invalid, more than 10% {reasons}. {way_out}")]


def test_the_reasons_of_lines_that_are_rightly_left_out_are_listed_too(tmp_path: Path) -> None:
    done = LocalProject(tmp_path).put([*rows(7), bad(11), bad(12), failed_line(13)])
    assert told(done, SKIPPED) == [(None, "3 of 10 lines are left out (2 BOX_EMPTY, 1 LABELLING_FAILED)")]


def test_the_way_out_is_that_of_most_invalid_lines(tmp_path: Path) -> None:
    lines = [*rows(2), bad(11), {}, {}, *rows(9, failed_line, 20)]
    ((_, message),) = told(LocalProject(tmp_path, invalid_share=0.1).put(lines), INVALID)
    assert message.endswith("Way out of SOURCE_REF_MISSING: " + SOURCE_REF_MISSING.fix.removesuffix("."))


def test_of_a_manifest_that_is_mostly_invalid_no_symptoms_are_told(tmp_path: Path) -> None:
    lines = [line(1, 0, class_map={"0": "cat", "1": "dog"}), *rows(9, bad, 2)]
    assert set(results(LocalProject(tmp_path, invalid_share=0.1).put(lines))) == {INVALID, "BOX_EMPTY"}


def test_older_manifests_are_not_judged_again(tmp_path: Path) -> None:
    project = LocalProject(tmp_path, invalid_share=0.2)
    assert results(project.put(rows(50, bad, 101) + rows(50), rows(10, start=300))).keys() & {INVALID, SKIPPED} == set()


@pytest.mark.parametrize(
    ("buckets", "found"),
    [
        ("a", []),
        ("ab", [(None, "there are 2 buckets: s3://a/, s3://b/")]),
        ("gfedcba", [(None, "there are 7 buckets: s3://a/, s3://b/, s3://c/, s3://d/, s3://e/")]),
    ],
)
def test_buckets_are_named(tmp_path: Path, buckets: str, found: list[tuple[None, str]]) -> None:
    lines = [line(1, 0, source_ref=f"s3://{buckets[name % len(buckets)]}/{name}") for name in range(30)]
    assert told(LocalProject(tmp_path).put(lines), "PICTURES_IN_SEVERAL_BUCKETS") == found


# ---- classes ----


@pytest.mark.parametrize(
    ("class_map", "sparse", "equal"),
    [
        ({"0": "cat", "1": "dog"}, [], []),
        ({"0": "cat", "2": "dog"}, [(None, "1 id below 2 has no name, the first is 1")], []),
        ({"3": "cat"}, [(None, "3 ids below 3 have no name, the first is 0")], []),
        ({"999999999": "cat"}, [(None, "999,999,999 ids below 999,999,999 have no name, the first is 0")], []),
        ({"0": "cat", "1": "cat", "2": "dog"}, [], [(None, "'cat' has the ids [0, 1]")]),
    ],
)
def test_ids_and_names(
    tmp_path: Path, class_map: dict[str, str], sparse: list[tuple[None, str]], equal: list[tuple[None, str]]
) -> None:
    done = LocalProject(tmp_path).put([line(name, *map(int, class_map), class_map=class_map) for name in range(30)])
    assert (told(done, "CLASS_IDS_SPARSE"), told(done, "CLASS_NAMES_EQUAL")) == (sparse, equal)


@pytest.mark.parametrize(("count", "found"), [(9, ["'rare' is shown by 9 pictures, fewer than 10"]), (10, [])])
def test_a_class_with_few_pictures(tmp_path: Path, count: int, found: list[str]) -> None:
    lines = [class_line(name, 1, class_name="rare") for name in range(count)] + rows(90, class_line, 100)
    done = LocalProject(tmp_path).put(lines)
    assert [message for _, message in told(done, "CLASS_WITH_FEW_SAMPLES")] == found


@pytest.mark.parametrize(
    ("often", "found"), [(20, []), (21, ["'class 0' has 21 objects, 'class 1' 1"])], ids=["20 times", "more"]
)
def test_a_class_much_rarer_than_another(tmp_path: Path, often: int, found: list[str]) -> None:
    lines = [line(1, *(box(0, left=left) for left in range(often))), line(2, 1)]
    done = LocalProject(tmp_path).put(lines)
    assert [message for _, message in told(done, "CLASS_IMBALANCE")] == found


@pytest.mark.parametrize(
    ("lines", "categories", "found"),
    [
        (rows(9, lambda name: line(name, 0, class_map={"0": "cat", "1": "dog"})), [], []),
        (rows(9), ["class 0", "class 1", "eel"], ["no picture shows 'eel'"]),
        (rows(9, lambda name: mask_line(name, 0, 2)), [], []),
        (rows(9, lambda name: mask_line(name, 0, 2)), ["car", "class 2"], ["no picture shows 'car'"]),
    ],
    ids=["named on lines", "named by the job", "a gap in masks", "a class that masks lack"],
)
def test_a_class_without_pictures(
    tmp_path: Path, lines: Sequence[Json], categories: list[str], found: list[str]
) -> None:
    project = LocalProject(tmp_path)
    done = project.put(project.file(lines, categories=categories))
    assert [message for _, message in told(done, "CLASS_WITHOUT_SAMPLES")] == found


# Of pictures 1 to 11, with half of them validating, 6, 7, 9 and 11 train.
TRAINING, VALIDATING = (6, 7, 9, 11), (1, 2, 3, 4, 5, 8, 10)


@pytest.mark.parametrize(
    ("rare", "code", "message"),
    [
        ((6, 7), "VALIDATION_LACKS_CLASS", "of 2 pictures with 'rare' none validates"),
        ((1, 2, 3), "TRAINING_LACKS_CLASS", "of 3 pictures with 'rare' none is trained on"),
        ((6, 1), None, ""),
    ],
)
def test_a_class_that_is_on_one_side_only(tmp_path: Path, rare: Sequence[int], code: str | None, message: str) -> None:
    lines = [line(name, 1, class_map={"1": "rare"}) if name in rare else line(name, 0) for name in range(1, 12)]
    done = LocalProject(tmp_path, validation_share=0.5).put(lines)
    codes = ("VALIDATION_LACKS_CLASS", "TRAINING_LACKS_CLASS")
    assert {each: told(done, each) for each in codes} == {
        each: [(None, message)] if each == code else [] for each in codes
    }


# ---- pictures and hyperparameters ----


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([line(1, 0)], "1 of 1 line is usable; 2 pictures are the least"),
        ([line(1, 0), line(1, 1)], "1 of 2 lines are usable; 2 pictures are the least"),
        ([class_list_line(1, 0), class_list_line(2)], "1 of 2 lines are usable; 2 pictures are the least"),
        ([line(1), failed_line(2)], "0 of 2 lines are usable; 2 pictures are the least"),
    ],
)
def test_two_pictures_are_the_least(tmp_path: Path, lines: Sequence[Json], found: str) -> None:
    done = LocalProject(tmp_path).put(lines)
    assert told(done, "NOT_ENOUGH_PICTURES") == [(None, found)]
    assert done.stops


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (TRAINING, [(None, "validation has none of 4 pictures")]),
        (VALIDATING, [(None, "training has none of 7 pictures")]),
        (TRAINING + VALIDATING, []),
    ],
    ids=["all train", "all validate", "either"],
)
def test_a_side_without_pictures(tmp_path: Path, names: Sequence[int], found: list[tuple[None, str]]) -> None:
    done = LocalProject(tmp_path, validation_share=0.5).put([line(name, 0) for name in names])
    assert told(done, "SPLIT_SIDE_EMPTY") == found
    assert not done.stops


@pytest.mark.parametrize(
    ("make", "hyperparameters", "code"),
    [
        (line, {"mini_batch_size": 10}, "BATCH_LARGER_THAN_SAMPLES"),
        (line, {"label_width": 5}, "LABEL_WIDTH_TOO_SMALL"),
        (lambda name, _: class_line(name, 0), {}, "TOO_FEW_CLASSES"),
        (lambda name, _: mask_line(name, 0), {}, "TOO_FEW_CLASSES"),
        (lambda name, _: mask_line(name, 0, 254), {}, "TOO_MANY_CLASSES"),
    ],
)
def test_hyperparameters_that_do_not_fit_stop_the_run(
    tmp_path: Path, make: Any, hyperparameters: dict[str, int], code: str
) -> None:
    done = LocalProject(tmp_path, hyperparameters=hyperparameters).put([make(name, 0) for name in range(9)])
    assert len(told(done, code)) == 1
    assert done.stops


def test_hyperparameters_that_there_are_not_are_the_owner_s_mistake(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="unknown hyperparameter 'epoch'"):
        LocalProject(tmp_path, hyperparameters={"epoch": 3}).put(rows(9))

"""Which line speaks for a picture, in one manifest or several, and what they make together."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from labelloop.checks import Check
from labelloop.checks.pictures import PICTURE_MISSING, PICTURE_SIZE_DIFFERS
from labelloop.merging import InspectedFiles
from labelloop.report import ClassReport
from labelloop.run import present
from labelloop.survey import Split

from tests.unit.factories import (
    Json,
    box,
    class_line,
    class_list_line,
    failed_line,
    label_pair,
    line,
    mask,
    mask_line,
    picture,
    unlabelled_line,
)
from tests.unit.local_project import LocalProject, kept, told

OLD, NEW = "2026-01-01T00:00:00", "2026-01-02T00:00:00"
REST = [line(name, 0, 1, 2) for name in range(90, 96)]


@pytest.fixture
def project(tmp_path: Path) -> LocalProject:
    return LocalProject(tmp_path)


def dated(day: str, *boxes: Json | int, name: object = 1, **options: Any) -> Json:
    return line(name, *boxes, metadata={"creation-date": day}, **options)


# ---- one manifest ----

NEWER, LATER = "line {} has a newer label", "line {} has the same date and stands later"
WITHIN: dict[str, tuple[list[Json], int | None, list[tuple[int, str]]]] = {
    "the newer one last": ([dated(OLD, 0), dated(NEW, 1)], 2, [(1, NEWER.format(2))]),
    "the newer one first": ([dated(NEW, 0), dated(OLD, 1)], 1, [(2, NEWER.format(1))]),
    "at the same time": ([dated(OLD, 0), dated(OLD, 1)], 2, [(1, LATER.format(2))]),
    "at the same time, in other words": ([dated(OLD, 0), dated(f"{OLD}Z", 1)], 2, [(1, LATER.format(2))]),
    "one of no time": ([dated(OLD, 0), dated("", 1)], 1, [(2, NEWER.format(1))]),
    "one of no time that can be read": ([dated(OLD, 0), dated("yesterday", 1)], 1, [(2, NEWER.format(1))]),
    "the same": ([dated(OLD, 0), dated(OLD, 0)], 2, [(1, LATER.format(2))]),
    "three": ([dated(OLD, 0), dated(NEW, 1), dated(OLD, 2)], 2, [(1, NEWER.format(2)), (3, NEWER.format(2))]),
    "later nothing was there": ([dated(OLD, 0), dated(NEW)], None, [(1, NEWER.format(2))]),
    "once nothing was there": ([dated(OLD), dated(NEW, 0)], 2, [(1, NEWER.format(2))]),
    "later it failed": ([dated(OLD, 0), failed_line(1)], 1, []),
    "another line without a label": ([dated(OLD, 0), unlabelled_line(1)], 1, []),
    "another line that is invalid": ([dated(OLD, 0), dated(NEW, box(0, width=0))], 1, []),
    "a newer one of a class without a name": ([dated(OLD, 0), dated(NEW, 9, class_map={})], 1, []),
}


@pytest.mark.parametrize(("lines", "number", "found"), WITHIN.values(), ids=WITHIN)
def test_the_newest_line_of_a_manifest_speaks_for_a_picture(
    project: LocalProject, lines: list[Json], number: int | None, found: list[tuple[int, str]]
) -> None:
    done = project.put([*lines, *REST])
    assert kept(done).get(picture(1)) == (None if number is None else (0, number))
    assert told(done, "DUPLICATE_SOURCE_REF") == [(at, f"{message}: {picture(1)}") for at, message in found]


def test_a_label_that_was_found_bad_later_goes(project: LocalProject) -> None:
    verdict = label_pair("check", "label-verification", class_name="bad", creation_date=NEW)
    done = project.put([dated(OLD, 0), dated(OLD, 0) | verdict, *REST])
    assert picture(1) not in kept(done)


# ---- several manifests ----

CAT = {"0": "cat", "1": "dog", "2": "cow"}
DOG = {"0": "dog", "1": "cat", "2": "cow"}
BETWEEN: dict[str, tuple[Json, Json, int | None, str, str]] = {
    "the newer one last": (dated(OLD, 0), dated(NEW, 1), 1, "LABEL_REPLACED", "it replaces line 1 of {first}"),
    "the newer one first": (dated(NEW, 0), dated(OLD, 1), 0, "LABEL_REPLACED", "line 1 of {first} is newer"),
    "later nothing was there": (dated(OLD, 0), dated(NEW), None, "LABEL_REPLACED", "it replaces line 1 of {first}"),
    "once nothing was there": (dated(NEW), dated(OLD, 0), None, "LABEL_REPLACED", "line 1 of {first} is newer"),
    "one of no time last": (
        dated(OLD, 0),
        dated("", 1),
        0,
        "LABEL_REPLACED",
        "line 1 of {first} is newer; the label left out has no creation-date that can be read",
    ),
    "they say the same": (dated(OLD, 0, class_map=CAT), dated(NEW, 1, class_map=DOG), 1, "", ""),
    "they say another thing by the same id": (
        dated(OLD, 0, class_map=CAT),
        dated(NEW, 0, class_map=DOG),
        1,
        "LABEL_REPLACED",
        "it replaces line 1 of {first}",
    ),
}


def and_others(each: Json) -> list[Json]:
    """A manifest whose lines name all classes."""
    named = each["shapes-metadata"]["class-map"]
    named = named if len(named) > 1 else CAT
    first = each | {"shapes-metadata": each["shapes-metadata"] | {"class-map": named}}
    return [first, *(line(name, 0, 1, 2, class_map=named) for name in range(90, 96))]


@pytest.mark.parametrize(("first", "second", "taken", "code", "message"), BETWEEN.values(), ids=BETWEEN)
def test_the_newest_label_of_a_project_speaks_for_a_picture(
    project: LocalProject, first: Json, second: Json, taken: int | None, code: str, message: str
) -> None:
    files = [project.file(and_others(each)) for each in (first, second)]
    done = project.put(*files)
    assert kept(done).get(picture(1)) == (None if taken is None else (taken, 1))
    found = [entry for each in ("LABEL_REPLACED", "LABELS_CONFLICT") for entry in told(done, each) if entry[0] == 1]
    assert found == ([(1, message.format(first=files[0].manifest.uri))] if code else [])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (dated(OLD, box(0)), dated(OLD, box(0, left=11))),
        (dated(OLD, box(0), class_map=CAT), dated(OLD, box(0), class_map=DOG)),
        (dated(OLD, box(0)), dated(OLD)),
        (dated("", box(0)), dated("no date", box(1))),
    ],
    ids=["another box", "another class", "nothing", "at no time"],
)
def test_of_labels_that_contradict_each_other_at_the_same_time_none_is_taken(
    project: LocalProject, one: Json, other: Json
) -> None:
    manifests = [project.file(and_others(each)) for each in (one, other)]
    for first, second in (manifests, manifests[::-1]):
        done = project.put(first, second)
        assert picture(1) not in kept(done)
        message = f"line 1 of {first.manifest.uri} labels {picture(1)} differently, at the same time"
        assert told(done, "LABELS_CONFLICT")[0] == (1, message)


def test_objects_in_another_order_are_the_same_label(project: LocalProject) -> None:
    one, other = (dated(OLD, *boxes) for boxes in ((box(0), box(1, left=11)), (box(1, left=11), box(0))))
    done = project.put(project.file(and_others(one)), project.file(and_others(other)))
    assert picture(1) in kept(done)
    assert told(done, "LABELS_CONFLICT") == []


def test_a_newer_label_ends_a_contradiction_and_another_old_one_does_not(project: LocalProject) -> None:
    old = [and_others(dated(OLD, box(0, left=left))) for left in (1, 2, 3)]
    newer = and_others(dated(NEW, 1))
    assert picture(1) not in kept(project.put(*old))
    for manifests in ([*old, newer], [newer, *old], [old[0], newer, *old[1:]]):
        done = project.put(*manifests)
        index, _ = kept(done)[picture(1)]
        assert manifests[index] is newer


@pytest.mark.parametrize("others", range(4))
def test_a_manifest_s_own_lines_contend_before_those_of_others(project: LocalProject, others: int) -> None:
    """Else the order of manifests would decide: a contradicted line has another beside it."""
    twice = [dated(OLD, box(0, left=1)), dated(OLD, box(0, left=2)), *REST]
    other = [dated(OLD, box(0, left=3)), *REST[:others]]
    assert picture(1) not in {**kept(project.put(twice, other)), **kept(project.put(other, twice))}


@pytest.mark.parametrize(
    ("make", "other"),
    [
        (lambda name, uri: class_line(name, 0), lambda name, uri: class_line(name, "0")),
        (lambda name, uri: class_list_line(name, 0, 1), lambda name, uri: class_list_line(name, 0, 1, human="yes")),
        (lambda name, uri: mask_line(name, 0, 1), lambda name, uri: mask_line(name, 0, 1) | {"streets-ref": mask(uri)}),
    ],
    ids=["class", "class list", "mask"],
)
def test_labels_are_compared_by_what_they_say(
    project: LocalProject, make: Callable[..., Json], other: Callable[..., Json]
) -> None:
    done = project.put([make(name, name) for name in range(9)], [other(name, name) for name in range(8, 12)])
    assert told(done, "LABELS_CONFLICT") == told(done, "LABEL_REPLACED") == []
    assert len(kept(done)) == 12


def test_what_older_manifests_said_to_each_other_is_not_told_again(project: LocalProject) -> None:
    done = project.put(and_others(dated(OLD, 0)), and_others(dated(NEW, 1)), [line(5, 0, class_map=CAT)])
    assert told(done, "LABEL_REPLACED") == []
    assert kept(done)[picture(1)] == (1, 1)


def test_a_manifest_that_is_put_again_counts_once(project: LocalProject) -> None:
    file = project.file(REST)
    assert len(project.put(file, file).sources) == 1


# ---- other reasons ----


def test_lines_of_classes_without_a_name_are_left_out(project: LocalProject) -> None:
    done = project.put([dated(OLD, 0), line(2, box(0), box(7), class_map={"0": "class 0"}), *REST])
    assert picture(2) not in kept(done)
    assert told(done, "CLASS_NOT_IN_MAP") == [(2, "class 7 has no name")]
    assert done.findings.results()[0].findings[0].pointer == "/shapes/annotations/1/class_id"
    assert present(done.report).left_out == {"CLASS_NOT_IN_MAP": 1}


def test_of_earlier_manifests_they_are_left_out_too(project: LocalProject) -> None:
    done = project.put([*REST, line(2, 7, class_map={})], [line(3, 0)])
    assert set(kept(done)) == {picture(name) for name in (*range(90, 96), 3)}
    assert told(done, "CLASS_NOT_IN_MAP") == []


def test_refused_lines_are_left_out_of_their_manifest_alone(project: LocalProject) -> None:
    """So that a label can be drawn anew, and a mask painted anew."""
    old: dict[int, Check] = {1: PICTURE_SIZE_DIFFERS, 2: PICTURE_SIZE_DIFFERS}
    new: dict[int, Check] = {2: PICTURE_MISSING}
    done = project.put(
        [dated(OLD, 0), line(2, 0), *REST],
        [dated(NEW, 0), line(77)],
        inspect=lambda *_: (InspectedFiles(old), InspectedFiles(new)),
    )
    assert kept(done)[picture(1)] == (1, 1)
    assert picture(2) not in kept(done)
    assert present(done.report).left_out == {"NO_OBJECTS": 1, "PICTURE_SIZE_DIFFERS": 2}


# ---- the report ----


def test_the_report_of_what_manifests_make_together(tmp_path: Path) -> None:
    first = [line(1, 0, 1, class_map=CAT), line(6, 0, class_map=CAT), line(7, 2, class_map=CAT), failed_line(4)]
    second = [
        dated(NEW, 1, 1, 1, name=6, class_map=DOG, attribute="boxes"),
        line(5, 0, class_map=DOG, attribute="boxes"),
    ]
    report = present(LocalProject(tmp_path, validation_share=0.5).put(first, second).report)
    assert [Split(0.5).validates(picture(name)) for name in (1, 5, 6, 7)] == [True, True, False, False]
    assert report.classes == (
        ClassReport(0, "cat", 4, 1, 1),
        ClassReport(1, "dog", 2, 0, 2),
        ClassReport(2, "cow", 1, 1, 0),
    )
    assert (report.lines, report.left_out) == (6, {"LABELLING_FAILED": 1, "LABEL_REPLACED": 1})
    assert (report.train_samples, report.validation_samples) == (2, 2)
    assert (report.max_objects, report.validation_share) == (3, 0.5)
    assert report.label_attribute == "boxes"
    assert (report.task, report.algorithm, report.dataset) == ("object-detection", "object-detection", "")


@pytest.mark.parametrize("share", [0.000001, 0.999999])
def test_a_side_without_pictures_has_one_that_stands_in(tmp_path: Path, share: float) -> None:
    report = present(LocalProject(tmp_path, validation_share=share).put(REST).report)
    assert sorted((report.train_samples, report.validation_samples)) == [1, 6]

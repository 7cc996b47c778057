"""What would become of a manifest: its file, its labels, its task, all checks together."""

import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest
from labelloop.checks import labels
from labelloop.errors import InvalidSettings
from labelloop.findings import Findings
from labelloop.preflight import Preflight, read_source
from labelloop.settings import Settings
from labelloop.tasks import Task

from tests.unit.factories import (
    Json,
    adjusted_pair,
    class_line,
    failed_line,
    label_pair,
    line,
    manifest_text,
    mask_line,
    unlabelled_line,
)
from tests.unit.local_project import LocalProject, kept, results, told

LINES = [line(name, 0, 1) for name in range(30)]
BEGINNING = 200  # lines that are looked at to find the label attribute


@pytest.fixture
def project(tmp_path: Path) -> LocalProject:
    return LocalProject(tmp_path)


# ---- the file ----

NOT_LINES: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "MANIFEST_EMPTY", "it has 0 bytes"),
    "gzip": (gzip.compress(manifest_text(LINES)), "MANIFEST_NOT_JSON_LINES", "it is gzip: decompress it"),
    "prose": (b"Pictures of dogs.\n", "MANIFEST_NOT_JSON_LINES", "no line is a JSON object"),
}


@pytest.mark.parametrize(("body", "code", "message"), NOT_LINES.values(), ids=NOT_LINES)
def test_files_that_are_no_manifest(project: LocalProject, body: bytes, code: str, message: str) -> None:
    done = project.put(body)
    assert told(done, code) == [(None, message)]
    assert list(results(done)) == [code]
    assert done.stops


def test_lines_may_begin_late(project: LocalProject) -> None:
    assert len(kept(project.put(b"\n" * 300_000 + manifest_text(LINES)))) == 30


@pytest.mark.parametrize(
    ("text", "line_number", "message"),
    [
        (manifest_text(LINES, end="\r\n"), 1, r"30 of 30 lines end with \r\n"),
        (manifest_text(LINES) + b"\r\n" + manifest_text(LINES[:1], end="\r\n"), 31, r"2 of 32 lines end with \r\n"),
    ],
)
def test_line_ends_are_told_once(project: LocalProject, text: bytes, line_number: int, message: str) -> None:
    assert told(project.put(text), "CARRIAGE_RETURNS") == [(line_number, message)]


# ---- which labels ----


@pytest.mark.parametrize("before", [unlabelled_line(99), failed_line(99), unlabelled_line(99) | {"photo-metadata": {}}])
@pytest.mark.parametrize("wanted", [None, "shapes"])
def test_labels_may_begin_late(project: LocalProject, before: Json, wanted: str | None) -> None:
    """A labeling job that was stopped writes the lines that it did not come to, too."""
    done = project.put(project.file([before] * 3 * BEGINNING + LINES, wanted))
    assert len(kept(done)) == 30


def test_labels_that_come_late_make_a_difference_too(project: LocalProject) -> None:
    """Adjusted ones, verdicts, and those of another job."""
    begun = [line(name, 0) for name in range(BEGINNING + 50)]
    for more, attribute in (
        (line(999, 1) | adjusted_pair("new"), "new"),
        (line(999, 1) | label_pair("check", "label-verification"), "shapes"),
    ):
        (source,) = project.put([*begun, more]).sources
        assert source.attribute.name == attribute
        assert (source.attribute.originals, source.attribute.verdicts) != ((), ())
    assert list(results(project.put([*begun, line(999, 0, attribute="other")]))) == ["LABEL_ATTRIBUTE_AMBIGUOUS"]


def test_lines_of_attributes_that_could_be_meant_are_all_counted(project: LocalProject) -> None:
    first = [line(name, 0) for name in range(BEGINNING + 50)]
    second = [line(name, 0, attribute="other") for name in range(1000, 1300)]
    apart = "; no line has more than one, so as manifests of their own all would be used"
    message = f"there are labels under 'other' (300 lines), 'shapes' (250 lines){apart}"
    for lines in ([*first, *second], [*second, *first]):
        assert told(project.put(lines), "LABEL_ATTRIBUTE_AMBIGUOUS") == [(None, message)]


def test_labels_that_are_adjusted_late_are_adjusted(project: LocalProject) -> None:
    """Though neither attribute was in the beginning."""
    begun = [line(name, 0) | label_pair("new", "object-detection") for name in range(BEGINNING + 50)]
    (source,) = project.put([*begun, line(999, 1) | adjusted_pair("new")]).sources
    assert (source.attribute.name, source.attribute.originals) == ("new", ("shapes",))


@pytest.mark.parametrize("boxes", [1, 2, 150, 250])
@pytest.mark.parametrize("others", [1, 2, 150, 250])
@pytest.mark.parametrize("boxes_first", [True, False])
def test_the_type_of_most_labels_is_the_task(project: LocalProject, boxes: int, others: int, boxes_first: bool) -> None:
    """However the lines are ordered; of as many each, the first."""
    first = [line(name, 0, attribute="a") for name in range(boxes)]
    second = [class_line(name, 0, attribute="a") for name in range(1000, 1000 + others)]
    done = project.put([*first, *second] if boxes_first else [*second, *first])
    is_boxes = boxes > others or (boxes == others and boxes_first)
    assert done.sources[0].attribute.task is (Task.OBJECT_DETECTION if is_boxes else Task.IMAGE_CLASSIFICATION)
    assert results(done)["LABEL_TYPE_DIFFERS"].count == (others if is_boxes else boxes)


@pytest.mark.parametrize(("name", "found"), [("my_boxes", [(None, "it is called 'my_boxes'")]), ("my-boxes", [])])
def test_unusual_names_are_told(project: LocalProject, name: str, found: list[tuple[None, str]]) -> None:
    done = project.put([line(number, 0, attribute=name) for number in range(9)])
    assert told(done, labels.LABEL_ATTRIBUTE_NAME_UNUSUAL.code) == found


def test_adjusted_labels_are_told(project: LocalProject) -> None:
    done = project.put([each | adjusted_pair("new") for each in LINES])
    assert told(done, "ADJUSTED_LABELS") == [(None, "'new': it adjusts 'shapes'")]


# ---- together ----


def test_a_good_manifest(project: LocalProject) -> None:
    done = project.put(LINES)
    assert (results(done), done.stops, len(kept(done))) == ({}, False, 30)


def test_of_another_task_than_the_project_s_nothing_is_taken(project: LocalProject) -> None:
    boxes = project.file(LINES)
    done = project.put(boxes, [mask_line(name, 0, 1) for name in range(9)])
    where = f"as in {boxes.manifest.uri} (sources/{boxes.id}/)"
    message = f"they are for semantic-segmentation, the project's for object-detection, {where}"
    assert told(done, "TASK_DIFFERS") == [(None, message)]
    assert (done.stops, done.sources, done.report) == (True, (), None)


def test_what_lines_have_is_told_also_where_their_task_is_another(project: LocalProject) -> None:
    done = project.put(LINES, [class_line(name, 0) for name in range(9)] + [class_line(9, "dog")])
    assert set(results(done)) == {"TASK_DIFFERS", "LABEL_MALFORMED"}


def test_manifests_of_other_attributes_are_laid_aside_where_one_is_asked_for(tmp_path: Path) -> None:
    """Of other tasks too; without label_attribute in project.json all are merged."""
    others = [line(name, 0, attribute="frames") for name in range(40, 50)]
    again = [line(name, 1) for name in range(50, 60)]
    project = LocalProject(tmp_path, label_attribute="shapes")
    files = [project.file(others), project.file([mask_line(name, 0, 1) for name in range(9)]), project.file(again)]
    done = project.put(*files, LINES)
    found = zip(files, ("frames", "streets-ref"), strict=False)
    assert told(done, "MANIFESTS_LAID_ASIDE") == [(None, f"{each.manifest.uri} has {name!r}") for each, name in found]
    assert [source.file.id for source in done.sources] == [files[2].id, project.file(LINES).id]
    assert len(kept(done)) == 40
    merged = LocalProject(tmp_path).put(others, LINES)
    assert (told(merged, "MANIFESTS_LAID_ASIDE"), len(kept(merged))) == ([], 40)


def test_an_algorithm_for_another_task_is_the_owner_s_mistake(tmp_path: Path) -> None:
    message = "image-classification does image-classification; the labels are for object-detection"
    with pytest.raises(InvalidSettings, match=message):
        LocalProject(tmp_path, algorithm="image-classification").put(LINES)


@pytest.mark.parametrize(
    ("lines", "message", "line_number"),
    [
        ([], r"^The manifest has no lines: it has 0 bytes\. Put the labeling job's output manifest", None),
        (
            [line(1, 0), line(2, 0, class_map={"0": "dog"}), line(3, 0)],
            r"^manifest line 2: class 0 is called 'dog' here, 'class 0' elsewhere\. Correct the names",
            2,
        ),
        (
            [line(1, 0), line(2, 0, class_map={"0": "dog"}), {}, {}, {}],
            r"^manifest line 2: .* elsewhere; 1 more check stops the run\. Correct the names",
            2,
        ),
    ],
    ids=["one", "one on a line", "two"],
)
def test_why_a_run_stops_is_said_in_a_sentence(
    tmp_path: Path, lines: Sequence[Json], message: str, line_number: int | None
) -> None:
    done = LocalProject(tmp_path, invalid_share=0).put(lines)
    assert done.stops
    with pytest.raises(type(done.refusal()), match=message) as refused:
        raise done.refusal()
    assert refused.value.line == line_number


# ---- sources ----


def test_a_manifest_is_known_by_its_content_however_it_is_read(project: LocalProject, tmp_path: Path) -> None:
    file = project.file(LINES)
    again = [project.file(LINES, "shapes"), project.file(LINES, categories=["cat", "dog"])]
    (tmp_path / "elsewhere").mkdir()
    elsewhere = LocalProject(tmp_path / "elsewhere").file(LINES)
    assert {each.id for each in (*again, elsewhere)} == {file.id}
    assert project.file(LINES[1:]).id != file.id


def test_a_source_is_read_with_its_job_s_categories(project: LocalProject) -> None:
    source = read_source(project.file(LINES, categories=["class 0", "class 1", "eel"]), Settings(), Findings())
    assert source.survey.class_names == {0: "class 0", 1: "class 1", 2: "eel"}


def test_nothing_found_is_nothing_that_stops() -> None:
    """But for a manifest of which nothing is known, there is nothing to train on."""
    assert Preflight(Findings()).stops

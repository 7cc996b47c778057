"""What all samples of a manifest have in common."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.checks import labels, lines
from labelloop.findings import Findings
from labelloop.label_attribute import LabelAttribute
from labelloop.labels import Label
from labelloop.labels.boxes import BoxLabel
from labelloop.labels.classes import ClassLabel
from labelloop.labels.masks import MaskLabel
from labelloop.sample_reader import SampleReader
from labelloop.samples import LeftOut
from labelloop.survey import Side, Split, Survey, place_of, places_taken_twice
from labelloop.tasks import Task

from tests.unit.factories import Json, box, class_line, failed_line, line, manifest_text, mask_line, picture

Kind = tuple[LabelAttribute, type[Label]]
SHAPES: Kind = (LabelAttribute("shapes", Task.OBJECT_DETECTION, ""), BoxLabel)
SPECIES: Kind = (LabelAttribute("species", Task.IMAGE_CLASSIFICATION, ""), ClassLabel)
STREETS: Kind = (LabelAttribute("streets-ref", Task.SEMANTIC_SEGMENTATION, ""), MaskLabel)


def surveyed(
    folder: Path, entries: Sequence[Json], kind: Kind = SHAPES, *, categories: Sequence[str] = (), share: float = 0.2
) -> tuple[Survey, Findings]:
    (attribute, label_type), findings = kind, Findings()
    (folder / "m").write_bytes(manifest_text(entries))
    survey = Survey(label_type, categories, Split(share), findings)
    survey.add(SampleReader(folder / "m", attribute, label_type, Findings()))
    return survey, findings


# ---- the split ----


@pytest.mark.parametrize(
    ("text", "place"), [("", 0x2D06800538D394C2), ("a", 0xE6C632B61E964E1F), ("abc", 0x78AF5F94892F3950)]
)
def test_the_place_of_a_picture_is_xxh3_of_its_uri(text: str, place: int) -> None:
    """Known values of 64 bits and seed 0. Were it another hash, pictures of all projects would change sides."""
    assert place_of(text) == place


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_takes_no_picture_away(uri: str, one: float, other: float) -> None:
    least, most = sorted((one, other))
    assert Split(least).validates(uri) <= Split(most).validates(uri)


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.999])
def test_the_share_is_about_the_share(share: float) -> None:
    validating = sum(Split(share).validates(picture(number)) for number in range(5000))
    assert abs(validating - 5000 * share) < 100


# ---- sides ----

IDS = st.lists(st.integers(0, 9), max_size=4)


@given(st.lists(st.tuples(IDS, st.booleans())))
def test_a_side_counts_what_was_not_withdrawn(samples: list[tuple[list[int], bool]]) -> None:
    side, kept = Side(), [ids for ids, is_withdrawn in samples if not is_withdrawn]
    for ids, _ in samples:
        side.count(ids)
    for ids, is_withdrawn in samples:
        if is_withdrawn:
            side.withdraw(ids)
    assert side.samples == len(kept)
    assert +side.objects == Counter(class_id for ids in kept for class_id in ids)
    assert +side.pictures == Counter(class_id for ids in kept for class_id in set(ids))


def test_a_side_counts_many_at_a_time() -> None:
    one, other = Side(), Side()
    for _ in range(1000):
        one.count([0, 0, 1])
        other.count([1])
    one.update(other)
    assert (one.samples, one.objects, one.pictures) == (2000, {0: 2000, 1: 2000}, {0: 1000, 1: 2000})


# ---- surveys ----


def test_counts_of_a_manifest(tmp_path: Path) -> None:
    entries = [line("a", 0, 0, 5), failed_line("b"), line("c", 5), line("d"), line("e", box(0, width=0)), line("a", 5)]
    survey, _ = surveyed(tmp_path, entries, share=0.5)
    sides = (survey.training, survey.validation)
    assert sum(side.samples for side in sides) == 3
    assert sum((side.objects for side in sides), Counter()) == {0: 2, 5: 3}
    assert sum((side.pictures for side in sides), Counter()) == {0: 1, 5: 3}
    assert (survey.lines, survey.max_objects, survey.max_objects_line) == (6, 3, 1)
    assert {check.code: count for check, count in survey.left_out.items()} == {
        "LABELLING_FAILED": 1,
        "NO_OBJECTS": 1,
        "BOX_EMPTY": 1,
    }
    assert set(survey.class_ids) == {0, 5}
    assert survey.class_names == {0: "class 0", 5: "class 5"}


def test_each_picture_is_counted_on_its_side(tmp_path: Path) -> None:
    names = range(20)
    survey, _ = surveyed(tmp_path, [line(name, 0) for name in names], share=0.5)
    validating = {name for name in names if Split(0.5).validates(picture(name))}
    assert (survey.validation.samples, survey.training.samples) == (len(validating), 20 - len(validating))
    assert all((survey.side(picture(name)) is survey.validation) == (name in validating) for name in names)


def test_a_class_whose_pictures_are_all_withdrawn_is_none(tmp_path: Path) -> None:
    survey, _ = surveyed(tmp_path, [line(1, 0), line(2, 5)])
    survey.side(picture(2)).withdraw([5])
    assert set(survey.class_ids) == {0}


@pytest.mark.parametrize(
    ("uris", "buckets"),
    [
        (["s3://a/1", "s3://a/2"], {"s3://a/"}),
        (["s3://a/1", "s3://b/2", "s3://a/3"], {"s3://a/", "s3://b/"}),
        (["s3://a/1", "s3://ab/2"], {"s3://a/", "s3://ab/"}),
        ([], set()),
    ],
)
def test_the_buckets_of_pictures(tmp_path: Path, uris: list[str], buckets: set[str]) -> None:
    survey, _ = surveyed(tmp_path, [line(1, 0, source_ref=uri) for uri in uris])
    assert survey.buckets == buckets


# ---- class names ----


@pytest.mark.parametrize(
    ("kind", "entries", "categories", "names"),
    [
        (SHAPES, [line(1, 2)], ["cat", "cow", "class 2"], {0: "cat", 1: "cow", 2: "class 2"}),
        (SPECIES, [class_line(1, 1, class_name=None)], ["cat", "cow"], {0: "cat", 1: "cow"}),
        (SPECIES, [class_line(1, 1, class_name=None)], [], {}),
        (STREETS, [mask_line(1, 0, 1)], ["class 1"], {0: "BACKGROUND", 1: "class 1"}),
        (STREETS, [mask_line(1, 4), mask_line(2, 2)], [], {2: "class 2", 4: "class 4"}),
    ],
)
def test_class_names_are_those_of_lines_and_of_the_labeling_job(
    tmp_path: Path, kind: Kind, entries: list[Json], categories: list[str], names: dict[int, str]
) -> None:
    survey, findings = surveyed(tmp_path, entries, kind, categories=categories)
    assert survey.class_names == names
    assert findings.results() == ()


@pytest.mark.parametrize(
    ("kind", "entries", "categories", "message", "pointer"),
    [
        (
            SHAPES,
            [line(1, 0), line(2, 0, class_map={"0": "dog"})],
            [],
            "class 0 is called 'dog' here, 'class 0' elsewhere",
            "/shapes-metadata/class-map/0",
        ),
        (
            SPECIES,
            [class_line(1, 0), class_line(2, "0", class_name="dog")],
            [],
            "class 0 is called 'dog' here, 'class 0' elsewhere",
            "/species-metadata/class-name",
        ),
        (
            STREETS,
            [mask_line(1, 0), mask_line(2, names={0: "road"})],
            ["road"],
            "class 0 is called 'road' here, 'BACKGROUND' elsewhere",
            "/streets-ref-metadata/internal-color-map/0/class-name",
        ),
    ],
    ids=["boxes", "classes", "masks"],
)
def test_a_class_with_two_names_is_found(
    tmp_path: Path, kind: Kind, entries: list[Json], categories: list[str], message: str, pointer: str
) -> None:
    _, findings = surveyed(tmp_path, entries, kind, categories=categories)
    (result,) = findings.results()
    assert result.code == "CLASS_MAP_CONTRADICTS"
    (found,) = result.findings
    assert (found.line, found.message, found.pointer) == (2, message, pointer)


def test_more_class_maps_than_are_remembered(tmp_path: Path) -> None:
    """One that was forgotten is only looked at again."""
    entries = [line(number, number % 5000) for number in range(10_000)]
    survey, findings = surveyed(tmp_path, entries)
    assert survey.class_names == {number: f"class {number}" for number in range(5000)}
    assert findings.results() == ()


# ---- pictures that come twice ----


@given(names=st.lists(st.integers(0, 30), max_size=30), cut=st.integers(0, 30))
def test_pictures_with_more_than_one_line_are_known(names: list[int], cut: int) -> None:
    """In one manifest or in two; a line that says not to train on its picture is one too, others are not."""
    surveys = [Survey(BoxLabel, (), Split(0.2), Findings()) for _ in range(2)]
    for survey, some in zip(surveys, (names[:cut], names[cut:]), strict=True):
        survey.add(LeftOut(7, labels.NO_OBJECTS, picture(name), withdraws=True) for name in some)
        survey.add([LeftOut(8, lines.INVALID_JSON_LINE)] * 2)
    twice = {place_of(picture(name)) for name, count in Counter(names).items() if count > 1}
    assert places_taken_twice(surveys) == twice


# ---- parts ----


@given(cuts=st.tuples(st.integers(0, 12), st.integers(0, 12)))
def test_parts_that_were_surveyed_by_themselves_make_the_whole(
    tmp_path_factory: pytest.TempPathFactory, cuts: tuple[int, int]
) -> None:
    folder, (first, second) = tmp_path_factory.getbasetemp(), sorted(cuts)
    entries = [line(number % 9, *range(number % 4), number) for number in range(10)] + [failed_line(3), line(1)]
    whole, _ = surveyed(folder, entries)
    parts = [surveyed(folder, some)[0] for some in (entries[:first], entries[first:second], entries[second:])]
    joined, *others = parts
    for other in others:
        joined.update(other)
    assert facts(joined) == facts(whole)


def facts(survey: Survey) -> tuple[object, ...]:
    """All but where the most objects are: parts here do not know where they begin."""
    sides = [(side.samples, side.objects, side.pictures) for side in (survey.training, survey.validation)]
    places = [sorted(part) for part in survey.places]
    rest = (survey.lines, survey.max_objects, survey.class_names, survey.left_out, survey.buckets)
    return sides, places, rest


def test_a_class_that_another_part_calls_otherwise_is_found(tmp_path: Path) -> None:
    one, findings = surveyed(tmp_path, [line(1, 0)])
    other, _ = surveyed(tmp_path, [line(2, 5), line(3, 0, class_map={"0": "dog"})])
    one.update(other)
    (result,) = findings.results()
    assert (result.code, result.findings[0].line) == ("CLASS_MAP_CONTRADICTS", 2)

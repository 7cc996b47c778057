"""The labels that are trained on, among all that a manifest has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.checks import Check
from labelloop.errors import ManifestRefused
from labelloop.label_attribute import AttributesSeen, LabelAttribute
from labelloop.tasks import Task

from tests.unit.factories import Json, adjusted_pair, failed_line, label_pair, line, read_line, unlabelled_line

OF_MASKS = {"type": "groundtruth/semantic-segmentation"}
FAILED = {"failure-reason": "ClientError"}


def seen_on(*lines: Json) -> AttributesSeen:
    seen = AttributesSeen()
    for each in lines:
        seen.note(read_line(each))
    return seen


BOXES = line(1, 0, attribute="bb")
VERIFIED = label_pair("verify-bb", "label-verification")
MASK = label_pair("streets-ref", "semantic-segmentation")
SHORT_MASK = {"streets-ref": "s3://b/mask.png", "streets-metadata": OF_MASKS}


# ---- which is found ----


FOUND: dict[str, tuple[list[Json], str | None, str, Task]] = {
    "boxes": ([BOXES], None, "bb", Task.OBJECT_DETECTION),
    "masks": ([MASK], None, "streets-ref", Task.SEMANTIC_SEGMENTATION),
    "classes": ([label_pair("species", "image-classification")], None, "species", Task.IMAGE_CLASSIFICATION),
    "wanted boxes": ([BOXES | MASK], "bb", "bb", Task.OBJECT_DETECTION),
    "wanted masks": ([BOXES | MASK], "streets-ref", "streets-ref", Task.SEMANTIC_SEGMENTATION),
    "verified boxes": ([BOXES | VERIFIED], None, "bb", Task.OBJECT_DETECTION),
    "masks with short metadata": ([SHORT_MASK], None, "streets-ref", Task.SEMANTIC_SEGMENTATION),
    "wanted masks with short metadata": ([SHORT_MASK], "streets-ref", "streets-ref", Task.SEMANTIC_SEGMENTATION),
    "masks with either metadata": (
        [SHORT_MASK, MASK, SHORT_MASK | MASK],
        None,
        "streets-ref",
        Task.SEMANTIC_SEGMENTATION,
    ),
    "failed masks with short metadata": (
        [{"streets-metadata": OF_MASKS | FAILED}, {"streets-metadata": FAILED}, SHORT_MASK],
        None,
        "streets-ref",
        Task.SEMANTIC_SEGMENTATION,
    ),
    "failed masks": ([failed_line(attribute="streets-ref"), MASK], None, "streets-ref", Task.SEMANTIC_SEGMENTATION),
    # VerificationSemanticSegmentation: its attribute must not end in -ref, though one page of AWS shows it so.
    "verified masks": ([MASK | VERIFIED], None, "streets-ref", Task.SEMANTIC_SEGMENTATION),
    "verified masks under -ref": (
        [MASK | label_pair("verify-ref", "label-verification")],
        None,
        "streets-ref",
        Task.SEMANTIC_SEGMENTATION,
    ),
    "masks verified under their name without -ref": (
        [MASK | label_pair("streets", "label-verification")],
        None,
        "streets-ref",
        Task.SEMANTIC_SEGMENTATION,
    ),
    "begins late": ([unlabelled_line(), failed_line(attribute="bb"), BOXES], None, "bb", Task.OBJECT_DETECTION),
    "others' metadata": (
        [BOXES | {"photo-metadata": "May", "lens-metadata": {"type": 50}, "a-metadata": None, "b-metadata": {}}],
        None,
        "bb",
        Task.OBJECT_DETECTION,
    ),
    "two types, most are boxes": (
        [label_pair("bb", "image-classification"), BOXES, BOXES],
        None,
        "bb",
        Task.OBJECT_DETECTION,
    ),
    "two types, one of them for no algorithm": (
        [label_pair("bb", "video-object-detection"), BOXES],
        None,
        "bb",
        Task.OBJECT_DETECTION,
    ),
}


@pytest.mark.parametrize(("lines", "wanted", "name", "task"), FOUND.values(), ids=FOUND)
def test_the_attribute_to_train_on_is_found(lines: list[Json], wanted: str | None, name: str, task: Task) -> None:
    found = seen_on(*lines).choose(wanted)
    assert (found.name, found.task, found.originals) == (name, task, ())


@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        (None, "the only attribute whose metadata has a type to train on"),
        ("bb", "named by the labeling job or project.json"),
    ],
)
def test_the_rule_by_which_it_was_found_is_kept(wanted: str | None, rule: str) -> None:
    assert seen_on(BOXES).choose(wanted) == LabelAttribute("bb", Task.OBJECT_DETECTION, rule)


AGAIN = label_pair("again", "label-verification")


@pytest.mark.parametrize(
    ("lines", "wanted", "verdicts", "unclear"),
    [
        ([BOXES | VERIFIED, BOXES | AGAIN], None, ("again", "verify-bb"), ()),
        ([BOXES | VERIFIED, BOXES | AGAIN], "bb", ("again", "verify-bb"), ()),
        ([BOXES | adjusted_pair("bb2") | VERIFIED], None, ("verify-bb",), ()),
        ([BOXES | MASK | VERIFIED], "bb", (), ("verify-bb",)),
        ([BOXES | adjusted_pair("bb2") | VERIFIED | AGAIN], "bb2", (), ("again", "verify-bb")),
        ([BOXES | MASK], "bb", (), ()),
    ],
    ids=["of the only labels", "of the wanted ones", "of the adjusted ones", "of which", "of which, twice", "none"],
)
def test_verdicts_are_about_the_labels_where_there_are_no_others(
    lines: list[Json], wanted: str | None, verdicts: tuple[str, ...], unclear: tuple[str, ...]
) -> None:
    found = seen_on(*lines).choose(wanted)
    assert (found.verdicts, found.unclear) == (verdicts, unclear)


# ---- adjusted labels ----


ADJUSTED: dict[str, tuple[list[Json], str | None, str, tuple[str, ...]]] = {
    "adjusted": ([BOXES | adjusted_pair("bb2")], None, "bb2", ("bb",)),
    "on some lines": ([BOXES, BOXES | adjusted_pair("bb2")], None, "bb2", ("bb",)),
    "twice": ([BOXES | adjusted_pair("a", "2026-01-03") | adjusted_pair("z")], None, "a", ("z", "bb")),
    "twice, the original is not there": ([adjusted_pair("a", "2026-01-03") | adjusted_pair("z")], None, "a", ("z",)),
    "twice, by clocks of two zones": (
        [adjusted_pair("a", "2026-01-02T09:00:00Z") | adjusted_pair("z", "2026-01-02T10:00:00+02:00")],
        None,
        "a",
        ("z",),
    ),
    "twice, once at no time that can be read": (
        [adjusted_pair("a") | adjusted_pair("z", "yesterday")],
        None,
        "a",
        ("z",),
    ),
    "twice at the same time": ([adjusted_pair("a") | adjusted_pair("z")], None, "z", ("a",)),
    "the original is not there": ([adjusted_pair("bb2")], None, "bb2", ()),
    "the original is wanted": ([BOXES | adjusted_pair("bb2")], "bb", "bb", ()),
    "the adjusted one is wanted": ([BOXES | adjusted_pair("bb2")], "bb2", "bb2", ()),
}


@pytest.mark.parametrize(("lines", "wanted", "name", "originals"), ADJUSTED.values(), ids=ADJUSTED)
def test_adjusted_labels_go_before_their_originals(
    lines: list[Json], wanted: str | None, name: str, originals: tuple[str, ...]
) -> None:
    found = seen_on(*lines).choose(wanted)
    assert (found.name, found.originals) == (name, originals)


def test_the_rule_names_the_originals() -> None:
    assert seen_on(BOXES | adjusted_pair("bb2")).choose(None).rule == "it adjusts 'bb'"


# ---- names ----


@pytest.mark.parametrize(
    ("name", "is_usual"),
    [
        ("bb", True),
        ("a-b--c9", True),
        ("x" * 127, True),
        ("x" * 128, False),
        ("bb_2", False),
        ("bb.2", False),
        ("-bb", False),
        ("bb-", False),
        ("größe", False),
    ],
)
def test_labeling_jobs_write_to_attributes_of_certain_names(name: str, is_usual: bool) -> None:
    assert LabelAttribute(name, Task.OBJECT_DETECTION, "").is_usual is is_usual


# ---- more lines ----


@pytest.mark.parametrize(
    ("lines", "wanted", "there"),
    [
        ([unlabelled_line(), failed_line(attribute="bb"), VERIFIED], None, False),
        ([BOXES], None, True),
        ([BOXES], "bb", True),
        ([BOXES], "cats", False),
        ([failed_line(attribute="bb")], "bb", False),
    ],
)
def test_whether_there_are_labels(lines: list[Json], wanted: str | None, there: bool) -> None:
    assert seen_on(*lines).has_labels(wanted) is there


SOME = st.lists(
    st.sampled_from([BOXES, BOXES | adjusted_pair("bb2"), BOXES | VERIFIED, label_pair("bb", "image-classification")]),
    max_size=4,
)


def outcome(seen: AttributesSeen) -> LabelAttribute | Check:
    try:
        return seen.choose(None)
    except ManifestRefused as refusal:
        return refusal.check


@given(first=SOME, more=SOME)
def test_what_others_saw_on_other_lines_is_added(first: list[Json], more: list[Json]) -> None:
    seen = seen_on(*first)
    seen.update(seen_on(*more))
    assert outcome(seen) == outcome(seen_on(*first, *more))


@given(first=SOME, more=SOME)
def test_what_is_heard_again_changes_nothing(first: list[Json], more: list[Json]) -> None:
    """A reading hears the lines of the beginning once more."""
    seen, others = seen_on(*first), seen_on(*first, *more)
    once = seen.heard(others)
    assert outcome(once) == outcome(others) == outcome(once.heard(others)) == outcome(once.heard(seen))

"""What becomes of one line: a sample, or the check by which it is left out."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from labelloop.checks import Check, labels, lines
from labelloop.errors import ManifestRefused
from labelloop.label_attribute import LabelAttribute
from labelloop.labels.boxes import BoxLabel
from labelloop.manifest import Pointer
from labelloop.samples import LeftOut, Sample, sample_of
from labelloop.tasks import Task

from tests.unit.factories import Json, box, failed_line, label_pair, line, picture, read_line

BOXES = LabelAttribute("shapes", Task.OBJECT_DETECTION, "the only one")
CREATED = "2018-10-18T22:18:13.527256"  # as the lines say
LABEL, METADATA = line(1, 0)["shapes"], line(1, 0)["shapes-metadata"]
Noted = tuple[Check, Pointer]


def judged(values: Json, attribute: LabelAttribute = BOXES) -> tuple[Sample | LeftOut | ManifestRefused, list[Noted]]:
    """What becomes of the line, and what is noted."""
    noted: list[Noted] = []

    def note(check: Check, message: str, pointer: Pointer = (), value: Any = msgspec.UNSET) -> None:
        assert message
        noted.append((check, pointer))

    try:
        return sample_of(read_line(values), attribute, BoxLabel, note), noted
    except ManifestRefused as refusal:
        return refusal, noted


def test_a_usable_line_is_a_sample() -> None:
    found, noted = judged(line("a", box("5"), box(0)))
    assert isinstance(found, Sample)
    assert (found.number, found.source_ref, found.attribute, found.created) == (7, picture("a"), "shapes", CREATED)
    assert list(found.label.class_ids) == [5, 0]
    assert msgspec.json.decode(found.class_map) == {"5": "class 5", "0": "class 0"}
    assert noted == []


REFUSED: dict[str, tuple[Json, Check, Pointer]] = {
    "no picture": ({"shapes": LABEL, "shapes-metadata": METADATA}, lines.SOURCE_REF_MISSING, ("source-ref",)),
    "a picture inline": (line(1, 0, source="iVBOR") | {"source-ref": None}, lines.SOURCE_REF_MISSING, ("source-ref",)),
    "an empty URI": (line(1, 0, source_ref=""), lines.SOURCE_REF_MISSING, ("source-ref",)),
    "an address": (line(1, 0, source_ref="https://b/k"), lines.SOURCE_REF_INVALID, ("source-ref",)),
    "a bucket": (line(1, 0, source_ref="s3://b/"), lines.SOURCE_REF_INVALID, ("source-ref",)),
    "two pictures": (line(1, 0, source_ref=["s3://b/k"]), lines.SOURCE_REF_INVALID, ("source-ref",)),
    "nothing": ({"source-ref": picture(1)}, labels.NOT_LABELLED, ()),
    "another label": (line(1, 0, attribute="cats"), labels.NOT_LABELLED, ()),
    "null": (line(1, 0) | {"shapes": None, "shapes-metadata": None}, labels.NOT_LABELLED, ()),
    "metadata of null": (line(1, 0) | {"shapes-metadata": None}, labels.METADATA_MISSING, ("shapes",)),
    "failed": (failed_line(), labels.LABELLING_FAILED, ("shapes-metadata", "failure-reason")),
    "failed, with a label": (
        line(1, 0, metadata={"failure-reason": "ClientError"}),
        labels.LABELLING_FAILED,
        ("shapes-metadata", "failure-reason"),
    ),
    "no label": (
        {"source-ref": picture(1), "shapes-metadata": METADATA},
        labels.LABEL_MISSING,
        ("shapes-metadata",),
    ),
    "a label of null": (line(1, 0) | {"shapes": None}, labels.LABEL_MISSING, ("shapes-metadata",)),
    "no metadata": ({"source-ref": picture(1), "shapes": LABEL}, labels.METADATA_MISSING, ("shapes",)),
    "a label of another type": (
        line(1, 0, metadata={"type": "groundtruth/image-classification"}),
        labels.LABEL_TYPE_DIFFERS,
        ("shapes-metadata", "type"),
    ),
    "a label of another form": (line(1) | {"shapes": []}, labels.LABEL_MALFORMED, ("shapes",)),
    "a class without an id": (
        line(1, 0, class_map={"dog": "dog"}),
        labels.METADATA_MALFORMED,
        ("shapes-metadata", "class-map", "dog"),
    ),
}


@pytest.mark.parametrize(("values", "check", "pointer"), REFUSED.values(), ids=REFUSED)
def test_why_a_line_is_left_out(values: Json, check: Check, pointer: Pointer) -> None:
    found, _ = judged(values)
    assert isinstance(found, ManifestRefused)
    assert (found.check, found.pointer) == (check, pointer)


def test_of_a_picture_inline_the_refusal_says_so() -> None:
    found, _ = judged({"source": "iVBOR"})
    assert isinstance(found, ManifestRefused)
    assert found.what == "there is no 'source-ref'; it has its data inline, under 'source'"


def test_a_label_without_a_type_is_taken_for_the_others() -> None:
    found, noted = judged(line(1, 0, metadata={"type": None}))
    assert isinstance(found, Sample)
    assert noted == [(labels.LABEL_TYPE_MISSING, ("shapes-metadata", "type"))]


def test_a_picture_of_nothing_is_not_trained_on_whatever_older_labels_say() -> None:
    found, noted = judged(line("a"))
    assert found == LeftOut(7, labels.NO_OBJECTS, picture("a"), CREATED, withdraws=True)
    assert noted == [(labels.NO_OBJECTS, ("shapes",))]


# ---- adjusted labels ----

ADJUSTED = LabelAttribute("new", Task.OBJECT_DETECTION, "it adjusts the others", originals=("newer", "old"))


def labelled(attribute: str, class_id: int, **metadata: Any) -> Json:
    return line(1, class_id, attribute=attribute, metadata={key.replace("_", "-"): metadata[key] for key in metadata})


@pytest.mark.parametrize(
    ("parts", "attribute", "class_ids"),
    [
        ([labelled("old", 0), labelled("newer", 1), labelled("new", 2)], "new", [2]),
        ([labelled("old", 0), labelled("newer", 1)], "newer", [1]),
        ([labelled("old", 0)], "old", [0]),
        ([labelled("old", 0), failed_line(attribute="new")], "old", [0]),
        ([labelled("old", 0), {"new-metadata": {"adjustment-status": "unadjusted"}}], "old", [0]),
        ([labelled("old", 0), labelled("new", 2), {"new": None}], "old", [0]),
        ([labelled("old", 0), {"new": 1}], "old", [0]),
        ([{"old-metadata": {"type": 7}}, labelled("new", 2)], "new", [2]),
    ],
    ids=[
        "all",
        "adjusted once",
        "not adjusted",
        "failed",
        "metadata alone",
        "a label of null",
        "a label alone",
        "an original of another form",
    ],
)
def test_the_newest_label_of_a_line_is_taken(parts: Sequence[Json], attribute: str, class_ids: list[int]) -> None:
    values: Json = {}
    for part in parts:
        values |= part
    found, _ = judged(values, ADJUSTED)
    assert isinstance(found, Sample)
    assert (found.attribute, list(found.label.class_ids)) == (attribute, class_ids)


@pytest.mark.parametrize(
    ("values", "check"),
    [
        ({"source-ref": picture(1)}, labels.NOT_LABELLED),
        (failed_line(attribute="new") | {"old-metadata": {}}, labels.LABELLING_FAILED),
        (failed_line(attribute="old"), labels.LABELLING_FAILED),
        ({"source-ref": picture(1), "newer-metadata": {}}, labels.LABEL_MISSING),
        ({"source-ref": picture(1), "old": LABEL}, labels.METADATA_MISSING),
    ],
)
def test_why_no_label_of_a_line_can_be_taken(values: Json, check: Check) -> None:
    found, _ = judged(values, ADJUSTED)
    assert isinstance(found, ManifestRefused)
    assert found.check is check


# ---- verdicts ----

VERIFIED = LabelAttribute("new", Task.OBJECT_DETECTION, "", originals=("old",), verdicts=("check", "recheck"))
OLDER, NEWER = "2018-01-01T00:00:00", "2019-01-01T00:00:00"


def verdict(name: str, says: str | None = "bad", day: str | None = NEWER, kind: str = "label-verification") -> Json:
    return label_pair(name, kind, class_name=says, creation_date=day)


@pytest.mark.parametrize(
    "verdicts",
    [
        verdict("check"),
        verdict("recheck"),
        verdict("check", "Bad"),
        verdict("check", "REJECTED"),
        verdict("check", day=CREATED),
        verdict("check", day="2018-10-19T00:00:00+01:00"),
        verdict("check", day=None),
        verdict("check", "good") | verdict("recheck"),
    ],
    ids=["bad", "bad at last", "Bad", "REJECTED", "at the same time", "elsewhere", "at no time", "good, then bad"],
)
def test_a_label_that_was_found_bad_is_not_trained_on(verdicts: Json) -> None:
    found, noted = judged(labelled("old", 0) | verdicts, VERIFIED)
    assert found == LeftOut(7, labels.LABEL_REJECTED, picture(1), CREATED, withdraws=True)
    ((check, pointer),) = noted
    assert check is labels.LABEL_REJECTED
    assert pointer in (("check-metadata", "class-name"), ("recheck-metadata", "class-name"))


@pytest.mark.parametrize(
    "others",
    [
        {},
        verdict("check", "good"),
        verdict("check", "two cars"),
        verdict("check", day=OLDER),
        verdict("check", day="2018-10-19T00:00:00+02:00"),
        verdict("check", kind="image-classification"),
        verdict("check", None),
        {"check-metadata": {"type": "groundtruth/label-verification", "failure-reason": "ClientError"}},
        verdict("check") | labelled("new", 1, creation_date="2020-01-01T00:00:00"),
        verdict("other"),
    ],
    ids=[
        "no verdict",
        "good",
        "unknown",
        "of an older label",
        "of an older label, elsewhere",
        "no verdict's type",
        "says nothing",
        "failed",
        "of the original",
        "another attribute's",
    ],
)
def test_other_verdicts_leave_a_label_as_it_is(others: Json) -> None:
    found, noted = judged(labelled("old", 0) | others, VERIFIED)
    assert isinstance(found, Sample)
    assert noted == []


def test_an_adjusted_label_can_be_found_bad_too() -> None:
    found, _ = judged(labelled("old", 0) | labelled("new", 1) | verdict("check"), VERIFIED)
    assert isinstance(found, LeftOut)

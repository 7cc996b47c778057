from itertools import count

import pytest
from labelloop.checks.pictures import NEAR_DUPLICATES_ACROSS_SPLIT, SAME_PICTURE_ACROSS_SPLIT
from labelloop.findings import Finding, Findings
from labelloop.picture_checks.inspection import Inspection
from labelloop.picture_checks.near_duplicates import thumbnail
from labelloop.picture_checks.sample import LabelledPicture
from labelloop.picture_checks.split_leakage import check_split

from tests.unit.picture_files import encoded, landscape, opened

LINES = count(1)


def seen(
    name: str, content: bytes, look: int | None = None, *, validates: bool = False, quality: int = 90
) -> Inspection:
    """A picture with this content, and with the look of a landscape where it was decoded."""
    picture = LabelledPicture(next(LINES), f"s3://b/{name}.jpg", None, validates)
    image = None if look is None else opened(encoded(landscape(look), "JPEG", quality=quality))
    return Inspection(picture, (), content, thumbnail=None if image is None else thumbnail(image, 1))


def told(*inspections: Inspection) -> dict[str, tuple[Finding, ...]]:
    findings = Findings()
    check_split(inspections, findings)
    return {result.code: result.findings for result in findings.results()}


def test_a_copy_under_another_name_is_told_with_the_first_that_is_trained_on() -> None:
    trained, again, other = seen("a", b"1"), seen("b", b"1"), seen("c", b"2")
    copy, new = seen("d", b"1", validates=True), seen("e", b"3", validates=True)
    first = trained.picture
    message = f"It begins as, and is as long as, s3://b/a.jpg on line {first.line}."
    finding = Finding(message, copy.picture.line, "/source-ref", "", copy.picture.uri)
    assert told(trained, again, other, copy, new) == {SAME_PICTURE_ACROSS_SPLIT.code: (finding,)}


def test_a_picture_that_looks_like_another_is_told() -> None:
    trained, alike = seen("a", b"1", 1), seen("b", b"2", 1, validates=True, quality=40)
    (finding,) = told(trained, alike)[NEAR_DUPLICATES_ACROSS_SPLIT.code]
    said, _, correlation = finding.message.rpartition(" by ")
    assert said == f"It looks like s3://b/a.jpg on line {trained.picture.line}: their thumbnails correlate"
    assert 0.98 <= float(correlation.removesuffix(".")) <= 1
    assert (finding.line, finding.pointer, finding.uri) == (alike.picture.line, "/source-ref", "s3://b/b.jpg")


def test_a_copy_is_told_once() -> None:
    assert set(told(seen("a", b"1", 1), seen("b", b"1", 1, validates=True))) == {SAME_PICTURE_ACROSS_SPLIT.code}


@pytest.mark.parametrize("validates", [False, True])
def test_copies_on_one_side_are_not_told(validates: bool) -> None:
    assert told(seen("a", b"1", 1, validates=validates), seen("b", b"1", 1, validates=validates)) == {}


def test_what_was_no_picture_is_no_copy() -> None:
    assert told(seen("a", b""), seen("b", b"", validates=True)) == {}

"""The pictures of a manifest, looked at in S3."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from labelloop.aws import naming_errors
from labelloop.checks.pictures import (
    NEAR_DUPLICATES_ACROSS_SPLIT,
    NO_SMALL_VALIDATION_PICTURE,
    PICTURE_DAMAGED,
    PICTURE_EMPTY,
    PICTURE_EXTENSION,
    PICTURE_MISSING,
    PICTURE_NOT_JPEG_OR_PNG,
    PICTURE_NOT_READABLE,
    PICTURE_ROTATED_BY_EXIF,
    PICTURE_SIZE_DIFFERS,
    PICTURE_TOO_LARGE,
    PICTURES_IN_OTHER_REGION,
    PICTURES_NOT_ALL_DECODED,
    PICTURES_SAMPLED,
    SAME_PICTURE_ACROSS_SPLIT,
    TOO_MANY_UNUSABLE_PICTURES,
)
from labelloop.endpoint import BODY_LIMIT
from labelloop.errors import ObjectNotReadable, ServiceUnavailable
from labelloop.findings import Finding, Findings
from labelloop.picture_checks import check_pictures, check_regions
from labelloop.picture_checks.inspection import START_SIZE
from labelloop.picture_checks.sample import LabelledPicture, PictureSample
from labelloop.store import Objects, Store

from tests.unit.factories import BUCKET, REGION
from tests.unit.memory import MEGABYTE, peak_memory
from tests.unit.picture_files import encoded, landscape, noise, oriented
from tests.unit.shelf import Shelf
from tests.unit.stubs import Stubbed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

JPEG = encoded(landscape(), "JPEG")
LARGE = encoded(noise(600, 400), "JPEG", quality=95)
SIZE = (320, 240)


def uri(name: str, bucket: str = BUCKET) -> str:
    return f"s3://{bucket}/{name}"


def sampled(*pictures: LabelledPicture, limit: int = 100) -> PictureSample:
    sample = PictureSample(limit)
    for picture in pictures:
        sample.add(picture)
    return sample


def named(*names: str, size: tuple[int, int] | None = None, validates: str = "", limit: int = 100) -> PictureSample:
    """A line for each name; those of `validates` are on the validation side."""
    lines = enumerate(names, 1)
    return sampled(*(LabelledPicture(n, uri(name), size, name in validates.split()) for n, name in lines), limit=limit)


def check(sample: PictureSample, objects: Objects, **settings: Any) -> tuple[dict[int, str], dict[str, Any]]:
    """The codes by which lines are left out, and all findings by code."""
    findings = Findings()
    failed = check_pictures(sample, objects, findings, label_attribute="boxes", **settings)
    return {line: failure.code for line, failure in failed.items()}, by_code(findings)


def by_code(findings: Findings) -> dict[str, Any]:
    return {result.code: result.findings for result in findings.results()}


def put(s3: "S3Client", **objects: bytes) -> None:
    for name, body in objects.items():
        s3.put_object(Bucket=BUCKET, Key=name, Body=body)


@pytest.fixture
def gets(s3: "S3Client") -> Iterator[list[tuple[str, str, int]]]:
    """Key, range and length of each GET so far."""
    seen: list[tuple[str, str, int]] = []
    asked: list[tuple[str, str]] = []

    def ask(params: dict[str, Any], **_: Any) -> None:
        asked.append((params["Key"], params.get("Range", "")))

    def answer(parsed: dict[str, Any], **_: Any) -> None:
        seen.append((*asked.pop(), parsed.get("ContentLength", 0)))

    events: Any = s3.meta.events
    events.register("before-parameter-build.s3.GetObject", ask)
    events.register("after-call.s3.GetObject", answer)
    yield seen
    events.unregister("before-parameter-build.s3.GetObject", ask)
    events.unregister("after-call.s3.GetObject", answer)


def test_good_pictures_are_no_matter(s3: "S3Client", store: Store) -> None:
    put(s3, a=JPEG, b=encoded(landscape(1), "PNG"))
    assert check(named("a", "b", size=SIZE, validates="b"), store) == ({}, {})


def test_a_manifest_without_usable_lines_has_no_pictures(store: Store) -> None:
    assert check(sampled(), store) == ({}, {})


def test_each_problem_has_its_code_and_leaves_its_line_out(s3: "S3Client", store: Store) -> None:
    put(s3, good=JPEG, empty=b"", gif=encoded(landscape(), "GIF"), cut=LARGE[: len(LARGE) // 2])
    put(s3, turned=oriented(landscape(0, 240, 320), 6), small=encoded(landscape(0, 32, 24), "JPEG"))
    names = ("gone", "good", "empty", "gif", "cut", "turned", "small")
    failed, found = check(named(*names, size=SIZE), store)
    assert failed == {
        1: PICTURE_MISSING.code,
        3: PICTURE_EMPTY.code,
        4: PICTURE_NOT_JPEG_OR_PNG.code,
        5: PICTURE_SIZE_DIFFERS.code,
        6: PICTURE_ROTATED_BY_EXIF.code,
        7: PICTURE_SIZE_DIFFERS.code,
    }
    assert set(found) == {*failed.values(), PICTURE_DAMAGED.code}
    assert found[PICTURE_MISSING.code] == (
        Finding(f"{uri('gone')} does not exist.", 1, "/source-ref", "", uri("gone")),
    )
    small = Finding(
        "It has 32x24 pixels; its label says 320x240.",
        7,
        "/boxes/image_size/0",
        '{"width":320,"height":240}',
        uri("small"),
    )
    assert found[PICTURE_SIZE_DIFFERS.code][1] == small


def test_what_is_worth_knowing_leaves_no_line_out(s3: "S3Client", store: Store) -> None:
    s3.put_object(Bucket=BUCKET, Key="a.png", Body=JPEG)
    failed, found = check(named("a.png"), store)
    assert (failed, set(found)) == ({}, {PICTURE_EXTENSION.code})


def test_what_may_not_be_read_is_told_apart() -> None:
    objects = Shelf({uri("a"): ObjectNotReadable("…", public="S3 refuses it: AccessDenied: no")})
    failed, found = check(named("a"), objects)
    assert failed == {1: PICTURE_NOT_READABLE.code}
    assert found[PICTURE_NOT_READABLE.code][0].message == "S3 refuses it: AccessDenied: no."


def test_of_most_pictures_the_header_alone_is_read(
    s3: "S3Client", store: Store, gets: list[tuple[str, str, int]]
) -> None:
    assert len(LARGE) > 3 * START_SIZE
    put(s3, **{f"p{n}": LARGE + bytes(n) for n in range(20)})
    _, found = check(named(*(f"p{n}" for n in range(20)), validates="p0 p1 p2 p3 p4"), store, decoded=2, workers=1)
    assert len({key for key, *_ in gets}) == len(gets) == 20
    assert sorted(length for *_, length in gets)[:16] == [START_SIZE] * 16
    whole = [(key, length) for key, _, length in gets if length > START_SIZE]
    assert {(key, length) for key, length in whole} == {(key, len(LARGE) + int(key[1:])) for key, _ in whole}
    assert sum(key in {"p0", "p1", "p2", "p3", "p4"} for key, _ in whole) == 2
    assert len(whole) == 4
    (finding,) = found[PICTURES_NOT_ALL_DECODED.code]
    assert finding.message.startswith("4 of 20 pictures were decoded, 0 of them found damaged.")


def test_findings_come_by_line_whichever_thread_was_first(s3: "S3Client", store: Store) -> None:
    names = [f"p{n:02}" for n in range(40)]
    put(s3, **dict.fromkeys(names[::2], JPEG))
    for workers in (1, 16):
        failed, found = check(named(*names), store, decoded=5, workers=workers)
        assert [finding.line for finding in found[PICTURE_MISSING.code]] == list(range(2, 41, 2))
        assert list(failed) == list(range(2, 41, 2))


def test_a_sample_says_what_it_means_for_the_whole(s3: "S3Client", store: Store) -> None:
    names = [f"p{n:02}" for n in range(40)]
    put(s3, **dict.fromkeys(names[:35], JPEG))
    failed, found = check(named(*names, limit=10), store)
    (finding,) = found[PICTURES_SAMPLED.code]
    assert finding.message.startswith(f"10 of 40 pictures were looked at, {len(failed)} of them found unusable.")


def test_a_sample_that_is_mostly_unusable_stops_the_run(store: Store) -> None:
    names = [f"p{n}" for n in range(40)]
    _, found = check(named(*names, limit=10), store)
    assert TOO_MANY_UNUSABLE_PICTURES.code in found
    assert TOO_MANY_UNUSABLE_PICTURES.code not in check(named(*names, limit=10), store, invalid_share=0.9)[1]


TOO_LARGE = JPEG + bytes(BODY_LIMIT)


@pytest.mark.parametrize(
    ("objects", "limit", "stops"),
    [
        ({"t": JPEG, "v": TOO_LARGE, "w": TOO_LARGE}, 3, True),
        ({"t": JPEG, "v": TOO_LARGE}, 3, True),  # w is missing
        ({"t": JPEG, "v": TOO_LARGE, "w": JPEG}, 3, False),
        ({"t": JPEG, "v": TOO_LARGE, "w": TOO_LARGE}, 2, False),  # a sample may have missed a small one
        ({"t": TOO_LARGE, "v": JPEG, "w": JPEG}, 3, False),
        ({"t": TOO_LARGE}, 3, False),  # none is left to validate with: another check's matter
    ],
)
def test_without_a_small_validation_picture_no_model_is_ever_promoted(
    objects: dict[str, bytes], limit: int, stops: bool
) -> None:
    shelf = Shelf({uri(name): body for name, body in objects.items()})
    _, found = check(named("t", "v", "w", validates="v w", limit=limit), shelf)
    assert (NO_SMALL_VALIDATION_PICTURE.code in found) == stops
    assert PICTURE_TOO_LARGE.code in found


def test_copies_across_the_split_are_told(s3: "S3Client", store: Store) -> None:
    put(s3, t=JPEG, copy=JPEG, alike=encoded(landscape(), "JPEG", quality=40), other=encoded(landscape(1), "JPEG"))
    failed, found = check(named("t", "copy", "alike", "other", validates="copy alike other"), store)
    assert failed == {}
    assert {code: [finding.uri for finding in told] for code, told in found.items()} == {
        SAME_PICTURE_ACROSS_SPLIT.code: [uri("copy")],
        NEAR_DUPLICATES_ACROSS_SPLIT.code: [uri("alike")],
    }


def test_a_picture_that_is_left_out_is_nobodys_copy(s3: "S3Client", store: Store) -> None:
    put(s3, t=JPEG, copy=JPEG)
    pictures = LabelledPicture(1, uri("t"), (1, 1), False), LabelledPicture(2, uri("copy"), SIZE, True)
    assert set(check(sampled(*pictures), store)[1]) == {PICTURE_SIZE_DIFFERS.code}


@pytest.mark.parametrize(
    ("sizes", "left_out"),
    [((SIZE, SIZE), []), (((1, 1), SIZE), [1]), ((SIZE, (1, 1)), [2]), (((1, 1), (1, 1)), [1, 2])],
)
def test_of_lines_with_one_picture_those_are_left_out_whose_label_is_wrong(
    sizes: tuple[tuple[int, int], ...], left_out: list[int]
) -> None:
    lines = [LabelledPicture(line, uri("a"), size, False) for line, size in enumerate(sizes, 1)]
    assert check(sampled(*lines), Shelf({uri("a"): JPEG}))[0] == dict.fromkeys(left_out, PICTURE_SIZE_DIFFERS.code)


def test_buckets_must_be_in_the_region_of_the_job(session: boto3.Session, s3: "S3Client", store: Store) -> None:
    there = session.client("s3", region_name="eu-west-1")
    for bucket in ("europe", "ireland"):
        there.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    findings = Findings()
    check_regions({"ireland", "nowhere", BUCKET, "europe"}, store, findings, REGION, workers=2)
    assert by_code(findings) == {
        PICTURES_IN_OTHER_REGION.code: (
            Finding("Bucket europe is in eu-west-1; training runs in us-east-1.", value='"europe"', uri="s3://europe/"),
            Finding(
                "Bucket ireland is in eu-west-1; training runs in us-east-1.", value='"ireland"', uri="s3://ireland/"
            ),
        )
    }


def test_a_failing_s3_is_not_taken_for_missing_pictures(stubbed_s3: Stubbed) -> None:
    stubbed_s3.refuses("get_object", "SlowDown", status=503)
    with pytest.raises(ServiceUnavailable), naming_errors():
        check(named("a"), Store(stubbed_s3.client))


def test_a_refusal_that_is_no_pictures_own_is_raised(stubbed_s3: Stubbed) -> None:
    stubbed_s3.refuses("get_object", "InvalidAccessKeyId", status=403)
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        check(named("a"), Store(stubbed_s3.client))


def test_memory_is_that_of_the_pictures_under_way() -> None:
    names = [f"p{n:04}" for n in range(2_000)]
    shelf = Shelf(dict.fromkeys(map(uri, names), LARGE))
    sample = named(*names, limit=2_000)
    with peak_memory() as peak:
        check(sample, shelf, workers=8, decoded=100)
        assert peak() < 8 * MEGABYTE  # of more than 500 read
    assert sum(min(count, len(LARGE)) for _, count in shelf.reads) > 64 * MEGABYTE

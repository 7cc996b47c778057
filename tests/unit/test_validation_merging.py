"""The first state of a run in a project that has manifests already, or gets others meanwhile."""

from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from labelloop.errors import ManifestRefused
from labelloop.projects import ProjectFolder
from labelloop.run import present
from labelloop.sources import BYTES_LIMIT, Sources
from labelloop.stack import Stack
from labelloop.store import S3Uri, Store
from labelloop.validation import MOST_ATTEMPTS, validate_manifest

from tests.unit.factories import BUCKET, Json, line, mask, mask_line, picture
from tests.unit.local_project import LocalProject
from tests.unit.mask_files import AREAS, decoded, grey
from tests.unit.picture_files import picture as picture_file
from tests.unit.validation_bench import Bench

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FIRST = [line(number, 0) for number in range(10)]
SECOND = [line(number, 1) for number in range(20, 30)]
ALONE = {"accumulate": False}
CATEGORIES = b'{"labels": [{"label": "class 0"}, {"label": "eel"}]}'


@pytest.fixture
def bench(s3: "S3Client", stack: Stack) -> Bench:
    return Bench(s3, stack)


def pictures(*manifests: Iterable[Json]) -> set[str]:
    return {each["source-ref"] for lines in manifests for each in lines}


def test_a_manifest_adds_to_those_before_it(bench: Bench) -> None:
    bench.validate(FIRST)
    run = bench.validate(SECOND)
    assert bench.pictures(run) == pictures(FIRST, SECOND)
    assert bench.report(run).class_names == ("class 0", "class 1")
    assert len(bench.report(run).sources) == 2


def test_in_any_order_they_make_the_same_dataset(bench: Bench) -> None:
    bench.validate(FIRST)
    one = bench.validate(SECOND)
    for key in bench.written():
        bench.s3.delete_object(Bucket=BUCKET, Key=key)
    bench.validate(SECOND)
    assert bench.validate(FIRST).dataset == one.dataset


def test_the_same_manifest_again_adds_nothing(bench: Bench) -> None:
    first = bench.validate(FIRST)
    keys = bench.written()
    assert bench.validate(FIRST).dataset == first.dataset
    assert bench.written() == keys


def test_a_project_may_begin_anew_with_each_manifest(bench: Bench) -> None:
    bench.validate(FIRST)
    sources = bench.written("sources")
    assert bench.pictures(bench.validate(SECOND, ALONE)) == pictures(SECOND)
    assert bench.written("sources") == sources


def test_a_manifest_that_cannot_be_used_is_not_taken_in(bench: Bench) -> None:
    bench.validate(FIRST)
    sources = bench.written("sources")
    for unusable in (line(1, 0, class_map={}), mask_line(1, 0, 1)):
        with pytest.raises(ManifestRefused):
            bench.validate([unusable] * 9)
    assert bench.written("sources") == sources
    assert bench.pictures(bench.validate(SECOND)) == pictures(FIRST, SECOND)


@pytest.mark.parametrize("algorithm", [None, "semantic-segmentation"])
def test_a_project_has_one_task(bench: Bench, algorithm: str | None) -> None:
    """To say another algorithm is no way out; to begin anew is."""
    bench.validate(FIRST)
    masks, settings = [mask_line(number, 0, 1) for number in range(9)], {"algorithm": algorithm}
    with pytest.raises(ManifestRefused, match="they are for semantic-segmentation, the project's for object-detection"):
        bench.validate(masks, settings)
    assert bench.pictures(bench.validate(masks, settings | ALONE)) == pictures(masks)


def test_a_manifest_is_read_again_as_it_was_put(bench: Bench) -> None:
    """By the label attribute and the categories of its own labeling job, whatever the next one's are."""
    bench.s3.put_object(
        Bucket=BUCKET, Key="categories.json", Body=b'{"labels": [{"label": "class 0"}, {"label": "eel"}]}'
    )
    both = [each | line(number, 0, attribute="cats") for number, each in enumerate(FIRST)]
    bench.validate(both, label_attribute="cats", categories_uri=f"s3://{BUCKET}/categories.json")
    run = bench.validate(SECOND, label_attribute="shapes")
    assert bench.pictures(run) == pictures(FIRST, SECOND)
    assert bench.report(run).class_names == ("class 0", "class 1", "eel")


def test_masks_whose_values_change_are_painted_anew_however_few_files_are_looked_at(bench: Bench) -> None:
    """Class 1 is a car in one manifest and a road in the other."""
    for bucket in ("pictures", "masks"):
        bench.s3.create_bucket(Bucket=bucket)
    cars, roads = (
        [mask_line(number, 0, names={1: name}) for number in numbers]
        for name, numbers in (("car", range(9)), ("road", range(9, 12)))
    )
    for number in range(12):
        bench.s3.put_object(Bucket="pictures", Key=f"{number}.jpg", Body=picture_file(60, 40))
        uri = S3Uri.from_text(mask(number))
        bench.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=grey(np.where(AREAS == 1, 1, 0).astype(np.uint8)))
    bench.validate(cars)
    run = bench.validate(roads)
    assert bench.report(run).class_names == ("BACKGROUND", "car", "road")
    masks = {each["source-ref"]: each["streets-ref"] for each in bench.lines(run)}
    assert [masks[picture(number)] for number in range(9)] == [mask(number) for number in range(9)]
    (painted,) = {masks[picture(number)] for number in range(9, 12)}
    assert painted.startswith(f"s3://{BUCKET}/projects/shapes/masks/")
    body = bench.store.read(S3Uri.from_text(painted), limit=10**6)
    assert np.array_equal(decoded(body), np.where(AREAS == 1, 2, 0))


# ---- others that come meanwhile ----


@pytest.fixture
def arrives(bench: Bench, tmp_path: Path) -> Callable[[list[Json]], None]:
    """Has a project taken a manifest in, as another run would."""

    def take_in(lines: list[Json]) -> None:
        Sources(ProjectFolder(BUCKET, "shapes"), Store(bench.s3)).add(LocalProject(tmp_path).file(lines), None)

    return take_in


@pytest.mark.parametrize("listing", [0, 1, 2], ids=["while it is checked", "before it is taken in", "just after"])
def test_manifests_that_come_meanwhile_are_merged_too(
    bench: Bench, arrives: Callable[[list[Json]], None], listing: int
) -> None:
    """But for those that come after the last look: their own runs find this one's manifest."""
    arrivals = [lambda: None] * listing + [lambda: arrives(SECOND)]
    run = bench.validate_while(arrivals, FIRST)
    assert bench.pictures(run) == (pictures(FIRST, SECOND) if listing < 2 else pictures(FIRST))
    assert len(bench.written("sources")) == 4


def test_a_run_does_not_wait_for_ever_for_others(bench: Bench, arrives: Callable[[list[Json]], None]) -> None:
    numbers = count(100)
    run = bench.validate_while((lambda: arrives([line(next(numbers), 0)]) for _ in count()), FIRST)
    assert pictures(FIRST) < bench.pictures(run)
    assert len(bench.report(run).sources) >= MOST_ATTEMPTS


def test_what_comes_meanwhile_may_stop_the_run(bench: Bench, arrives: Callable[[list[Json]], None]) -> None:
    masks = [mask_line(number, 0, 1) for number in range(9)]
    with pytest.raises(ManifestRefused, match="the project's for semantic-segmentation"):
        bench.validate_while([lambda: arrives(masks)], FIRST)


# ---- limits ----


def test_a_manifest_too_large_for_the_disk_is_not_begun_with(bench: Bench) -> None:
    """S3 says how large it is; here that is as large as it likes."""
    run = bench.run(FIRST)

    def grow(parsed: Json, **_: object) -> None:
        parsed["ContentLength"] = BYTES_LIMIT + 1

    bench.s3.meta.events.register("after-call.s3.HeadObject", grow)
    try:
        with pytest.raises(ManifestRefused, match=f"round\\+1.manifest alone has {BYTES_LIMIT + 1:,}"):
            validate_manifest(run, bench.store, bench.stack)
    finally:
        bench.s3.meta.events.unregister("after-call.s3.HeadObject", grow)
    assert [result.code for result in bench.receipt().checks] == ["MANIFEST_TOO_LARGE"]


def test_a_project_has_a_limit_too(bench: Bench) -> None:
    bench.validate(FIRST)
    run = bench.run(SECOND)

    def grow(parsed: Json, context: Json, **_: object) -> None:
        if "/sources/" in str(context):
            parsed["ContentLength"] = BYTES_LIMIT

    bench.s3.meta.events.register("after-call.s3.HeadObject", grow)
    try:
        with pytest.raises(ManifestRefused, match=f"source.manifest alone has {BYTES_LIMIT:,}"):
            validate_manifest(run, bench.store, bench.stack)
    finally:
        bench.s3.meta.events.unregister("after-call.s3.HeadObject", grow)


def test_the_report_of_a_merged_dataset_names_all_manifests(bench: Bench) -> None:
    first = bench.validate(FIRST)
    second = bench.validate(SECOND)
    assert bench.report(second).sources == (first.manifest.object, second.manifest.object)
    assert present(bench.receipt().dataset).sources == bench.report(second).sources

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.picture_checks.sample import LabelledPicture, PictureSample, sample_of

from tests.unit.memory import MEGABYTE, peak_memory

URIS = st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=40)


def pictures(count: int) -> list[LabelledPicture]:
    return [LabelledPicture(number, f"s3://b/{number:06}.jpg", None, False) for number in range(1, count + 1)]


@pytest.mark.parametrize(("limit", "is_whole"), [(0, False), (1, False), (2, False), (3, True), (4, True)])
def test_all_are_kept_up_to_the_limit(limit: int, is_whole: bool) -> None:
    sample = PictureSample(limit)
    for picture in reversed(pictures(3)):
        sample.add(picture)
    assert (len(sample.pictures), sample.total, sample.is_whole) == (min(limit, 3), 3, is_whole)
    assert list(sample.pictures) == sorted(sample.pictures)


def test_a_sample_of_nothing_is_whole() -> None:
    sample = PictureSample(0)
    assert (sample.pictures, sample.total, sample.is_whole) == ((), 0, True)


@given(URIS, st.integers(0, 20), st.integers(0, 3), st.data())
def test_the_order_of_the_lines_does_not_matter(uris: list[str], limit: int, seed: int, data: st.DataObject) -> None:
    everything = [LabelledPicture(number, uri, None, False) for number, uri in enumerate(uris)]
    kept = sample_of(everything, limit, seed)
    assert sample_of(data.draw(st.permutations(everything)), limit, seed) == kept
    assert len(kept) == min(limit, len(uris))


@given(URIS, st.integers(0, 20))
def test_a_larger_sample_holds_the_smaller_one(uris: list[str], limit: int) -> None:
    everything = [LabelledPicture(number, uri, None, False) for number, uri in enumerate(uris)]
    assert set(sample_of(everything, limit, 0)) <= set(sample_of(everything, limit + 3, 0))


def test_looking_at_the_sample_in_between_changes_nothing() -> None:
    sample = PictureSample(10)
    for picture in pictures(500):
        sample.add(picture)
        assert len(sample.pictures) == min(picture.line, 10)
    assert sample.pictures == sample_of(pictures(500), 10, 0)


def test_every_part_of_the_manifest_has_its_share() -> None:
    kept = Counter(picture.line // 1001 for picture in sample_of(pictures(10_000), 2_000, 0))
    assert sorted(kept) == list(range(10))
    assert all(150 < count < 250 for count in kept.values())  # four standard deviations from 200


def test_another_seed_is_another_sample() -> None:
    one, other = (set(sample_of(pictures(1_000), 500, seed)) for seed in (0, 1))
    assert 180 < len(one & other) < 320  # as two coins would have it


def test_two_lines_with_one_picture_are_two() -> None:
    twice = [LabelledPicture(line, "s3://b/same.jpg", None, False) for line in (2, 1, 3)]
    assert [picture.line for picture in sample_of(twice, 2, 0)] == [1, 2]


def test_memory_is_that_of_the_limit() -> None:
    sample = PictureSample(1_000)
    with peak_memory() as peak:
        for number in range(100_000):
            sample.add(LabelledPicture(number, f"s3://bucket/folder/{number:09}.jpg", (640, 480), False))
        assert peak() < 2 * MEGABYTE
    assert sample.total == 100_000

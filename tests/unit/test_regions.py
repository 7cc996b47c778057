"""Regions of masks against pycocotools and SciPy: areas, boxes, run lengths, components."""

import random
import re
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from labelloop.regions import Region, connected_regions, count_runs, regions_by_class
from numpy.typing import NDArray
from pycocotools import mask as coco
from scipy import ndimage

from tests.unit.memory import peak_memory

Mask = NDArray[np.uint8]
TOUCHING = np.ones((3, 3))  # sides and corners
MASKS = arrays.arrays(
    np.uint8,
    arrays.array_shapes(min_dims=2, max_dims=2, max_side=12),
    elements=st.sampled_from([0, 1, 2, 255]),
    fill=st.nothing(),
)


def drawn(*rows: str) -> Mask:
    """Digits are class ids, dots class 0."""
    return np.array([[0 if mark == "." else int(mark) for mark in row] for row in rows], np.uint8)


def pixels(region: Region) -> NDArray[np.bool_]:
    decoded: NDArray[np.uint8] = coco.decode(region.rle())
    return decoded.astype(bool)


def encoded(region: NDArray[Any]) -> dict[str, Any]:
    rle = coco.encode(np.asfortranarray(region, np.uint8))
    return {"size": rle["size"], "counts": rle["counts"].decode()}


def components(mask: Mask) -> Counter[tuple[int, str]]:
    """Class and run lengths of each, by SciPy and pycocotools."""
    found: Counter[tuple[int, str]] = Counter()
    for class_id in np.unique(mask):
        labelled, count = ndimage.label(mask == class_id, TOUCHING)
        found.update((int(class_id), encoded(labelled == one)["counts"]) for one in range(1, count + 1))
    return found


RING = drawn(
    ".....",
    ".111.",
    ".121.",
    ".111.",
    ".....",
)


def test_a_region_says_its_class_area_box_and_runs() -> None:
    ground, ring, inside = regions_by_class(RING)
    assert (ground.class_id, ground.area, ground.bbox, ground.runs) == (0, 16, (0, 0, 5, 5), 8)
    assert (ring.class_id, ring.area, ring.bbox, ring.runs) == (1, 8, (1, 1, 3, 3), 4)
    assert (inside.class_id, inside.area, inside.bbox, inside.runs) == (2, 1, (2, 2, 1, 1), 1)
    assert inside.rle() == {"size": [5, 5], "counts": encoded(RING == 2)["counts"]}


@given(MASKS)
def test_regions_by_class_are_what_pycocotools_says(mask: Mask) -> None:
    regions = regions_by_class(mask)
    assert [region.class_id for region in regions] == np.unique(mask).tolist()
    for region in regions:
        of_class = mask == region.class_id
        assert region.rle() == encoded(of_class)
        assert np.array_equal(pixels(region), of_class)
        assert region.area == of_class.sum() == coco.area(region.rle())
        assert list(region.bbox) == coco.toBbox(region.rle()).tolist()


@given(MASKS)
def test_connected_regions_are_scipys_components(mask: Mask) -> None:
    regions = connected_regions(mask)
    assert Counter((region.class_id, region.rle()["counts"]) for region in regions) == components(mask)
    for region in regions:
        assert region.area == pixels(region).sum()
        assert list(region.bbox) == coco.toBbox(region.rle()).tolist()


@given(MASKS)
def test_connected_regions_are_in_the_order_of_classes_and_of_first_pixels_down_the_columns(mask: Mask) -> None:
    regions = connected_regions(mask)
    order = [(region.class_id, int(pixels(region).ravel(order="F").argmax())) for region in regions]
    assert order == sorted(order)
    assert sum(region.area for region in regions) == mask.size


@pytest.mark.parametrize(
    ("mask", "count"),
    [
        (drawn("1.", ".1"), 1),
        (drawn(".1", "1."), 1),
        (drawn("1..", "..1"), 2),
        (drawn("1.1", "1.1", "111"), 1),
        (drawn("1.1", "...", "1.1"), 4),
        (drawn("1.1", "1.1"), 2),  # the bottom of one column and the top of the next do not touch
        (drawn(".1", "..", "1."), 2),
        (drawn("12", "21"), 1),
        (drawn("1"), 1),
        (drawn("1.1.1"), 3),
        (drawn("1", ".", "1"), 2),
    ],
)
def test_pixels_touch_at_sides_and_corners(mask: Mask, count: int) -> None:
    assert sum(region.class_id == 1 for region in connected_regions(mask)) == count


def spiral(side: int) -> Mask:
    """One path that winds inwards, a pixel wide, a pixel between its turns."""
    mask = np.zeros((side, side), np.uint8)
    y, x, step_y, step_x = 0, 0, 0, 1
    length, turns = side - 1, 0
    mask[0, 0] = 1
    while length > 0:
        for _ in range(length):
            y, x = y + step_y, x + step_x
            mask[y, x] = 1
        step_y, step_x = step_x, -step_y
        turns += 1
        length -= 2 * (turns > 2 and turns % 2 == 1)
    return mask


ROWS, COLUMNS = np.mgrid[:300, :400]
NOISE = np.random.default_rng(11)


def comb(side: int) -> NDArray[np.uint8]:
    """Every second row is a tooth of one piece whose back is the first column."""
    mask = np.zeros((side, side), np.uint8)
    mask[::2] = 1
    mask[:, 0] = 1
    return mask


WORST = {
    "one class": ROWS * 0,
    "checkerboard": (ROWS + COLUMNS) % 2,
    "dots": ROWS % 2 & COLUMNS % 2,
    "noise of 2 classes": NOISE.integers(0, 2, ROWS.shape),
    "noise of 256 classes": NOISE.integers(0, 256, ROWS.shape),
    "rare noise": NOISE.random(ROWS.shape) < 0.4,
    "comb, teeth across": ROWS % 2 | (COLUMNS == 0),
    "comb, teeth down": COLUMNS % 2 | (ROWS == 0),
    "stripes aslant": (ROWS + 2 * COLUMNS) // 3 % 3,
    "snake": COLUMNS % 2 | (ROWS == 299 * (COLUMNS // 2 % 2)),
    "spiral": spiral(301),
    "spiral on its side": np.ascontiguousarray(spiral(301).T[::-1]),
    "comb with teeth to the right": comb(301),
    "comb with teeth to the left": comb(301)[:, ::-1],
}


@pytest.mark.parametrize("worst", WORST.values(), ids=WORST)
def test_the_worst_masks_have_as_many_components_as_scipy_finds(worst: NDArray[Any]) -> None:
    mask = worst.astype(np.uint8)
    expected = {int(one): ndimage.label(mask == one, TOUCHING)[1] for one in np.unique(mask)}
    regions = connected_regions(mask)
    assert Counter(region.class_id for region in regions) == expected
    for region in random.Random(1).sample(regions, min(20, len(regions))):
        labelled, _ = ndimage.label(mask == region.class_id, TOUCHING)
        assert np.array_equal(pixels(region), labelled == labelled[pixels(region)][0])


def test_the_spiral_is_one_path() -> None:
    mask = spiral(301)
    assert ndimage.label(mask, ndimage.generate_binary_structure(2, 1))[1] == 1
    assert ndimage.label(mask == 0, ndimage.generate_binary_structure(2, 1))[1] == 1
    assert mask.mean() == pytest.approx(0.5, abs=0.01)


def test_the_worst_takes_a_bounded_number_of_bytes_for_each_pixel() -> None:
    """Where every pixel is a region of its own."""
    mask = (np.arange(90_000) % 255).astype(np.uint8).reshape(300, 300)
    with peak_memory() as peak:
        assert len(connected_regions(mask)) == mask.size
    assert peak() < 1000 * mask.size


@pytest.mark.parametrize("shape", [(0, 0), (0, 7), (7, 0)])
def test_a_mask_without_pixels_has_no_regions(shape: tuple[int, int]) -> None:
    mask = np.zeros(shape, np.uint8)
    assert list(regions_by_class(mask)) == list(connected_regions(mask)) == []


@pytest.mark.parametrize("turn", [np.asfortranarray, np.fliplr, np.transpose, lambda mask: mask[::2, 1::3]])
def test_masks_are_read_however_they_lie_in_memory(turn: Any) -> None:
    mask = turn(NOISE.integers(0, 3, (50, 60), dtype=np.uint8))
    assert [region.rle() for region in regions_by_class(mask)] == [encoded(mask == one) for one in range(3)]


@given(MASKS, st.integers(0, 2**32 - 1))
def test_the_mean_is_that_of_the_regions_pixels(mask: Mask, seed: int) -> None:
    values = np.random.default_rng(seed).random(mask.shape, dtype=np.float32)
    for region in connected_regions(mask):
        assert region.mean(values) == pytest.approx(values[pixels(region)].mean(dtype=np.float64))


@pytest.mark.parametrize("mask", [np.zeros((2, 3), np.int64), np.zeros(6, np.uint8), np.zeros((1, 2, 3), np.uint8)])
def test_what_is_no_mask_has_no_regions(mask: NDArray[Any]) -> None:
    for find in (regions_by_class, connected_regions):
        with pytest.raises(ValueError, match=re.escape(f"class ids, not {mask.shape} {mask.dtype}")):
            find(mask)


def test_regions_cannot_be_changed() -> None:
    (region, *_) = regions_by_class(RING)
    with pytest.raises(AttributeError):
        region.area = 3  # type: ignore[misc]


@given(MASKS)
def test_runs_are_counted_without_finding_regions(mask: Mask) -> None:
    assert count_runs(mask) == sum(region.runs for region in regions_by_class(mask))


def test_regions_are_a_sequence_of_what_numbers_say() -> None:
    regions = connected_regions(np.array([[1, 0, 1], [0, 0, 0]], np.uint8))
    assert (regions.class_ids.tolist(), regions.areas.tolist()) == ([0, 1, 1], [4, 1, 1])
    assert (
        [region.bbox for region in regions[1:]] == [(0, 0, 1, 1), (2, 0, 1, 1)] == [regions[1].bbox, regions[-1].bbox]
    )

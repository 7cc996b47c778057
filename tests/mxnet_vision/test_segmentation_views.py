import numpy as np
import pytest
from mxnet_vision.models.semantic_segmentation import read_hyperparameters, view_of
from mxnet_vision.models.semantic_segmentation.masks import IGNORED
from mxnet_vision.models.semantic_segmentation.views import View, nearest, scaled, whole_size
from mxnet_vision.samples import Sample
from PIL import Image

from .conftest import encoded

REQUIRED = {"num_classes": "3", "num_training_samples": "160"}
LEFT_HALF = np.zeros((60, 80), np.uint8)
LEFT_HALF[:, :40] = 1
SAMPLE = Sample(encoded(Image.fromarray(LEFT_HALF * 200).convert("RGB")), b"", "Record 3", 0)


@pytest.mark.parametrize(
    ("picture", "shorter_side", "expected"),
    [
        ((480, 360), 520, (480, 360)),
        ((1600, 1200), 600, (800, 600)),
        ((1200, 1600), 600, (600, 800)),
        ((128, 128), 128, (128, 128)),
        ((1, 100_000), 128, (1, 512)),
        ((100_000, 1000), 500, (2000, 20)),
    ],
)
def test_pictures_are_made_smaller_never_larger(
    picture: tuple[int, int], shorter_side: int, expected: tuple[int, int]
) -> None:
    assert scaled(picture, shorter_side) == expected


def test_a_whole_picture_has_whole_cells() -> None:
    assert whole_size((481, 360), 520) == (496, 368)
    assert whole_size((1, 1), 520) == (16, 16)


@pytest.mark.parametrize(
    ("picture", "sizes", "expected"),
    [
        ((480, 360), {}, View(360, (240, 240))),
        ((1600, 1200), {}, View(520, (240, 240))),
        ((128, 128), {}, View(128, (128, 128))),
        ((480, 360), {"crop_size": "480"}, View(360, (480, 368))),
        ((480, 360), {"crop_size": "200", "base_size": "240"}, View(240, (208, 208))),
        ((10, 70), {}, View(10, (16, 48))),
    ],
)
def test_crops_are_no_larger_than_pictures_like_the_first(
    picture: tuple[int, int], sizes: dict[str, str], expected: View
) -> None:
    first = Sample(encoded(Image.new("RGB", picture)), b"", "Record 0", 0)
    assert view_of(first, read_hyperparameters(REQUIRED | sizes)) == expected


def test_a_whole_picture_is_scored_against_its_mask_as_it_is() -> None:
    pixels, mask = View(30, (16, 16)).whole(SAMPLE, LEFT_HALF)
    assert pixels.shape == (32, 48, 3)
    assert mask is LEFT_HALF


def test_the_central_crop_is_the_middle_of_both() -> None:
    pixels, mask = View(60, (32, 16)).central(SAMPLE, LEFT_HALF)
    assert (pixels.shape, mask.shape) == ((16, 32, 3), (16, 32))
    np.testing.assert_array_equal(mask, LEFT_HALF[22:38, 24:56])
    np.testing.assert_array_equal(pixels[..., 0] > 100, mask == 1)


def test_what_a_crop_reaches_beyond_the_picture_is_ignored() -> None:
    pixels, mask = View(60, (96, 64)).central(SAMPLE, LEFT_HALF)
    np.testing.assert_array_equal(mask[2:62, 8:88], LEFT_HALF)
    assert (mask == IGNORED).sum() == 96 * 64 - 80 * 60
    assert set(pixels[mask == IGNORED].ravel()) == {127}


def test_picture_and_mask_are_cut_scaled_and_mirrored_alike() -> None:
    left_is = []
    for seed in range(40):
        pixels, mask = View(60, (48, 48)).random(SAMPLE, LEFT_HALF, np.random.default_rng(seed))
        assert (pixels.shape, mask.shape) == ((48, 48, 3), (48, 48))
        bright = pixels.astype(int).sum(axis=2) > 300
        labelled = mask != IGNORED
        assert np.mean(bright[labelled] == (mask[labelled] == 1)) > 0.95, seed
        left_is.append(mask[24, 1])
    assert {0, 1} <= set(left_is), "mirrored and not"


def test_a_random_crop_depends_on_the_generator_alone() -> None:
    one, same, other = (View(60, (48, 48)).random(SAMPLE, LEFT_HALF, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one[0], same[0])
    assert (one[0] != other[0]).any()


@pytest.mark.parametrize("size", [(7, 5), (40, 30), (3, 90)])
def test_masks_are_resized_as_pillow_does(size: tuple[int, int]) -> None:
    mask = np.random.default_rng(0).integers(0, 5, (30, 40), np.uint8)
    expected = np.asarray(Image.fromarray(mask).resize(size, Image.Resampling.NEAREST))
    np.testing.assert_array_equal(nearest(mask, size, (0, 0, 1, 1)), expected)

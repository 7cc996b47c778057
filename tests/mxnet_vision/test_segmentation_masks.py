import numpy as np
import pytest
from mxnet_vision.errors import ClientError
from mxnet_vision.models.semantic_segmentation.masks import (
    IGNORED,
    confusion,
    mean_intersection_over_union,
    pixel_accuracy,
    read_mask,
)
from mxnet_vision.samples import Sample
from numpy.typing import NDArray
from PIL import Image

from .conftest import encoded

PICTURE = encoded(Image.new("RGB", (4, 3)))
IDS = np.array([[0, 1, 2, 2], [0, 0, IGNORED, 2], [1, 1, 1, 0]], np.uint8)


def palette(ids: NDArray[np.uint8], bits: int = 8) -> bytes:
    image = Image.fromarray(ids)
    image.putpalette([7, 7, 7] * 256)  # every class in the same colour: only the numbers count
    return encoded(image, "PNG", bits=bits)


def sample(label: bytes) -> Sample:
    return Sample(PICTURE, label, "Record 3", 0)


@pytest.mark.parametrize("mask", [encoded(Image.fromarray(IDS)), palette(IDS)], ids=["gray", "palette"])
def test_a_mask_is_its_pixel_values(mask: bytes) -> None:
    np.testing.assert_array_equal(read_mask(sample(mask), 3), IDS)


@pytest.mark.parametrize("bits", [2, 4])
def test_a_palette_may_be_packed(bits: int) -> None:
    ids = np.minimum(IDS, 3)
    np.testing.assert_array_equal(read_mask(sample(palette(ids, bits)), 4), ids)


@pytest.mark.parametrize(
    ("mask", "complaint"),
    [
        (palette(IDS), r"class 2 of the mask is not below num_classes, 2\."),
        (encoded(Image.new("L", (3, 4))), "the mask has 3x4 pixels and its picture 4x3"),
        (encoded(Image.new("RGB", (4, 3))), "must be a PNG of one 8-bit channel, gray or palette"),
        (encoded(Image.new("RGBA", (4, 3))), "must be a PNG of one 8-bit channel"),
        (encoded(Image.new("LA", (4, 3))), "must be a PNG of one 8-bit channel"),
        (encoded(Image.new("1", (4, 3))), "must be a PNG of one 8-bit channel"),
        (encoded(Image.new("I;16", (4, 3))), "must be a PNG of one 8-bit channel"),
        (encoded(Image.new("L", (4, 3)), "JPEG"), "the mask cannot be decoded as a PNG"),
        (palette(IDS)[:50], "the mask cannot be decoded as a PNG"),
        (b'{"annotations": []}', "the mask cannot be decoded as a PNG"),
        (b"", "the mask cannot be decoded as a PNG"),
    ],
)
def test_a_mask_that_cannot_be_used_is_named(mask: bytes, complaint: str) -> None:
    with pytest.raises(ClientError, match=f"Record 3: .*{complaint}"):
        read_mask(sample(mask), 2)


TRUTH = np.array([[0, 0, 0, 0], [1, 1, IGNORED, IGNORED]], np.uint8)


@pytest.mark.parametrize(
    ("found", "miou", "accuracy"),
    [
        ([[0, 0, 0, 0], [1, 1, 0, 3]], 1.0, 1.0),
        ([[0, 0, 0, 1], [1, 1, 1, 1]], (3 / 4 + 2 / 3) / 2, 5 / 6),
        ([[0, 0, 0, 0], [0, 0, 0, 0]], (4 / 6 + 0) / 2, 4 / 6),
        ([[2, 2, 0, 0], [1, 1, 0, 0]], (2 / 4 + 1) / 2, 4 / 6),  # class 2 is in no mask: it only takes from class 0
    ],
)
def test_scores_count_labelled_pixels_of_the_classes_that_occur(
    found: list[list[int]], miou: float, accuracy: float
) -> None:
    pixels = confusion(TRUTH, np.array(found, np.uint8), 4)
    assert pixels.sum() == 6
    assert mean_intersection_over_union(pixels) == pytest.approx(miou)
    assert pixel_accuracy(pixels) == pytest.approx(accuracy)


def test_masks_without_a_label_score_nothing() -> None:
    pixels = confusion(np.full((2, 2), IGNORED, np.uint8), np.zeros((2, 2), np.uint8), 2)
    assert (mean_intersection_over_union(pixels), pixel_accuracy(pixels)) == (0.0, 0.0)

import io
import math

import numpy as np
import pytest
from labelloop.masks import decode_probabilities
from mxnet_vision.models import NotAcceptableError
from mxnet_vision.models.semantic_segmentation.answers import answer, bands, class_ids
from mxnet_vision.models.semantic_segmentation.loss import ClassWeights, cross_entropy, softmax
from mxnet_vision.models.semantic_segmentation.record import framed_record
from PIL import Image

SCORES = np.random.default_rng(0).normal(0, 3, (5, 6, 8)).astype(np.float32)
PROTOBUF = ["application/x-protobuf", "application/x-recordio-protobuf"]


def png(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


@pytest.mark.parametrize("accept", ["", "*/*", "image/png"])
def test_class_ids_come_as_a_gray_png_of_the_picture_s_size(accept: str) -> None:
    found = answer(SCORES, (37, 29), accept)
    assert found.content_type == "image/png"
    assert (png(found.body).mode, png(found.body).size) == ("L", (37, 29))


@pytest.mark.parametrize("accept", PROTOBUF)
@pytest.mark.parametrize("size", [(37, 29), (1, 1), (3, 400), (2, 300_000)])
def test_probabilities_and_png_say_the_same(accept: str, size: tuple[int, int]) -> None:
    found = answer(SCORES, size, accept)
    probabilities = decode_probabilities(found.body)
    assert found.content_type == accept
    assert probabilities.shape == (5, size[1], size[0])
    np.testing.assert_allclose(probabilities.sum(axis=0), 1, atol=1e-6)
    mask = np.asarray(png(answer(SCORES, size, "image/png").body))
    np.testing.assert_array_equal(probabilities.argmax(axis=0), mask)


def test_scores_are_interpolated_as_pillow_does() -> None:
    size = (101, 67)
    planes = [Image.fromarray(plane).resize(size, Image.Resampling.BILINEAR) for plane in SCORES]
    expected = np.exp(np.array([np.asarray(plane, np.float64) for plane in planes]))
    found = np.concatenate([probabilities for _, probabilities in bands(SCORES, size)], axis=1)
    np.testing.assert_allclose(found, expected / expected.sum(axis=0), atol=1e-5)


def test_a_large_picture_is_answered_in_bands_of_bounded_size() -> None:
    heights = [probabilities.shape[1] for _, probabilities in bands(SCORES, (5000, 1000))]
    assert sum(heights) == 1000
    assert max(heights) * 5000 * 5 <= 2**18
    assert class_ids(SCORES, (5000, 1000)).shape == (1000, 5000)


def test_another_form_is_refused() -> None:
    with pytest.raises(NotAcceptableError, match="'application/json' is none of image/png, application/x-protobuf"):
        answer(SCORES, (10, 10), "application/json")


def test_probabilities_too_large_to_return_are_refused_before_they_are_made() -> None:
    with pytest.raises(NotAcceptableError, match=r"5 classes at 9000x9000 pixels have \d+ bytes, .* ask for image/png"):
        answer(SCORES, (9000, 9000), PROTOBUF[0])


def test_the_record_s_bytes() -> None:
    """A vector made with Google's protobuf library and MXNet's RecordIO."""
    first = np.array([[0.75, 0.5, 0.25], [0.125, 1, 0]], np.float32)
    assert framed_record(np.array([first, 1 - first])) == bytes.fromhex(
        "0a23d7ce53000000 0a110a05736861706512083a060a0401020203"
        "0a3e0a06746172676574123412320a300000403f0000003f0000803e0000003e0000803f00000000"
        "0000803e0000003f0000403f0000603f000000000000803f 00"
    )


@pytest.mark.parametrize("shape", [(1, 1, 1), (254, 3, 2), (2, 130, 17_000)])
def test_any_shape_can_be_written(shape: tuple[int, int, int]) -> None:
    values = np.random.default_rng(0).random(shape, np.float32)
    np.testing.assert_array_equal(decode_probabilities(framed_record(values)), values)


def test_the_record_may_hold_the_magic_number() -> None:
    values = np.frombuffer(b"\x01\x0a\x23\xd7\xce\x02\x03\x04" * 6, np.float32).reshape(1, 3, 4)
    assert any(decode_probabilities(framed_record(values[:, :, :width])).shape for width in (1, 2, 3, 4))
    np.testing.assert_array_equal(decode_probabilities(framed_record(values)).tobytes(), values.tobytes())


def test_rare_classes_weigh_more_within_bounds() -> None:
    weights = ClassWeights(4)
    weights.see(np.repeat(np.array([0, 1, 2, 255], np.uint8), [10_000, 625, 1, 50]))
    table = weights.table()
    assert table[:4] == pytest.approx([1, 4, 16, 16])
    assert not table[4:].any(), "neither what is ignored nor what is no class"
    weights.see(np.full(9_375, 1, np.uint8))
    assert weights.table()[1] == pytest.approx(1)


def test_the_gradient_is_that_of_the_loss() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(2, 3, 4, 5))
    masks = rng.choice(np.array([0, 1, 2, 255], np.uint8), (2, 4, 5))
    weights = np.zeros(256)
    weights[:3] = 1, 2, 4
    _, gradient = cross_entropy(scores.copy(), masks, weights)
    for place in [(0, 0, 0, 0), (1, 2, 3, 4), (0, 1, 2, 2), (1, 0, 1, 3)]:
        moved = [scores.copy(), scores.copy()]
        moved[0][place] -= 1e-5
        moved[1][place] += 1e-5
        low, high = (cross_entropy(each, masks, weights)[0] for each in moved)
        assert gradient[place] == pytest.approx((high - low) / 2e-5, abs=1e-8)
    assert not gradient.transpose(0, 2, 3, 1)[masks == 255].any()


def test_what_is_all_ignored_teaches_nothing() -> None:
    masks = np.full((1, 4, 4), 255, np.uint8)
    loss, gradient = cross_entropy(np.ones((1, 2, 4, 4), np.float32), masks, ClassWeights(2).table())
    assert loss == 0
    assert not gradient.any()


def test_a_loss_shows_that_the_scores_are_no_numbers() -> None:
    masks = np.zeros((1, 2, 2), np.uint8)
    weights = ClassWeights(2)
    weights.see(masks)
    assert math.isnan(cross_entropy(np.full((1, 2, 2, 2), np.nan, np.float32), masks, weights.table())[0])


def test_softmax_of_large_scores_is_finite() -> None:
    np.testing.assert_allclose(softmax(np.array([1000.0, 1000.0, -1000.0]), 0), [0.5, 0.5, 0])

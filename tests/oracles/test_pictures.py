"""What preflight says of SageMaker's decoding, as far as it is MXNet's."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.oracles.oracle import mxnet
from tests.unit.picture_files import encoded, landscape, noise, oriented

pytestmark = pytest.mark.oracles
GREY = landscape().convert("L")
SIXTEEN = Image.fromarray(np.array(GREY).astype(np.uint16) * 256 + 255)
NOISE_JPEG, NOISE_PNG = encoded(noise(), "JPEG"), encoded(noise())


def decoded(*pictures: bytes) -> list[NDArray[np.uint8] | None]:
    answers = mxnet("decode", pictures)
    return [None if found is None else np.frombuffer(found[1], np.uint8).reshape(found[0]) for found in answers]


def test_pictures_are_decoded_as_they_are_stored_whatever_exif_says() -> None:
    turned = [(orientation, kind) for kind in ("JPEG", "PNG") for orientation in range(1, 9)]
    found = decoded(*(oriented(landscape(), *how) for how in turned))
    for (orientation, kind), pixels in zip(turned, found, strict=True):
        stored = found[0 if kind == "JPEG" else 8]
        assert stored is not None
        assert stored.shape == (240, 320, 3)
        np.testing.assert_array_equal(pixels, stored, f"{kind} {orientation}")


def test_grey_is_repeated_transparency_dropped_and_the_upper_bits_kept() -> None:
    for found in decoded(encoded(GREY), encoded(GREY.convert("LA")), encoded(SIXTEEN)):
        np.testing.assert_array_equal(found, np.repeat(np.array(GREY)[..., np.newaxis], 3, axis=2))


def test_three_channels_are_made_of_every_kind() -> None:
    modes = {"RGBA": "PNG", "CMYK": "JPEG", "1": "PNG", "P": "PNG"}
    for found in decoded(*(encoded(landscape().convert(mode), kind) for mode, kind in modes.items())):
        assert found is not None
        assert found.shape == (240, 320, 3)


def test_the_missing_part_of_a_jpeg_is_made_up_without_an_error() -> None:
    whole, cut = decoded(NOISE_JPEG, NOISE_JPEG[: len(NOISE_JPEG) // 2])
    assert whole is not None
    assert cut is not None
    assert cut.shape == whole.shape
    np.testing.assert_array_equal(cut[:60], whole[:60])
    assert (cut[90:] != whole[90:]).mean() > 0.9


def test_half_a_png_and_other_formats_are_refused() -> None:
    others = [encoded(noise(), kind) for kind in ("GIF", "WEBP")]
    assert decoded(NOISE_PNG[: len(NOISE_PNG) // 2], *others) == [None] * 3

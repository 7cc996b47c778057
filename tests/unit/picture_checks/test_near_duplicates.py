"""Pictures that look almost the same, and pictures that only seem to."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from labelloop.picture_checks.near_duplicates import SIDE, Look, near_duplicates, thumbnail
from labelloop.picture_checks.sample import LabelledPicture
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from laptop.demo.shapes import Stream, pictures
from tests.unit.picture_files import encoded, landscape, noise, opened, oriented


def look(name: str, image: Image.Image, *, validates: bool = False) -> Look:
    found = thumbnail(image, 1)
    assert found is not None
    return Look(LabelledPicture(1, name, None, validates), found)


def alike(one: Image.Image, other: Image.Image) -> bool:
    return len(list(near_duplicates([look("training", one), look("validation", other, validates=True)]))) == 1


def as_jpeg(image: Image.Image, quality: int) -> Image.Image:
    return opened(encoded(image, "JPEG", quality=quality))


def scene(seed: int) -> Image.Image:
    """Patches of colour and some noise, as a photograph has."""
    return Image.blend(landscape(seed), noise(320, 240, seed), 0.1)


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "nothing": lambda image: image,
    "compressed": lambda image: as_jpeg(image, 30),
    "half the size": lambda image: image.resize((image.width // 2, image.height // 2)),
    "another aspect": lambda image: image.resize((image.width, image.height // 2)),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.15),
    "less contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.7),
    "one percent cropped": lambda image: ImageOps.crop(image, 3),
    "a transparent channel": lambda image: image.convert("RGBA"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("seed", range(5))
def test_a_changed_copy_looks_alike(change: Callable[[Image.Image], Image.Image], seed: int) -> None:
    assert alike(scene(seed), change(scene(seed)))


@pytest.mark.parametrize("turn", list(Image.Transpose))
def test_a_turned_copy_does_not(turn: Image.Transpose) -> None:
    assert not alike(scene(0), scene(0).transpose(turn))


def test_pictures_of_different_things_do_not() -> None:
    looks = [look(str(seed), scene(seed), validates=seed % 2 == 0) for seed in range(200)]
    assert list(near_duplicates(looks)) == []


def test_pictures_with_one_ground_do_not() -> None:
    """A hash of 64 bits calls some of these pairs alike."""
    shapes = pictures(0, Stream.LABELLED, 200)
    looks = [look(str(n), Image.open(io.BytesIO(shape.jpeg)), validates=n % 2 == 0) for n, shape in enumerate(shapes)]
    assert list(near_duplicates(looks)) == []


def test_small_things_on_white_do_not() -> None:
    looks = [look(str(place), on_white(place), validates=place % 2 == 0) for place in range(0, 300, 15)]
    assert list(near_duplicates(looks)) == []


def on_white(place: int) -> Image.Image:
    image = Image.new("RGB", (400, 300), "white")
    ImageDraw.Draw(image).rectangle((place, place % 200, place + 40, place % 200 + 40), "black")
    return image


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGB", (40, 30), "white"),
        Image.new("L", (40, 30), 3),
        Image.new("1", (40, 30)),
        Image.blend(Image.new("RGB", (200, 150), "grey"), noise(), 0.05),
        Image.new("RGB", (1, 1)),
    ],
    ids=["white", "grey", "black", "a little noise", "one pixel"],
)
def test_a_picture_of_one_colour_looks_like_nothing(image: Image.Image) -> None:
    assert thumbnail(image, 1) is None


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_mode_has_a_thumbnail(mode: str) -> None:
    grey = landscape().convert("L")
    image = Image.fromarray(np.array(grey).astype(np.uint16) * 257) if mode == "I;16" else grey.convert(mode)
    assert alike(grey, image)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_thumbnails_are_upright(orientation: int) -> None:
    stored = opened(oriented(landscape(), orientation, "PNG"))
    upright = ImageOps.exif_transpose(stored)
    one, other = thumbnail(stored, orientation), thumbnail(upright, 1)
    assert one is not None
    assert other is not None
    np.testing.assert_allclose(one, other, atol=1e-3)


def test_a_thumbnail_has_mean_zero_and_length_one() -> None:
    found = look("any", landscape()).thumbnail
    assert (found.shape, found.dtype) == ((SIDE * SIDE * 3,), np.dtype(np.float32))
    assert found.mean() == pytest.approx(0, abs=1e-6)
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-6)


def test_each_validation_picture_is_told_with_what_is_most_like_it() -> None:
    looks = [
        look("compressed", as_jpeg(scene(1), 10)),
        look("copy", scene(1)),
        look("other", scene(2)),
        look("seen", scene(1), validates=True),
        look("seen too", as_jpeg(scene(2), 50), validates=True),
        look("new", scene(3), validates=True),
    ]
    found = list(near_duplicates(looks))
    assert [(pair.training.uri, pair.validation.uri) for pair in found] == [("copy", "seen"), ("other", "seen too")]
    assert found[0].correlation == pytest.approx(1, abs=1e-6)
    assert 0.98 <= found[1].correlation < 1


@pytest.mark.parametrize("validates", [False, True])
def test_copies_on_one_side_are_nobodys_matter(validates: bool) -> None:
    assert list(near_duplicates([look(name, scene(0), validates=validates) for name in "ab"])) == []


def test_many_pictures_are_compared_in_blocks() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(1_500, SIDE * SIDE * 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    looks = [Look(LabelledPicture(n, str(n), None, n % 2 == 0), vector) for n, vector in enumerate(vectors)]
    copies = [Look(LabelledPicture(n, "copy", None, True), vectors[n]) for n in (1, 511, 1023, 1499)]
    found = list(near_duplicates([*looks, *copies]))
    assert [pair.training.line for pair in found] == [1, 511, 1023, 1499]

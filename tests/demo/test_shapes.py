import io
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from labelloop.labels.boxes import Box
from PIL import Image

from laptop.demo.shapes import CLASSES, MASK_CLASSES, MOST_SHAPES, SIDE, LabelledPicture, Stream, pictures

PICTURES = list(pictures(7, Stream.LABELLED, 40))
BRIGHT = 150  # every shape has a channel of 190 or more, the ground hardly ever one above 120


def pixels(picture: LabelledPicture) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(picture.jpeg)))


def bright_span(picture: LabelledPicture, box: Box) -> tuple[int, ...]:
    """Left, top, right and bottom of the bright pixels in and just around a box."""
    left, top = max(int(box.left) - 2, 0), max(int(box.top) - 2, 0)
    around = pixels(picture)[top : int(box.top + box.height) + 2, left : int(box.left + box.width) + 2].max(axis=2)
    rows, columns = np.nonzero(around > BRIGHT)
    bright = (left + columns.min(), top + rows.min(), left + columns.max() + 1, top + rows.max() + 1)
    return tuple(map(int, bright))


def test_a_seed_gives_the_same_pictures_every_time() -> None:
    assert list(pictures(7, Stream.LABELLED, 40)) == PICTURES


def test_a_longer_sequence_begins_with_the_shorter() -> None:
    assert list(pictures(7, Stream.LABELLED, 3)) == PICTURES[:3]


@pytest.mark.parametrize(("seed", "stream"), [(8, Stream.LABELLED), (7, Stream.HELD_OUT), (8, Stream.HELD_OUT)])
def test_other_seeds_and_streams_share_no_picture(seed: int, stream: Stream) -> None:
    others = {picture.jpeg for picture in pictures(seed, stream, 40)}
    assert others.isdisjoint(picture.jpeg for picture in PICTURES)


def test_pictures_are_small_rgb_jpegs() -> None:
    for picture in PICTURES:
        image = Image.open(io.BytesIO(picture.jpeg))
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (SIDE, SIDE))
        assert picture.boxes().image_size[0].width == picture.boxes().image_size[0].height == SIDE


def test_every_class_and_every_number_of_shapes_occurs() -> None:
    assert {box.class_id for picture in PICTURES for box in picture.boxes().annotations} == set(range(len(CLASSES)))
    assert {len(picture.boxes().annotations) for picture in PICTURES} == set(range(1, MOST_SHAPES + 1))


def test_boxes_are_tight_on_the_drawn_pixels() -> None:
    for picture in PICTURES:
        for box in picture.boxes().annotations:
            wanted = (box.left, box.top, box.left + box.width, box.top + box.height)
            # JPEG smears an edge by a pixel, and a triangle's tip is one pixel wide
            assert bright_span(picture, box) == pytest.approx(wanted, abs=2)


def test_nothing_bright_lies_outside_the_boxes() -> None:
    for picture in PICTURES:
        ground = pixels(picture).max(axis=2).copy()
        for box in picture.boxes().annotations:
            ground[
                max(int(box.top) - 3, 0) : int(box.top + box.height) + 3,
                max(int(box.left) - 3, 0) : int(box.left + box.width) + 3,
            ] = 0
        assert (ground > BRIGHT).mean() < 0.001


def test_boxes_of_a_picture_do_not_overlap() -> None:
    for picture in PICTURES:
        for one, other in combinations(picture.boxes().annotations, 2):
            apart = (
                one.left + one.width <= other.left
                or other.left + other.width <= one.left
                or one.top + one.height <= other.top
                or other.top + other.height <= one.top
            )
            assert apart


def test_the_box_of_a_shape_is_the_box_of_its_pixels_in_the_mask() -> None:
    for picture in PICTURES:
        mask = picture.mask()
        for box in picture.boxes().annotations:
            left, top, width, height = map(int, (box.left, box.top, box.width, box.height))
            rows, columns = np.nonzero(mask[top : top + height, left : left + width] == 1 + box.class_id)
            assert (rows.min(), columns.min(), rows.max(), columns.max()) == (0, 0, height - 1, width - 1)
            mask[top : top + height, left : left + width] = 0
        assert not mask.any()  # nothing lies outside of the boxes


def test_the_classes_of_a_mask_are_those_of_its_picture() -> None:
    for picture in PICTURES:
        mask = picture.mask()
        assert mask.shape == (SIDE, SIDE)
        assert [MASK_CLASSES[value] for value in np.unique(mask)] == [
            "BACKGROUND",
            *(CLASSES[class_id] for class_id in picture.class_ids),
        ]


def test_single_shapes_are_of_every_class() -> None:
    single = list(pictures(7, Stream.LABELLED, 40, most_shapes=1))
    assert {len(picture.shapes) for picture in single} == {1}
    assert {picture.class_ids for picture in single} == {(0,), (1,), (2,)}

from pathlib import Path

import numpy as np
import pytest
from labelloop.labels.masks import MaskLabel
from labelloop.manifest import MaskClass
from PIL import Image

from laptop.commands.console import CommandError
from laptop.demo.scoring.masks import METRIC, Answer, Truth, is_right, score, truth

NAMES = ("BACKGROUND", "road", "car")
B, R, C, IGNORED = 0, 1, 2, 255


class Folder:
    """Writes masks."""

    def __init__(self, path: Path) -> None:
        self.path, self._count = path, 0

    def truth(self, *rows: list[int], names: dict[int, str] | None = None) -> Truth:
        """The label of these pixels."""
        self._count += 1
        path = self.path / f"{self._count}.png"
        mask = Image.fromarray(np.array(rows, np.uint8))
        mask.putpalette(bytes(range(256)) * 3)
        mask.save(path)
        return Truth(path, names or dict(enumerate(NAMES)))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def answer(*rows: list[int], names: tuple[str, ...] = NAMES) -> Answer:
    return Answer(np.array(rows, np.uint8), names)


def test_perfect_answers_score_one(folder: Folder) -> None:
    rows = [B, R, R], [C, C, R]
    assert score([folder.truth(*rows)], [answer(*rows)]) == (
        METRIC,
        1,
        {"BACKGROUND": 1, "road": 1, "car": 1},
        {"pixel accuracy": 1},
    )


def test_a_class_is_scored_by_intersection_over_union(folder: Folder) -> None:
    found = score([folder.truth([B, B, R, R])], [answer([B, R, R, R])])
    assert found.by_class == {"BACKGROUND": 1 / 2, "road": 2 / 3}
    assert found.value == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert found.beside == {"pixel accuracy": 3 / 4}


def test_the_pixels_of_all_pictures_count_together(folder: Folder) -> None:
    truths = [folder.truth([R, R, R, B]), folder.truth([R, B, B, B])]
    found = score(truths, [answer([R, R, R, B]), answer([B, B, B, B])])
    assert found.by_class == {"BACKGROUND": 4 / 5, "road": 3 / 4}  # not the means of each picture's own


@pytest.mark.parametrize("names", [{0: "BACKGROUND", 1: "road"}, {0: "BACKGROUND", 1: "road", 254: "car"}])
def test_pixels_labelled_with_no_class_do_not_count(folder: Folder, names: dict[int, str]) -> None:
    found = score([folder.truth([B, R, IGNORED, IGNORED], names=names)], [answer([B, R, R, C])])
    assert (found.value, found.by_class) == (1, {"BACKGROUND": 1, "road": 1})
    assert found.beside == {"pixel accuracy": 1}


def test_a_class_that_is_labelled_nowhere_is_not_in_the_mean_but_wrong_where_it_is_answered(folder: Folder) -> None:
    found = score([folder.truth([B, B, R, R])], [answer([B, B, R, C])])
    assert found.by_class == {"BACKGROUND": 1, "road": 1 / 2}


def test_a_class_that_the_labels_do_not_know_is_wrong(folder: Folder) -> None:
    found = score([folder.truth([B, R])], [answer([B, 3], names=(*NAMES, "cart"))])
    assert found.by_class == {"BACKGROUND": 1, "road": 0}


def test_classes_are_compared_by_name(folder: Folder) -> None:
    named = {0: "BACKGROUND", 7: "car", 9: "road"}
    assert score([folder.truth([B, 7, 9], names=named)], [answer([B, C, R])]).value == 1


def test_only_part_of_an_answer_or_nothing_labelled_is_no_score(folder: Folder) -> None:
    with pytest.raises(ValueError, match="1 answers to 2 pictures"):
        score([folder.truth([B]), folder.truth([B])], [answer([B])])
    with pytest.raises(ValueError, match="0 classes"):
        score([folder.truth([IGNORED])], [answer([B])])


@pytest.mark.parametrize(
    ("labelled", "answered", "right"),
    [
        ([B, B, R, R], [B, B, R, R], True),
        ([B, B, R, R], [B, B, R, B], True),  # one half of the road
        ([B, B, R, R, R], [B, B, R, B, B], False),
        ([B, R, R, C, C], [B, R, R, B, B], True),  # all of one thing, none of the other: one half on the mean
        ([B, R, R, C, C], [B, R, B, B, B], False),
        ([B, B, B, B, B, B, B, R], [B] * 8, False),  # the ground alone makes no answer right
        ([B, B, B, B], [B, B, B, B], True),
        ([B, B, B, B], [B, R, R, R], False),
        ([IGNORED, IGNORED], [B, R], False),
    ],
)
def test_a_right_answer_covers_half_of_what_is_there(
    folder: Folder, labelled: list[int], answered: list[int], right: bool
) -> None:
    assert is_right(folder.truth(labelled), answer(answered)) is right


def test_a_mask_of_another_size_than_its_picture_is_named(folder: Folder) -> None:
    with pytest.raises(CommandError, match=r"1\.png has \(1, 2\) rows and columns, its picture \(1, 3\)"):
        is_right(folder.truth([B, R]), answer([B, R, R]))


def test_a_mask_that_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "mask.png").write_bytes(b"\x89PNG")
    with pytest.raises(CommandError, match=r"mask\.png is no mask"):
        is_right(Truth(tmp_path / "mask.png", {0: "BACKGROUND"}), answer([B]))


def test_the_file_of_a_label_lies_among_the_images(folder: Folder) -> None:
    written = folder.truth([B])
    assert truth(
        MaskLabel("s3://b/masks/1.png", {0: MaskClass("BACKGROUND")}), {0: "BACKGROUND"}, folder.path
    ) == Truth(written.path, {0: "BACKGROUND"})
    with pytest.raises(CommandError, match=r"absent\.png"):
        truth(MaskLabel("s3://b/absent.png", {}), {}, folder.path)

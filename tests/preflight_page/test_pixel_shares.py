from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from laptop.commands.preflight_objects import FolderObjects
from laptop.preflight_page.pixel_shares import NONE, pixel_shares
from laptop.preflight_page.statistics import Mask, Sampled
from tests.unit.picture_files import encoded, picture


def masks(*uris: str, names: dict[int, str]) -> Sampled[Mask]:
    sample: Sampled[Mask] = Sampled(10)
    for uri in uris:
        sample.add(Mask(uri, names))
    return sample


def write(path: Path, *values: int) -> None:
    path.write_bytes(encoded(Image.fromarray(np.array([values], np.uint8))))


def test_shares_are_of_the_pixels_that_have_a_class(tmp_path: Path) -> None:
    write(tmp_path / "a.png", 0, 0, 0, 1)
    write(tmp_path / "b.png", 1, 1, 255, 255)
    found = pixel_shares(masks("s3://m/a.png", "s3://m/b.png", names={0: "sky", 1: "road"}), FolderObjects(tmp_path))
    assert found.shares == {"sky": 0.5, "road": 0.5}
    assert found.note == "Pixels were counted in 2 of 2 masks. 25.0% of all pixels are of no class (255)."


def test_masks_that_cannot_be_counted_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "a.png", 0, 1)
    (tmp_path / "rgb.png").write_bytes(picture(mode="RGB"))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    uris = [f"s3://m/{name}.png" for name in ("a", "rgb", "broken", "missing")]
    done: list[None] = []
    found = pixel_shares(masks(*uris, names={0: "sky", 1: "road"}), FolderObjects(tmp_path), lambda: done.append(None))
    assert found.note == "Pixels were counted in 1 of 4 masks."
    assert len(done) == 4


@pytest.mark.parametrize("values", [(), (255, 255)])
def test_without_pixels_of_classes_there_are_no_shares(tmp_path: Path, values: tuple[int, ...]) -> None:
    uris = ["s3://m/a.png"] if values else []
    if values:
        write(tmp_path / "a.png", *values)
    assert pixel_shares(masks(*uris, names={0: "sky"}), FolderObjects(tmp_path)) == NONE

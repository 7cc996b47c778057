import pytest
from mxnet_vision.augmentation import working_size


@pytest.mark.parametrize(
    ("picture", "image_shape", "expected"),
    [
        ((640, 480), 300, (300, 300)),
        ((128, 128), 300, (128, 128)),
        ((100, 200), 300, (128, 224)),
        ((290, 1000), 300, (300, 300)),
        ((1, 1), 512, (32, 32)),
        ((640, 480), 512, (512, 480)),
    ],
)
def test_pictures_are_made_smaller_never_larger(
    picture: tuple[int, int], image_shape: int, expected: tuple[int, int]
) -> None:
    assert working_size(picture, image_shape, 32) == expected

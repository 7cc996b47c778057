"""What is the matter with one picture; Pillow wrote the pictures."""

from typing import Any

import pytest
from labelloop.checks.pictures import (
    PICTURE_CHANNELS,
    PICTURE_DAMAGED,
    PICTURE_EMPTY,
    PICTURE_EXTENSION,
    PICTURE_MISSING,
    PICTURE_NOT_JPEG_OR_PNG,
    PICTURE_NOT_READABLE,
    PICTURE_NOT_UPRIGHT,
    PICTURE_ROTATED_BY_EXIF,
    PICTURE_SIZE_DIFFERS,
    PICTURE_TOO_LARGE,
)
from labelloop.endpoint import BODY_LIMIT
from labelloop.errors import LabelloopError, ObjectNotReadable
from labelloop.picture_checks.inspection import (
    START_SIZE,
    WHOLE_LIMIT,
    Inspection,
    Problem,
    inspect_header,
    inspect_whole,
)
from labelloop.picture_checks.sample import LabelledPicture
from labelloop.pictures import PIXEL_LIMIT
from PIL import Image

from tests.unit.picture_files import encoded, landscape, noise, oriented, picture, png_header
from tests.unit.shelf import Shelf

INSPECTIONS = [inspect_header, inspect_whole]
WIDE = (320, 240)
Size = tuple[int, int]


def labelled(name: str = "a.jpg", size: Size | None = None) -> LabelledPicture:
    return LabelledPicture(7, f"s3://pictures/{name}", size, False)


def shelf(data: bytes | LabelloopError, name: str = "a.jpg") -> Shelf:
    return Shelf({f"s3://pictures/{name}": data})


def problems(data: bytes | LabelloopError, name: str = "a.jpg", size: Size | None = None) -> tuple[Problem, ...]:
    """What both ways of looking find, the same."""
    header, whole = (look(labelled(name, size), shelf(data, name)) for look in INSPECTIONS)
    assert header.problems == whole.problems
    return header.problems


@pytest.mark.parametrize("size", [None, WIDE])
@pytest.mark.parametrize(
    ("file_format", "name"), [("JPEG", "a.jpg"), ("JPEG", "A.JPEG"), ("PNG", "a.png"), ("PNG", "a")]
)
def test_a_good_picture_has_no_problem(file_format: str, name: str, size: Size | None) -> None:
    assert problems(encoded(landscape(), file_format), name, size) == ()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", Problem(PICTURE_EMPTY, "It has 0 bytes.")),
        (encoded(landscape(), "GIF"), Problem(PICTURE_NOT_JPEG_OR_PNG, "It is a GIF.")),
        (
            ObjectNotReadable("s3://… cannot be read", public="S3 refuses it: AccessDenied: Access Denied"),
            Problem(PICTURE_NOT_READABLE, "S3 refuses it: AccessDenied: Access Denied."),
        ),
        (png_header(60_000, 60_000), Problem(PICTURE_TOO_LARGE, "It has more pixels than are read.")),
        (picture(40, 20, "JPEG")[:50], Problem(PICTURE_DAMAGED, "Its header is damaged.")),
    ],
    ids=["empty", "gif", "refused", "bomb", "header cut"],
)
def test_what_is_no_picture_has_one_problem(data: bytes | LabelloopError, problem: Problem) -> None:
    assert problems(data, size=(1, 1)) == (problem,)


@pytest.mark.parametrize("look", INSPECTIONS)
def test_what_is_not_there_is_missing(look: Any) -> None:
    found = look(labelled(), Shelf({}))
    assert found.problems == (Problem(PICTURE_MISSING, "s3://pictures/a.jpg does not exist."),)
    assert (found.is_usable, found.content, found.is_small, found.is_decodable) == (False, b"", False, None)


@pytest.mark.parametrize(
    ("file_format", "name", "message"),
    [
        ("PNG", "a.jpg", "It is a PNG; its name ends in .jpg."),
        ("PNG", "a.JPEG", "It is a PNG; its name ends in .jpeg."),
        ("JPEG", "a.png", "It is a JPEG; its name ends in .png."),
        ("JPEG", "a.webp", "It is a JPEG; its name ends in .webp."),
        ("JPEG", "a.heic", "It is a JPEG; its name ends in .heic."),
        ("JPEG", "a.jfif", None),
        ("JPEG", "a.orig", None),
        ("JPEG", "v1.2/a", None),
    ],
)
def test_a_name_may_say_another_format(file_format: str, name: str, message: str | None) -> None:
    found = problems(encoded(landscape(), file_format), name)
    assert found == (() if message is None else (Problem(PICTURE_EXTENSION, message),))


@pytest.mark.parametrize(
    ("mode", "words"), [("L", "grey"), ("RGBA", "of colours with transparency"), ("P", "of a palette")]
)
def test_other_channels_than_three_are_told(mode: str, words: str) -> None:
    data = encoded(landscape().convert(mode))
    assert problems(data, "a.png") == (Problem(PICTURE_CHANNELS, f"It is {words}."),)


@pytest.mark.parametrize("said", [(240, 320), (319, 240), (640, 480), (0, 0)])
def test_another_size_than_the_label_says(said: Size) -> None:
    message = f"It has 320x240 pixels; its label says {said[0]}x{said[1]}."
    value = {"width": said[0], "height": said[1]}
    assert problems(encoded(landscape(), "JPEG"), size=said) == (Problem(PICTURE_SIZE_DIFFERS, message, value),)


ON_ITS_SIDE, ON_ITS_HEAD = 6, 3
OF_STORED = "Its EXIF orientation is 6; its label is of the pixels as they are stored."
UNKNOWN = "Its EXIF orientation is 3; whether its label is of the upright picture cannot be told from the size."
ROTATED = "Its label is of 240x320 pixels; stored are 320x240, with EXIF orientation 6."


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    ("orientation", "said", "problem"),
    [
        (1, None, None),
        (1, WIDE, None),
        (9, WIDE, None),  # means nothing
        (ON_ITS_SIDE, None, Problem(PICTURE_NOT_UPRIGHT, "Its EXIF orientation is 6.")),
        (ON_ITS_SIDE, WIDE, Problem(PICTURE_NOT_UPRIGHT, OF_STORED)),
        (ON_ITS_SIDE, (240, 320), Problem(PICTURE_ROTATED_BY_EXIF, ROTATED, {"width": 240, "height": 320})),
        (
            ON_ITS_SIDE,
            (300, 200),
            Problem(
                PICTURE_SIZE_DIFFERS,
                "It has 320x240 pixels; its label says 300x200.",
                {"width": 300, "height": 200},
            ),
        ),
        (ON_ITS_HEAD, None, Problem(PICTURE_NOT_UPRIGHT, "Its EXIF orientation is 3.")),
        (ON_ITS_HEAD, WIDE, Problem(PICTURE_NOT_UPRIGHT, UNKNOWN)),
        (
            ON_ITS_HEAD,
            (240, 320),
            Problem(
                PICTURE_SIZE_DIFFERS,
                "It has 320x240 pixels; its label says 240x320.",
                {"width": 240, "height": 320},
            ),
        ),
    ],
)
def test_boxes_and_pixels_may_be_of_two_frames(
    file_format: str, orientation: int, said: Size | None, problem: Problem | None
) -> None:
    name = "a.jpg" if file_format == "JPEG" else "a.png"
    found = problems(oriented(landscape(), orientation, file_format), name, said)
    assert found == (() if problem is None else (problem,))


def test_a_square_on_its_side_may_be_of_either_frame() -> None:
    (found,) = problems(oriented(landscape(0, 99, 99), ON_ITS_SIDE), size=(99, 99))
    assert found.check is PICTURE_NOT_UPRIGHT
    assert "cannot be told" in found.message


def test_all_that_is_the_matter_is_told() -> None:
    found = problems(oriented(landscape().convert("L"), ON_ITS_SIDE), "a.png", (240, 320))
    assert [problem.check for problem in found] == [PICTURE_EXTENSION, PICTURE_ROTATED_BY_EXIF, PICTURE_CHANNELS]


def padded(data: bytes, size: int) -> bytes:
    """A picture with bytes behind its end, which no decoder minds."""
    return data + bytes(size - len(data))


@pytest.mark.parametrize("look", INSPECTIONS)
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (padded(picture(40, 20, "JPEG"), BODY_LIMIT), None),
        (
            padded(picture(40, 20, "JPEG"), BODY_LIMIT + 1),
            "It has 6,291,457 bytes; an endpoint takes at most 6,291,456.",
        ),
        (png_header(10_000, 5_001), "It has 10000x5001 pixels; of a client's picture at most 50,000,000 are read."),
    ],
    ids=["just small enough", "a byte too many", "too many pixels"],
)
def test_what_an_endpoint_cannot_be_asked_about_is_told(look: Any, data: bytes, message: str | None) -> None:
    found = look(labelled("a"), shelf(data, "a"))
    assert found.problems == (() if message is None else (Problem(PICTURE_TOO_LARGE, message),))
    assert (found.is_small, found.is_usable) == (message is None, True)


@pytest.mark.parametrize(
    ("data", "counts"),
    [
        (encoded(noise(400, 300), "JPEG", quality=95), [START_SIZE]),
        (encoded(landscape(), "JPEG"), [START_SIZE]),
        (encoded(noise(), "JPEG", icc_profile=b"p" * START_SIZE), [START_SIZE, 256 << 10]),
        (encoded(noise(), "JPEG", icc_profile=b"p" * (300 << 10)), [START_SIZE, 256 << 10, 4 << 20]),
        (picture(40, 20, "JPEG")[:50], [START_SIZE]),
        (padded(picture(40, 20, "JPEG")[:50], 5 << 20), [START_SIZE, 256 << 10, 4 << 20]),
        (b"", [START_SIZE]),
        (padded(b"GIF89a", 5 << 20), [START_SIZE]),
    ],
    ids=["large", "small", "profile", "long profile", "cut short", "damaged", "empty", "gif"],
)
def test_no_more_is_read_than_the_header_needs(data: bytes, counts: list[int]) -> None:
    objects = shelf(data)
    inspect_header(labelled(), objects)
    assert [count for _, count in objects.reads] == counts


@pytest.mark.parametrize("data", [encoded(landscape(), "JPEG"), picture(40, 20, "JPEG")[:50], b"", b"GIF89a"])
def test_a_whole_picture_is_read_once(data: bytes) -> None:
    objects = shelf(data)
    inspect_whole(labelled(), objects)
    assert [count for _, count in objects.reads] == [WHOLE_LIMIT]


def whole(data: bytes) -> Inspection:
    return inspect_whole(labelled("a"), shelf(data, "a"))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_damage_behind_the_header_shows_in_decoding_alone(file_format: str) -> None:
    data = encoded(noise(), file_format)
    cut = data[: len(data) // 2]
    assert inspect_header(labelled("a"), shelf(cut, "a")).problems == ()
    found = whole(cut)
    assert [problem.check for problem in found.problems] == [PICTURE_DAMAGED]
    assert found.problems[0].message.startswith("Its pixels cannot be decoded: ")
    assert (found.is_decodable, found.thumbnail, found.is_usable, found.failed) == (False, None, False, PICTURE_DAMAGED)


def test_damage_is_told_beside_what_the_header_shows() -> None:
    data = encoded(noise(), "JPEG")
    found = inspect_whole(labelled(size=(3, 2)), shelf(data[: len(data) // 2]))
    assert [problem.check for problem in found.problems] == [PICTURE_SIZE_DIFFERS, PICTURE_DAMAGED]
    assert found.failed is PICTURE_SIZE_DIFFERS


def test_a_decoded_picture_has_a_look_unless_it_is_of_one_colour() -> None:
    assert whole(encoded(landscape(), "JPEG")).thumbnail is not None
    flat = whole(encoded(Image.new("RGB", WIDE), "JPEG"))
    assert (flat.is_decodable, flat.thumbnail) == (True, None)


@pytest.mark.parametrize(
    "data",
    [padded(picture(40, 20, "JPEG"), WHOLE_LIMIT + 1), png_header(PIXEL_LIMIT, 2)],
    ids=["bytes", "pixels"],
)
@pytest.mark.filterwarnings("ignore:Image size")  # Pillow's own limit is near
def test_what_is_too_large_is_not_decoded(data: bytes) -> None:
    found = whole(data)
    assert (found.is_decodable, found.thumbnail, found.is_usable) == (None, None, True)


def test_content_is_told_from_the_start_and_the_size() -> None:
    data = encoded(noise(400, 300), "JPEG", quality=95)
    assert len(data) > START_SIZE
    contents = {
        name: inspect_header(labelled("a"), shelf(changed, "a")).content
        for name, changed in {
            "same": data,
            "end": data[:-2] + b"\0\0",  # not looked at: the start is as good as a name
            "longer": data + b"\0",
            "start": data[:1_000] + b"\0" + data[1_001:],
        }.items()
    }
    assert contents["same"] == contents["end"] == whole(data).content
    assert len({contents[name] for name in ("same", "longer", "start")}) == 3

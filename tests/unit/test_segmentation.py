import base64
from typing import Any

import numpy as np
import pytest
import supervision
from labelloop import masks
from labelloop.answer_size import ANSWER_LIMIT
from labelloop.endpoint import BODY_LIMIT
from labelloop.errors import AnswerTooLarge, MalformedPrediction
from labelloop.palette import class_colour
from labelloop.prediction import Options, PictureSize
from labelloop.segmentation import Segmentation, ensure_probabilities_fit
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco

from tests.unit.picture_files import GREY, encoded, opened
from tests.unit.record_files import probabilities_body

CLASSES = ("BACKGROUND", "cat", "dog")
SIZE = PictureSize(6, 4)
IDS = np.array(
    [
        [0, 1, 1, 1, 0, 2],
        [0, 1, 0, 1, 0, 2],
        [0, 1, 1, 1, 0, 0],
        [0, 0, 0, 0, 2, 0],
    ],
    np.uint8,
)


def probabilities() -> NDArray[np.float32]:
    """Of IDS: 0.75 for the class of a pixel in its upper half, 0.5 in its lower."""
    sure = np.where(np.arange(4)[:, None] < 2, 0.75, 0.5)
    shares = [np.where(class_id == IDS, sure, (1 - sure) / 2) for class_id in range(3)]
    return np.stack(shares).astype(np.float32)


def told(segmentation: Segmentation, names: tuple[str, ...] = CLASSES, **options: Any) -> Any:
    return segmentation.selected(Options(**options)).to_json(SIZE, names, "01J")


def mask_of(rle: Any) -> NDArray[np.uint8]:
    return np.asarray(coco.decode(rle))


def ids_of(text: str) -> Any:
    return np.asarray(opened(base64.b64decode(text))).tolist()


def test_a_png_answer_is_the_mask() -> None:
    found = Segmentation.from_built_in(masks.encode_mask_png(IDS, [(0, 0, 0)] * 3))
    assert (found.ids.tolist(), found.probabilities) == (IDS.tolist(), None)


def test_a_protobuf_answer_is_the_probabilities_and_their_mask() -> None:
    found = Segmentation.from_built_in(probabilities_body(probabilities()))
    assert found.ids.tolist() == IDS.tolist()
    assert found.probabilities is not None
    assert found.probabilities.tolist() == probabilities().tolist()


@pytest.mark.parametrize("body", [b"", b"[0.5]", b"\x89PNG\r\n\x1a\n", b"\x0a\x23\xd7\xce\0\0\0\0"])
def test_other_answers_are_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPrediction):
        Segmentation.from_built_in(body)


@pytest.mark.parametrize(
    ("segmentation", "class_count", "size", "says"),
    [
        (Segmentation(IDS), 3, PictureSize(4, 6), "a mask of 6x4 to a picture of 4x6"),
        (Segmentation(IDS), 2, SIZE, "a model with 2 classes answered 3"),
        (Segmentation(IDS, probabilities()), 2, SIZE, "a model with 2 classes answered 3"),
        (Segmentation(IDS, probabilities()), 4, SIZE, "a model with 4 classes answered 3"),
    ],
)
def test_a_mask_must_be_the_pictures_and_the_models(
    segmentation: Segmentation, class_count: int, size: PictureSize, says: str
) -> None:
    with pytest.raises(MalformedPrediction, match=says):
        segmentation.check(class_count, size)


def test_a_mask_may_show_fewer_classes_than_the_model_has() -> None:
    Segmentation(IDS).check(7, SIZE)
    Segmentation(IDS, probabilities()).check(3, SIZE)


def test_a_mask_is_told_as_roboflow_does_and_in_segments() -> None:
    answer = told(Segmentation(IDS))["predictions"]
    assert ids_of(answer["segmentation_mask"]) == IDS.tolist()
    assert answer["class_map"] == {"0": "BACKGROUND", "1": "cat", "2": "dog"}
    assert answer["present_class_ids"] == [0, 1, 2]
    assert "confidence_mask" not in answer
    (_, cat, dog) = answer["segments"]
    assert cat == {
        "class": "cat", "class_id": 1, "area": 8, "share": 0.333333, "bbox": [1, 0, 3, 3], "rle": cat["rle"],
    }  # fmt: skip
    assert (dog["area"], dog["bbox"]) == (3, [4, 0, 2, 4])
    for segment in answer["segments"]:
        assert (mask_of(segment["rle"]) == (segment["class_id"] == IDS)).all()
        assert int(coco.area(segment["rle"])) == segment["area"]


def test_with_probabilities_pixels_and_segments_have_confidences() -> None:
    answer = told(Segmentation(IDS, probabilities()))["predictions"]
    assert [segment["confidence"] for segment in answer["segments"]] == [0.5962, 0.6562, 0.6667]
    assert ids_of(answer["confidence_mask"]) == [[191] * 6, [191] * 6, [128] * 6, [128] * 6]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("classes", [("cat", 8, [1, 0, 4, 3]), ("dog", 3, [4, 0, 6, 4])]),
        ("instances", [("cat", 8, [1, 0, 4, 3]), ("dog", 2, [5, 0, 6, 2]), ("dog", 1, [4, 3, 5, 4])]),
    ],
)
def test_supervision_reads_regions_of_a_mask(view: str, expected: list[Any]) -> None:
    answer = told(Segmentation(IDS), view=view)
    read = supervision.Detections.from_inference({"image": {"width": 6, "height": 4}} | answer)
    assert read.mask is not None
    assert read.confidence is not None
    areas = [int(mask.sum()) for mask in np.asarray(read.mask)]
    assert list(zip(read.data["class_name"], areas, read.xyxy.tolist(), strict=True)) == expected
    assert read.confidence.tolist() == [1.0] * len(expected)
    assert [one["detection_id"] for one in answer["predictions"]] == [
        f"01J-{number}" for number in range(len(expected))
    ]


def test_regions_have_the_mean_confidence_of_their_pixels() -> None:
    answer = told(Segmentation(IDS, probabilities()), view="instances")
    assert [one["confidence"] for one in answer["predictions"]] == [0.6562, 0.75, 0.5]


def test_the_largest_regions_come_first_and_the_rest_is_counted() -> None:
    answer = told(Segmentation(IDS), view="instances", max_detections=1)
    assert [one["area"] for one in answer["predictions"]] == [8]
    assert answer["counts"] == {"returned": 1, "left_out": 2}


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (CLASSES, np.where(IDS == 2, 2, 0)),
        # without a background, what is not asked for is of no class
        (("wall", "cat", "dog"), np.where(IDS == 2, 2, 255)),
    ],
)
def test_only_the_classes_asked_for_are_told(names: tuple[str, ...], shown: NDArray[Any]) -> None:
    segmentation = Segmentation(IDS).selected(Options(class_ids=frozenset({2})))
    answer = segmentation.to_json(SIZE, names, "01J")["predictions"]
    assert ids_of(answer["segmentation_mask"]) == shown.tolist()
    assert answer["present_class_ids"] == [2]
    assert [segment["class"] for segment in answer["segments"]] == ["dog"]
    assert np.asarray(opened(segmentation.to_png(names))).tolist() == shown.tolist()


@pytest.mark.parametrize("view", ["classes", "instances"])
def test_a_class_0_that_is_no_background_is_a_region_like_others(view: str) -> None:
    answer = told(Segmentation(IDS), ("wall", "cat", "dog"), view=view)
    assert "wall" in [one["class"] for one in answer["predictions"]]


def test_the_png_has_the_colours_of_the_classes() -> None:
    image = opened(Segmentation(IDS).to_png(CLASSES))
    assert (image.mode, np.asarray(image).tolist()) == ("P", IDS.tolist())
    palette = image.getpalette() or []
    assert [tuple(palette[3 * one : 3 * one + 3]) for one in range(3)] == [
        (255, 255, 255), class_colour(1), class_colour(2),
    ]  # fmt: skip


def test_the_background_asked_for_is_not_what_the_others_become() -> None:
    answer = told(Segmentation(IDS), class_ids=frozenset({0}))["predictions"]
    (segment,) = answer["segments"]
    assert (segment["class"], segment["area"]) == ("BACKGROUND", 13)
    assert ids_of(answer["segmentation_mask"]) == np.where(IDS == 0, 0, 255).tolist()


def test_confidences_asked_for_and_not_given_are_malformed() -> None:
    with pytest.raises(MalformedPrediction, match="asked for probabilities and answered a mask"):
        Segmentation(IDS).selected(Options(confidence_mask=True))


def test_it_counts_the_classes_it_shows() -> None:
    assert len(Segmentation(IDS)) == 3
    assert len(Segmentation(np.zeros((4, 6), np.uint8))) == 1


def test_it_is_drawn_over_the_picture() -> None:
    picture = Image.new("RGB", (6, 4), GREY)
    drawn = Segmentation(IDS).draw(picture, CLASSES)
    assert drawn.width == 324
    assert drawn.getpixel((10, 10)) == GREY != drawn.getpixel((80, 10))


@pytest.mark.parametrize("view", ["semantic", "classes", "instances"])
def test_a_mask_too_intricate_for_an_answer_is_refused_with_a_smaller_form(view: str) -> None:
    """Before its regions are sought: here that would take seconds and gigabytes."""
    noise = np.random.default_rng(0).integers(0, 12, (2000, 1500), dtype=np.uint8)
    segmentation = Segmentation(noise).selected(Options(view=view, max_detections=10**9))  # type: ignore[arg-type]
    with pytest.raises(AnswerTooLarge, match="too intricate to be told in run lengths") as caught:
        segmentation.to_json(PictureSize(1500, 2000), tuple(map(str, range(12))), "01J")
    assert "Ask for format=png" in caught.value.hint


def test_run_lengths_of_more_bytes_than_an_answer_has_are_refused() -> None:
    noise = np.random.default_rng(0).integers(0, 12, (1400, 1480), dtype=np.uint8)
    with pytest.raises(AnswerTooLarge, match=f"the mask as JSON has more than the {ANSWER_LIMIT} bytes"):
        Segmentation(noise).to_json(PictureSize(1480, 1400), tuple(map(str, range(12))), "01J")


def test_a_large_mask_of_few_shapes_fits() -> None:
    ids = np.zeros((5000, 5000), np.uint8)
    ids[1000:4000, 1000:4000] = 1
    answer = Segmentation(ids).to_json(PictureSize(5000, 5000), CLASSES, "01J")["predictions"]
    assert [segment["area"] for segment in answer["segments"]] == [16_000_000, 9_000_000]


@pytest.mark.parametrize(("width", "height", "class_count"), [(600, 800, 3), (1, 1, 254), (786_400, 1, 2)])
def test_probabilities_that_fit_in_an_endpoints_answer(width: int, height: int, class_count: int) -> None:
    ensure_probabilities_fit(PictureSize(width, height), class_count)


def test_probabilities_that_do_not_fit_are_refused_with_the_size_that_would() -> None:
    with pytest.raises(
        AnswerTooLarge, match=f"21 probabilities for each of 600x800 pixels .* {BODY_LIMIT} bytes"
    ) as caught:
        ensure_probabilities_fit(PictureSize(600, 800), 21)
    assert caught.value.hint == "Leave confidence_mask out, or send a picture of at most 74895 pixels."


def test_a_grey_png_is_a_mask_too() -> None:
    assert Segmentation.from_built_in(encoded(Image.fromarray(IDS))).ids.tolist() == IDS.tolist()

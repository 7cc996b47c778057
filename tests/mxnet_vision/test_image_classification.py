import json
import re

import numpy as np
import pytest
from mxnet_vision.errors import BuiltInFailure, ClientError
from mxnet_vision.metrics import Reading
from mxnet_vision.models import NotAcceptableError
from mxnet_vision.models.image_classification import AccuracyLog, answer, read_hyperparameters
from mxnet_vision.models.image_classification.labels import label_format, read_class, read_classes
from mxnet_vision.models.image_classification.views import view
from mxnet_vision.samples import Sample
from numpy.typing import NDArray
from PIL import Image

from .conftest import encoded

REQUIRED = {"num_classes": "3", "num_training_samples": "160"}
CLASS_ID, MULTI_HOT = "application/x-recordio; label-format=class-id", "application/x-recordio"


def labelled(label: str, content_type: str = MULTI_HOT) -> Sample:
    return Sample(b"", label.encode(), "Record 3", 0, content_type)


@pytest.mark.parametrize("label", ["2", '"2"', " 2\n"])
def test_a_single_label_is_a_number_quoted_or_not(label: str) -> None:
    assert read_class(labelled(label), 3) == 2


@pytest.mark.parametrize(
    ("label", "complaint"),
    [
        ("3", "class 3 is not from 0 up to below num_classes, 3"),
        ("-1", "class -1 is not"),
        ('"cat"', "the label is not JSON"),
        ("1.5", "1.5 is not a class number"),
        ("true", "True is not a class number"),
        ("null", "None is not a class number"),
        ("[0, 2]", "several labels need multi_label=1"),
    ],
)
def test_a_single_label_that_cannot_be_used_is_named(label: str, complaint: str) -> None:
    with pytest.raises(ClientError, match=f"Record 3: .*{re.escape(complaint)}"):
        read_class(labelled(label), 3)


@pytest.mark.parametrize(
    ("label", "content_type", "expected"),
    [
        ("[0, 2]", CLASS_ID, [1, 0, 1]),
        ('"[0, 2]"', CLASS_ID, [1, 0, 1]),
        ("[]", CLASS_ID, [0, 0, 0]),
        ("[1]", "application/x-recordio;label-format=class-id", [0, 1, 0]),
        ("[1, 0, 1]", MULTI_HOT, [1, 0, 1]),
        ("[0, 0, 0]", "application/x-recordio; label-format=multi-hot", [0, 0, 0]),
    ],
)
def test_several_labels_are_ids_or_ones_as_the_content_type_says(
    label: str, content_type: str, expected: list[int]
) -> None:
    assert read_classes(labelled(label, content_type), 3).tolist() == expected


@pytest.mark.parametrize("label", ["[0, 2]", "[0, 1, 2]", "[]", "[1, 0, 1, 0]", '["a", "b", "c"]'])
def test_ids_where_ones_are_expected_are_a_client_error_with_the_way_out(label: str) -> None:
    way_out = r"ContentType must be 'application/x-recordio; label-format=class-id'"
    with pytest.raises(ClientError, match=rf"Record 3: the label .* is not 3 \(num_classes\) ones .*{way_out}"):
        read_classes(labelled(label), 3)


@pytest.mark.parametrize(("label", "complaint"), [("[0, 3]", "class 3 is not"), ("1", "the label is no list")])
def test_several_labels_that_cannot_be_used_are_named(label: str, complaint: str) -> None:
    with pytest.raises(ClientError, match=f"Record 3: .*{complaint}"):
        read_classes(labelled(label, CLASS_ID), 3)


def test_an_unknown_label_format_is_named() -> None:
    with pytest.raises(ClientError, match=r"label-format in ContentType '.*one-hot' is none of multi-hot, class-id"):
        label_format("application/x-recordio; label-format=one-hot")


COLUMNS = np.arange(40, dtype=np.uint8)
STRIPES = np.repeat(np.repeat(COLUMNS[np.newaxis, :, np.newaxis] * 5, 30, axis=0), 3, axis=2)  # 40 wide, 30 high
SAMPLE = Sample(encoded(Image.fromarray(STRIPES)), b"", "Record 3", 0)


def seen(
    size: tuple[int, int], resize: int = 0, augmentation: str = "", rng: np.random.Generator | None = None
) -> NDArray[np.uint8]:
    return view(SAMPLE, size, resize, augmentation, rng)


@pytest.mark.parametrize("rng", [None, np.random.default_rng(0)])
def test_without_augmentation_the_middle_is_seen(rng: np.random.Generator | None) -> None:
    np.testing.assert_array_equal(seen((20, 10), rng=rng), STRIPES[10:20, 10:30])


def test_validation_sees_the_middle_whatever_the_augmentation() -> None:
    np.testing.assert_array_equal(seen((20, 10), augmentation="crop_color_transform"), STRIPES[10:20, 10:30])


def test_the_shorter_side_is_resized() -> None:
    expected = Image.fromarray(STRIPES).resize((20, 15), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(seen((20, 15), resize=15), np.asarray(expected))


@pytest.mark.parametrize(("size", "resize"), [((41, 10), 0), ((10, 31), 0), ((20, 16), 15)])
def test_a_picture_smaller_than_image_shape_is_named(size: tuple[int, int], resize: int) -> None:
    with pytest.raises(ClientError, match=rf"Record 3: the picture has \d+x\d+ pixels, .* {size[0]}x{size[1]}; give"):
        seen(size, resize)


def test_crops_are_anywhere_and_mirrored() -> None:
    crops = [seen((20, 10), augmentation="crop", rng=np.random.default_rng(seed)) for seed in range(60)]
    lefts = {int(min(crop[0, 0, 0], crop[0, -1, 0])) // 5 for crop in crops}
    assert min(lefts) == 0
    assert max(lefts) >= 19
    assert 10 < sum(bool(crop[0, 0, 0] > crop[0, -1, 0]) for crop in crops) < 50


@pytest.mark.parametrize("augmentation", ["crop_color", "crop_color_transform"])
def test_colours_move_within_bounds(augmentation: str) -> None:
    gray = Sample(encoded(Image.new("RGB", (40, 30), (120, 120, 120))), b"", "", 0)
    crops = [view(gray, (20, 10), 0, augmentation, np.random.default_rng(seed)) for seed in range(40)]
    assert all(crop.shape == (10, 20, 3) for crop in crops)
    values = {int(crop[5, 10].max()) for crop in crops}
    assert len(values) > 20
    assert min(values) >= 120 - 51
    assert max(values) <= 120 + 51


def test_a_transformed_picture_keeps_its_middle() -> None:
    dot = np.zeros((41, 41, 3), np.uint8)
    dot[18:23, 18:23] = 255
    sample = Sample(encoded(Image.fromarray(dot)), b"", "", 0)
    crops = [view(sample, (41, 41), 0, "crop_color_transform", np.random.default_rng(seed)) for seed in range(20)]
    assert all(crop[20, 20].max() > 150 for crop in crops)
    assert len({crop.tobytes() for crop in crops}) == 20


PROBABILITIES = np.array([0.25, 0.5, 0.125], np.float32)


@pytest.mark.parametrize(
    ("accept", "content_type", "body"),
    [
        ("", "application/json", [0.25, 0.5, 0.125]),
        ("*/*", "application/json", [0.25, 0.5, 0.125]),
        ("application/json", "application/json", [0.25, 0.5, 0.125]),
        ("application/jsonlines", "application/jsonlines", {"prediction": [0.25, 0.5, 0.125]}),
    ],
)
def test_answers_are_one_probability_for_each_class(accept: str, content_type: str, body: object) -> None:
    found = answer(PROBABILITIES, accept)
    assert found.content_type == content_type
    assert json.loads(found.body) == body
    assert found.body.endswith(b"\n") == (accept == "application/jsonlines")


def test_another_form_is_refused() -> None:
    with pytest.raises(NotAcceptableError, match="'image/png' is none of application/json, application/jsonlines"):
        answer(PROBABILITIES, "image/png")


def test_the_log_is_worded_as_mxnet_does() -> None:
    lines: list[str] = []
    log = AccuracyLog("algo-1", 30, lines.append)
    log.trained(Reading(0, 4, 32, 14.863, {"accuracy": 0.375, "top_k_accuracy_2": 0.5}))
    log.validated(Reading(0, 2, 9, 1.0, {"accuracy": 27 / 35}))
    assert lines == [
        "Epoch[0] Train-accuracy=0.375000",
        "Epoch[0] Train-top_k_accuracy_2=0.500000",
        "Epoch[0] Time cost=14.863",
        "Epoch[0] Validation-accuracy=0.771429",
    ]


def test_a_weighted_loss_fails_as_the_built_in_does() -> None:
    with pytest.raises(BuiltInFailure, match=r"^pos_cls_weights \(caused by KeyError\)$"):
        read_hyperparameters(REQUIRED | {"multi_label": "1", "use_weighted_loss": "1"})
    assert (
        "use_weighted_loss=True has no effect" in read_hyperparameters(REQUIRED | {"use_weighted_loss": "1"}).notes()[0]
    )


@pytest.mark.parametrize(
    ("num_layers", "stages", "units"),
    [("18", 3, 1), ("50", 3, 2), ("152", 3, 3), ("20", 2, 1), ("44", 2, 2), ("110", 2, 3)],
)
def test_num_layers_chooses_a_family_and_a_depth(num_layers: str, stages: int, units: int) -> None:
    found = read_hyperparameters(REQUIRED | {"num_layers": num_layers})
    assert (len(found.stages), found.units) == (stages, units)


def test_checkpoints_are_not_further_apart_than_epochs() -> None:
    assert read_hyperparameters(REQUIRED | {"checkpoint_frequency": "30"}).checkpoint_frequency == 30
    with pytest.raises(ClientError, match="'checkpoint_frequency': it must be at most epochs, 30"):
        read_hyperparameters(REQUIRED | {"checkpoint_frequency": "31"})

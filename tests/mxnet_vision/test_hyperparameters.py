import pytest
from mxnet_vision.errors import ClientError
from mxnet_vision.hyperparameters import read
from mxnet_vision.models.object_detection import DetectionHyperparameters

REQUIRED = {"num_classes": "3", "num_training_samples": "160"}


def test_defaults_are_the_built_ins() -> None:
    found = read(DetectionHyperparameters, REQUIRED)
    assert found == DetectionHyperparameters(
        num_classes=3,
        num_training_samples=160,
        base_network="vgg-16",
        use_pretrained_model=True,
        epochs=30,
        mini_batch_size=32,
        learning_rate=0.001,
        lr_scheduler_step=(),
        lr_scheduler_factor=0.1,
        optimizer="sgd",
        momentum=0.9,
        weight_decay=0.0005,
        overlap_threshold=0.5,
        nms_threshold=0.45,
        image_shape=300,
        label_width=350,
        early_stopping=False,
        early_stopping_min_epochs=10,
        early_stopping_patience=5,
        early_stopping_tolerance=0.0,
        kv_store="",
        freeze_layer_pattern="",
    )


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("base_network", "resnet-50", "resnet-50"),
        ("early_stopping", "True", True),
        ("early_stopping", "false", False),
        ("early_stopping_tolerance", "1", 1.0),
        ("image_shape", "512", 512),
        ("freeze_layer_pattern", "^(conv1_|conv2_).*", "^(conv1_|conv2_).*"),
        ("kv_store", "dist_async", "dist_async"),
        ("learning_rate", "1", 1.0),
        ("lr_scheduler_step", "10,20", (10, 20)),
        ("lr_scheduler_step", "", ()),
        ("optimizer", "adadelta", "adadelta"),
        ("use_pretrained_model", "0", False),
        ("weight_decay", "5e-4", 0.0005),
    ],
)
def test_a_value_in_its_range_is_taken(name: str, text: str, value: object) -> None:
    assert getattr(read(DetectionHyperparameters, REQUIRED | {name: text}), name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("num_classes", "0"),
        ("num_classes", "three"),
        ("num_training_samples", "-1"),
        ("base_network", "vgg16"),
        ("early_stopping", "maybe"),
        ("early_stopping_min_epochs", "0"),
        ("early_stopping_patience", "0"),
        ("early_stopping_tolerance", "1.1"),
        ("epochs", "0"),
        ("epochs", "1.5"),
        ("freeze_layer_pattern", "("),
        ("image_shape", "299"),
        ("kv_store", "local"),
        ("label_width", "2"),
        ("learning_rate", "0"),
        ("learning_rate", "1.01"),
        ("learning_rate", "nan"),
        ("lr_scheduler_factor", "1"),
        ("lr_scheduler_step", "ten"),
        ("mini_batch_size", "0"),
        ("momentum", "0"),
        ("nms_threshold", "0"),
        ("optimizer", "SGD"),
        ("overlap_threshold", "1.5"),
        ("use_pretrained_model", "2"),
        ("weight_decay", "1"),
    ],
)
def test_a_value_out_of_its_range_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(ClientError, match=f"Invalid value '.*' for hyperparameter '{name}': it must be"):
        read(DetectionHyperparameters, REQUIRED | {name: text})


@pytest.mark.parametrize("name", REQUIRED)
def test_a_required_name_cannot_be_left_out(name: str) -> None:
    with pytest.raises(ClientError, match=f"'{name}' is required"):
        read(DetectionHyperparameters, {other: text for other, text in REQUIRED.items() if other != name})


def test_an_unknown_name_is_refused_and_sagemakers_own_is_passed_over() -> None:
    assert read(DetectionHyperparameters, REQUIRED | {"_tuning_objective_metric": "validation:mAP"}).num_classes == 3
    with pytest.raises(ClientError, match="'learning_rat' was unexpected"):
        read(DetectionHyperparameters, REQUIRED | {"learning_rat": "0.1"})


@pytest.mark.parametrize(("label_width", "boxes"), [("350", 69), ("600", 119), ("7", 1), ("12", 2), ("11", 1)])
def test_label_width_bounds_the_boxes_of_a_picture(label_width: str, boxes: int) -> None:
    assert read(DetectionHyperparameters, REQUIRED | {"label_width": label_width}).most_boxes == boxes


def test_what_has_no_effect_is_said() -> None:
    said = read(DetectionHyperparameters, REQUIRED | {"kv_store": "dist_sync"}).notes()
    assert said == [
        "base_network=vgg-16 has no effect in this stand-in.",
        "kv_store=dist_sync has no effect in this stand-in.",
        "use_pretrained_model=1: there are no pre-trained weights here; training starts from scratch.",
    ]

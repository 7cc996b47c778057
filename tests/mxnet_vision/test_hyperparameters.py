import pytest
from mxnet_vision.errors import ClientError
from mxnet_vision.hyperparameters import Hyperparameters, read
from mxnet_vision.models.image_classification import ClassificationHyperparameters
from mxnet_vision.models.object_detection import DetectionHyperparameters
from mxnet_vision.models.semantic_segmentation import SegmentationHyperparameters

REQUIRED = {"num_classes": "3", "num_training_samples": "160"}


def test_defaults_of_object_detection_are_the_built_ins() -> None:
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


def test_defaults_of_segmentation_are_the_built_ins() -> None:
    found = read(SegmentationHyperparameters, REQUIRED)
    assert found == SegmentationHyperparameters(
        num_classes=3,
        num_training_samples=160,
        backbone="resnet-50",
        use_pretrained_model=True,
        algorithm="fcn",
        base_size=520,
        crop_size=240,
        epochs=10,
        mini_batch_size=16,
        validation_mini_batch_size=16,
        learning_rate=0.001,
        lr_scheduler="poly",
        lr_scheduler_step=(),
        lr_scheduler_factor=0.1,
        optimizer="sgd",
        momentum=0.9,
        gamma1=0.9,
        gamma2=0.9,
        weight_decay=0.0001,
        early_stopping=False,
        early_stopping_min_epochs=5,
        early_stopping_patience=4,
        early_stopping_tolerance=0.0,
        syncbn=False,
    )


def test_defaults_of_classification_are_the_built_ins() -> None:
    found = read(ClassificationHyperparameters, REQUIRED)
    assert found == ClassificationHyperparameters(
        num_classes=3,
        num_training_samples=160,
        num_layers="152",
        use_pretrained_model=False,
        image_shape=(3, 224, 224),
        resize=0,  # as it is
        augmentation_type="",
        multi_label=False,
        use_weighted_loss=False,
        epochs=30,
        mini_batch_size=32,
        learning_rate=0.1,
        lr_scheduler_step=(),
        lr_scheduler_factor=0.1,
        optimizer="sgd",
        momentum=0.9,
        weight_decay=0.0001,
        beta_1=0.9,
        beta_2=0.999,
        eps=1e-8,
        gamma=0.9,
        top_k=0,  # none
        checkpoint_frequency=0,  # the best
        early_stopping=False,
        early_stopping_min_epochs=10,
        early_stopping_patience=5,
        early_stopping_tolerance=0.0,
        precision_dtype="float32",
        kv_store="",
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


SEGMENTATION, CLASSIFICATION = SegmentationHyperparameters, ClassificationHyperparameters


@pytest.mark.parametrize(
    ("kind", "name", "text", "value"),
    [
        (SEGMENTATION, "num_classes", "254", 254),
        (SEGMENTATION, "use_pretrained_model", "False", False),
        (SEGMENTATION, "algorithm", "deeplab", "deeplab"),
        (SEGMENTATION, "optimizer", "adagrad", "adagrad"),
        (SEGMENTATION, "lr_scheduler_factor", "0", 0.0),
        (CLASSIFICATION, "image_shape", "3,64,48", (3, 64, 48)),
        (CLASSIFICATION, "num_layers", "20", "20"),
        (CLASSIFICATION, "multi_label", "1", True),
        (CLASSIFICATION, "learning_rate", "0", 0.0),
        (CLASSIFICATION, "optimizer", "nag", "nag"),
        (CLASSIFICATION, "augmentation_type", "crop_color_transform", "crop_color_transform"),
        (CLASSIFICATION, "precision_dtype", "float16", "float16"),
    ],
)
def test_the_others_have_ranges_of_their_own(kind: type[Hyperparameters], name: str, text: str, value: object) -> None:
    assert getattr(read(kind, REQUIRED | {name: text}), name) == value


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        (SEGMENTATION, "num_classes", "1"),
        (SEGMENTATION, "num_classes", "255"),
        (SEGMENTATION, "use_pretrained_model", "0"),
        (SEGMENTATION, "syncbn", "1"),
        (SEGMENTATION, "algorithm", "unet"),
        (SEGMENTATION, "backbone", "resnet-18"),
        (SEGMENTATION, "base_size", "16"),
        (SEGMENTATION, "crop_size", "16"),
        (SEGMENTATION, "lr_scheduler", "linear"),
        (SEGMENTATION, "optimizer", "adadelta"),
        (SEGMENTATION, "gamma1", "1.1"),
        (SEGMENTATION, "weight_decay", "0"),
        (SEGMENTATION, "validation_mini_batch_size", "0"),
        (CLASSIFICATION, "num_layers", "19"),
        (CLASSIFICATION, "image_shape", "224"),
        (CLASSIFICATION, "image_shape", "1,224,224"),
        (CLASSIFICATION, "image_shape", "3,0,224"),
        (CLASSIFICATION, "resize", "0"),
        (CLASSIFICATION, "top_k", "1"),
        (CLASSIFICATION, "augmentation_type", "flip"),
        (CLASSIFICATION, "checkpoint_frequency", "0"),
        (CLASSIFICATION, "precision_dtype", "int8"),
        (CLASSIFICATION, "learning_rate", "1.01"),
        (CLASSIFICATION, "optimizer", "adadelta"),
    ],
)
def test_what_is_out_of_their_ranges_is_refused_by_name(kind: type[Hyperparameters], name: str, text: str) -> None:
    with pytest.raises(ClientError, match=f"Invalid value '.*' for hyperparameter '{name}': it must be"):
        read(kind, REQUIRED | {name: text})


def test_steps_are_required_of_a_learning_rate_that_falls_in_steps() -> None:
    with pytest.raises(ClientError, match="'lr_scheduler_step' is required where lr_scheduler is step"):
        read(SEGMENTATION, REQUIRED | {"lr_scheduler": "step"})
    steps = read(SEGMENTATION, REQUIRED | {"lr_scheduler": "step", "lr_scheduler_step": "10,20"})
    assert (steps.decay, steps.lr_scheduler_step) == ("step", (10, 20))


@pytest.mark.parametrize(
    ("kind", "optimizer", "own"),
    [
        (DetectionHyperparameters, "sgd", {"wd": 0.0005, "momentum": 0.9}),
        (DetectionHyperparameters, "adam", {"wd": 0.0005}),
        (SEGMENTATION, "nag", {"wd": 0.0001, "momentum": 0.9}),
        (SEGMENTATION, "adagrad", {"wd": 0.0001}),
        (SEGMENTATION, "rmsprop", {"wd": 0.0001, "gamma1": 0.9, "gamma2": 0.9, "centered": True}),
        (CLASSIFICATION, "sgd", {"wd": 0.0001, "momentum": 0.9}),
        (CLASSIFICATION, "adam", {"wd": 0, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
        (CLASSIFICATION, "rmsprop", {"wd": 0, "gamma1": 0.9, "epsilon": 1e-8}),
    ],
)
def test_an_optimizer_is_told_what_concerns_it(
    kind: type[Hyperparameters], optimizer: str, own: dict[str, float]
) -> None:
    told = read(kind, REQUIRED | {"optimizer": optimizer, "learning_rate": "0.25"}).optimizer_options()
    assert told == {"learning_rate": 0.25, **own}


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


def test_the_others_say_too_what_has_no_effect() -> None:
    assert read(SEGMENTATION, REQUIRED | {"syncbn": "True"}).notes() == [
        "backbone=resnet-50 has no effect in this stand-in.",
        "syncbn=True has no effect in this stand-in.",
        "use_pretrained_model=True: there are no pre-trained weights here; training starts from scratch.",
    ]
    assert read(CLASSIFICATION, REQUIRED).notes() == []
    assert read(CLASSIFICATION, REQUIRED | {"precision_dtype": "float16", "checkpoint_frequency": "2"}).notes() == [
        "checkpoint_frequency=2 has no effect in this stand-in.",
        "precision_dtype=float16 has no effect in this stand-in.",
    ]

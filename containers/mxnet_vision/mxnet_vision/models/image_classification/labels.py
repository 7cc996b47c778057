"""Labels of pictures: one class number, or any number of classes.

Source: SageMaker developer guide, "Image Classification - MXNet", "Train with Augmented Manifest Image Format".
"""

from email.message import Message

import numpy as np
from numpy.typing import NDArray

from mxnet_vision.errors import ClientError
from mxnet_vision.samples import Sample

FORMATS = ("multi-hot", "class-id")  # of several labels; the first is the built-in's default


def read_class(sample: Sample, num_classes: int) -> int:
    """The class number of a sample whose label is `0` or `"0"`.

    Raises:
        ClientError: it is something else, or not below `num_classes`; the message names the record.
    """
    label = sample.label_json()
    if isinstance(label, list):
        raise ClientError(f"{sample.where}: the label is a list; several labels need multi_label=1.")
    return _class_number(label, num_classes, sample.where)


def read_classes(sample: Sample, num_classes: int) -> NDArray[np.float32]:
    """A one for each class of a sample, (num_classes,); its label is a list of class numbers or of ones and zeros.

    The `label-format` in the channel's content type says which of the two.

    Raises:
        ClientError: the label is no such list; the message names the record.
    """
    label = sample.label_json()
    if not isinstance(label, list):
        raise ClientError(f"{sample.where}: the label is no list; with multi_label=1 it must be one, such as [0, 2].")
    if label_format(sample.content_type) == "multi-hot":
        return _multi_hot(label, num_classes, sample.where)
    classes = np.zeros(num_classes, np.float32)
    classes[[_class_number(each, num_classes, sample.where) for each in label]] = 1
    return classes


def label_format(content_type: str) -> str:
    """`multi-hot` or `class-id`, the parameter `label-format` of a content type.

    Raises:
        ClientError: it is neither.
    """
    message = Message()
    message["Content-Type"] = content_type
    found = str(message.get_param("label-format", FORMATS[0])).lower()
    if found not in FORMATS:
        raise ClientError(f"label-format in ContentType '{content_type}' is none of {', '.join(FORMATS)}.")
    return found


def _multi_hot(label: list[object], num_classes: int, where: str) -> NDArray[np.float32]:
    if len(label) != num_classes or any(each not in (0, 1) for each in label):
        raise ClientError(
            f"{where}: the label {str(label)[:60]} is not {num_classes} (num_classes) ones and zeros. If it is a list "
            "of class numbers, as Ground Truth writes, the channel's ContentType must be "
            "'application/x-recordio; label-format=class-id'."
        )
    return np.array(label, np.float32)


def _class_number(label: object, num_classes: int, where: str) -> int:
    if isinstance(label, bool) or not isinstance(label, int):
        raise ClientError(f"{where}: the label {str(label)[:60]} is not a class number.")
    if not 0 <= label < num_classes:
        raise ClientError(f"{where}: class {label} is not from 0 up to below num_classes, {num_classes}.")
    return label

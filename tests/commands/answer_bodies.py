"""What the HTTP API answers for each task, as JSON."""

from typing import Any

BOX = {"x": 15, "y": 25, "width": 10, "height": 30, "x1": 10, "y1": 10, "x2": 20, "y2": 40}
WREN = BOX | {"confidence": 0.91, "class": "wren", "class_id": 2, "detection_id": "1-0"}
ROAD = BOX | {"confidence": 1.0, "class": "road", "class_id": 1, "detection_id": "1-0", "area": 280}


def body(task: str, predictions: object, **others: object) -> dict[str, Any]:
    """An answer with these predictions."""
    model = {"project": "birds", "version": "birds-1-1", "task": task}
    image = {"width": 640, "height": 480}
    return {"inference_id": "1", "time": 0.06, "image": image, "model": model, "predictions": predictions} | others


BOXES = body("object-detection", [WREN], counts={"returned": 1, "left_out": 0})
REGIONS = body("semantic-segmentation", [ROAD | {"mask_format": "rle", "rle": {"size": [480, 640], "counts": "0"}}])
SEGMENT = {"class": "road", "class_id": 1, "area": 280, "share": 0.0009, "bbox": [10, 10, 10, 30], "rle": {}}
MASK = body(
    "semantic-segmentation",
    {
        "segmentation_mask": "iVBORw0KGgo=",
        "class_map": {"0": "BACKGROUND", "1": "road"},
        "present_class_ids": [0, 1],
        "segments": [SEGMENT, SEGMENT | {"class": "BACKGROUND", "confidence": 0.97}],
    },
)
RANKED = [{"class": "wren", "class_id": 2, "confidence": 0.9}, {"class": "heron", "class_id": 0, "confidence": 0.1}]
CLASS = body("image-classification", RANKED, top="wren", confidence=0.9)
NO_CLASS = body("image-classification", [], top=None, confidence=None)
PRESENCES = {"wren": {"confidence": 0.9, "class_id": 2}, "heron": {"confidence": 0.1, "class_id": 0}}
CLASSES = body("image-classification-multilabel", PRESENCES, predicted_classes=["wren"])

"""A bounding-box manifest as Ground Truth writes it, of any length: about 1 kB and 8 boxes on each line.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-reusing-data.html
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

CLASSES = ("car", "person", "bicycle", "traffic light", "dog", "bus")
WIDTH, HEIGHT = 1920, 1080


def write(path: Path, lines: int) -> None:
    """The same lines every time; a shorter manifest is the beginning of a longer one."""
    with path.open("wb") as file:
        file.writelines(orjson.dumps(line) + b"\n" for line in _lines(lines))


def _lines(count: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(0)
    for number in range(count):
        boxes = [_box(chance) for _ in range(chance.randint(5, 11))]
        shown = sorted({box["class_id"] for box in boxes})
        yield {  # keys in Ground Truth's order
            "source-ref": f"s3://pictures-of-streets/2026/10/{number:08d}.jpg",
            "streets": {
                "annotations": boxes,
                "image_size": [{"width": WIDTH, "depth": 3, "height": HEIGHT}],
            },
            "streets-metadata": {
                "job-name": "labeling-job/streets",
                "class-map": {str(class_id): CLASSES[class_id] for class_id in shown},
                "human-annotated": "yes",
                "objects": [{"confidence": 0} for _ in boxes],
                "creation-date": "2026-10-18T22:18:13.527256",
                "type": "groundtruth/object-detection",
            },
        }


def _box(chance: random.Random) -> dict[str, int]:
    width, height = chance.randrange(8, 400), chance.randrange(8, 300)
    return {
        "class_id": chance.randrange(len(CLASSES)),
        "width": width,
        "top": chance.randrange(HEIGHT - height),
        "height": height,
        "left": chance.randrange(WIDTH - width),
    }

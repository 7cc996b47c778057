"""Manifest lines, the files made of them and typed facts, as short to write as the test's point allows."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from labelloop.manifest import Line
from labelloop.report import ClassReport, Report
from labelloop.run import Dataset, Manifest, Pinned, Run, RunDocument
from labelloop.tasks import Task

REGION = "us-east-1"
ACCOUNT = "123456789012"
BUCKET = "labelloop-data"

Json = dict[str, Any]


def picture(name: object) -> str:
    return f"s3://pictures/{name}.jpg"


def mask(name: object) -> str:
    return f"s3://masks/annotations/consolidated-annotation/output/{name}_2020-04-21T13:48:00.091190.png"


def box(class_id: int | str, left: float = 10, top: float = 20, width: float = 30, height: float = 40) -> Json:
    return {"class_id": class_id, "left": left, "top": top, "width": width, "height": height}


def line(
    name: object = 1,
    *boxes: Json | int,
    attribute: str = "shapes",
    class_map: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    **others: Any,
) -> Json:
    """A labelled line of Ground Truth's output for bounding boxes; a box may be its class id alone.

    Args:
        class_map: by default names each class `class <id>`, as Ground Truth does only those on the line.
        metadata: more metadata, or other.
        others: more keys of the line, or other; `-` is written `_`.
    """
    annotations = [entry if isinstance(entry, dict) else box(entry) for entry in boxes]
    named = {str(entry["class_id"]): f"class {entry['class_id']}" for entry in annotations}
    facts = {
        "objects": [{"confidence": 0} for _ in annotations],
        "class-map": named if class_map is None else dict(class_map),
        **(metadata or {}),
    }
    label = {"image_size": [{"width": 500, "height": 400, "depth": 3}], "annotations": annotations}
    return labelled_line(name, attribute, label, "object-detection", facts, **others)


def mask_line(
    name: object = 1,
    *values: int,
    attribute: str = "streets-ref",
    names: Mapping[int, str] | None = None,
    **others: Any,
) -> Json:
    """A labelled line for semantic segmentation, whose colour map names `values`: 0 is BACKGROUND, 5 is `class 5`.

    Args:
        names: other names.
        others: more keys of the line, or other; `-` is written `_`.
    """
    named = {value: f"class {value}" if value else "BACKGROUND" for value in values} | dict(names or {})
    colours = {
        str(value): {"class-name": text, "hex-color": "#2ca02c", "confidence": 0.8} for value, text in named.items()
    }
    return labelled_line(
        name, attribute, mask(name), "semantic-segmentation", {"internal-color-map": colours}, **others
    )


def class_line(name: object = 1, class_id: Any = 0, *, attribute: str = "species", **metadata: Any) -> Json:
    """A labelled line for image classification with one class; `-` of metadata is written `_`."""
    facts = {"class-name": f"class {class_id}", "confidence": 0.0} | _hyphened(metadata)
    return labelled_line(name, attribute, class_id, "image-classification", facts)


def class_list_line(name: object = 1, *class_ids: int, attribute: str = "tags", **metadata: Any) -> Json:
    """A labelled line for image classification with any number of classes; `-` of metadata is written `_`."""
    facts = {
        "class-map": {str(class_id): f"class {class_id}" for class_id in class_ids},
        "confidence-map": {str(class_id): class_id / 100 for class_id in class_ids},
        **_hyphened(metadata),
    }
    return labelled_line(name, attribute, list(class_ids), "image-classification-multilabel", facts)


def labelled_line(name: object, attribute: str, label: Any, kind: str, facts: Json, **others: Any) -> Json:
    """A line as Ground Truth writes it, with the metadata of its kind."""
    common = {
        "type": f"groundtruth/{kind}",
        "human-annotated": "yes",
        "creation-date": "2018-10-18T22:18:13.527256",
        "job-name": f"labeling-job/{attribute}",
    }
    return {
        "source-ref": picture(name),
        attribute: label,
        f"{attribute}-metadata": common | facts,
        **_hyphened(others),
    }


def _hyphened(keys: Mapping[str, Any]) -> Json:
    return {key.replace("_", "-"): value for key, value in keys.items()}


def failed_line(name: object = 1, *, attribute: str = "shapes") -> Json:
    """What Ground Truth writes where no worker's answer could be had: metadata without a label."""
    failure = {"failure-reason": "ClientError: cannot read", "human-annotated": "true", "job-name": "labeling-job/x"}
    return {"source-ref": picture(name), f"{attribute}-metadata": failure}


def unlabelled_line(name: object = 1) -> Json:
    """A line of a stopped job: as it went in."""
    return {"source-ref": picture(name)}


def label_pair(name: str, kind: str | None, **metadata: Any) -> Json:
    """Some label with metadata of a type, and more metadata; `-` of these is written `_`."""
    facts = {} if kind is None else {"type": f"groundtruth/{kind}"}
    return {name: 0, f"{name}-metadata": facts | _hyphened(metadata)}


def adjusted_pair(name: str, day: str = "2026-01-02", kind: str = "object-detection") -> Json:
    """Some label that an adjustment job wrote."""
    return label_pair(name, kind, adjustment_status="adjusted", creation_date=day)


def read_line(values: Json, number: int = 7) -> Line:
    """The line as it is read."""
    return Line.from_json(number, json.dumps(values).encode())


def manifest_text(lines: Iterable[Json | str], *, end: str = "\n") -> bytes:
    texts = (entry if isinstance(entry, str) else json.dumps(entry) for entry in lines)
    return "".join(text + end for text in texts).encode()


def write_manifest(path: Path, lines: Iterable[Json | str], *, end: str = "\n") -> Path:
    path.write_bytes(manifest_text(lines, end=end))
    return path


def run_document(**facts: Any) -> RunDocument:
    """A run that the inbox started, with more facts."""
    run = Run("shapes-0123456789ab", "shapes", "inbox", "2026-11-20T12:26:13.000000+00:00")
    manifest = Manifest(Pinned(f"s3://{BUCKET}/projects/shapes/manifests/round+1.manifest", "e7a9"))
    return RunDocument(run, manifest).with_(**facts)


def dataset(**facts: Any) -> Dataset:
    """A frozen dataset of the project `shapes`."""
    place = Dataset(
        id="00c0ffee00c0ffee",
        folder=f"s3://{BUCKET}/projects/shapes/datasets/00c0ffee00c0ffee",
        task=Task.OBJECT_DETECTION,
        algorithm="object-detection",
        label_attribute="shapes",
    )
    return msgspec.structs.replace(place, **facts)


def report(**facts: Any) -> Report:
    """Of a dataset with two classes, 80 samples to train on and 20 to validate with."""
    whole = Report(
        dataset="00c0ffee00c0ffee",
        sources=(Pinned(f"s3://{BUCKET}/projects/shapes/manifests/round+1.manifest", "e7a9"),),
        task=Task.OBJECT_DETECTION,
        algorithm="object-detection",
        label_attribute="shapes",
        label_attribute_rule="the only one",
        classes=(ClassReport(0, "circle", 70, 50, 10), ClassReport(1, "square", 60, 40, 15)),
        lines=100,
        left_out={},
        train_samples=80,
        validation_samples=20,
        max_objects=5,
        validation_share=0.2,
    )
    return msgspec.structs.replace(whole, **facts)

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from labelloop.checks import classes
from labelloop.errors import ManifestRefused
from labelloop.findings import Findings
from labelloop.label_file import LabelFile
from labelloop.labels.boxes import BoxLabel
from labelloop.labels.classes import ClassLabel, ClassListLabel
from labelloop.labels.masks import MaskLabel
from labelloop.merging import Source
from labelloop.preflight import read_source
from labelloop.run import Pinned
from labelloop.samples import Sample
from labelloop.settings import Settings
from labelloop.store import S3Uri
from labelloop.tasks import Task
from PIL import Image

from laptop.commands.console import CommandError
from laptop.demo.data import DemoData, draw_shapes, hold_out
from laptop.demo.scoring.boxes import LabelledBox
from laptop.demo.scoring.masks import Truth
from laptop.demo.shapes import CLASSES, MASK_CLASSES
from laptop.demo.tasks import TASKS

NOW = datetime(2026, 3, 2, 9, 0, 0, 5, UTC)
BOXES = {"type": "groundtruth/object-detection", "class-map": {"0": "cell"}}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[Task, DemoData]:
    """The shapes of one seed for every task."""
    return {task: draw_shapes(tmp_path_factory.mktemp(task), task, 0, NOW) for task in Task}


def source_of(data: DemoData) -> Source:
    source = read_source(LabelFile(data.manifest, Pinned(str(data.manifest), "")), Settings(), Findings())
    assert source.attribute.task is data.task
    return source


def samples_of(data: DemoData) -> list[Sample]:
    return [sample for sample in source_of(data).read() if isinstance(sample, Sample)]


def write_manifest(folder: Path, pictures: int) -> Path:
    """`pictures` lines with a box each, a failed one and an unlabelled one between them, the first picture twice."""
    label = {
        "image_size": [{"width": 9, "height": 9, "depth": 3}],
        "annotations": [{"class_id": 0, "left": 1, "top": 2, "width": 3, "height": 4}],
    }
    labelled = {"cells": label, "cells-metadata": BOXES}
    usable: list[tuple[str, dict[str, object]]] = [(f"{number}.jpg", labelled) for number in range(pictures)]
    failed: dict[str, object] = {"cells-metadata": {"failure-reason": "ClientError: …"}}
    lines = [usable[0], ("failed.jpg", failed), ("unlabelled.jpg", {}), *usable]
    for name, _ in lines:
        (folder / name).touch()
    path = folder / "cells.manifest"
    path.write_text("".join(json.dumps({"source-ref": f"s3://b/{name}"} | labels) + "\n" for name, labels in lines))
    return path


@pytest.mark.parametrize("task", Task)
def test_the_shapes_manifest_is_one_that_the_pipeline_takes(drawn: dict[Task, DemoData], task: Task) -> None:
    data = drawn[task]
    found = samples_of(data)
    assert len(found) == data.pictures == TASKS[task].labelled
    masks = [sample.label.uri for sample in found if isinstance(sample.label, MaskLabel)]
    assert {str(uri) for uri in data.files} == {sample.source_ref for sample in found} | set(masks)


@pytest.mark.parametrize("task", Task)
def test_every_class_occurs_on_what_is_labelled_and_on_what_is_held_out(
    drawn: dict[Task, DemoData], task: Task, tmp_path: Path
) -> None:
    survey = source_of(drawn[task]).survey
    assert {survey.class_names[one] for one in survey.class_ids} - {"BACKGROUND"} == set(CLASSES)
    scoring, truths = drawn[task].scoring, [picture.truth for picture in drawn[task].held_out]
    assert len(truths) == TASKS[task].held_out
    if task is Task.SEMANTIC_SEGMENTATION:
        assert {name for truth in truths for name in truth.names.values()} == set(MASK_CLASSES)
    else:
        right = [()] * len(truths) if task is Task.OBJECT_DETECTION else truths
        assert set(scoring.score(truths, right).by_class) == set(CLASSES)


@pytest.mark.parametrize("task", Task)
def test_held_out_shapes_are_not_uploaded(drawn: dict[Task, DemoData], task: Task) -> None:
    uploaded = {path.read_bytes() for path in drawn[task].files.values()}
    assert uploaded.isdisjoint(picture.path.read_bytes() for picture in drawn[task].held_out)


def test_boxes_masks_and_tags_of_a_seed_are_of_the_same_pictures(drawn: dict[Task, DemoData]) -> None:
    boxes, masks, tags = (
        {Path(sample.source_ref).name: sample for sample in samples_of(drawn[task])}
        for task in (Task.OBJECT_DETECTION, Task.SEMANTIC_SEGMENTATION, Task.IMAGE_CLASSIFICATION_MULTILABEL)
    )
    for name, boxed in boxes.items():
        masked, tagged = masks[name].label, tags[name].label
        assert isinstance(boxed.label, BoxLabel)
        assert isinstance(masked, MaskLabel)
        assert isinstance(tagged, ClassListLabel)
        assert set(boxed.label.class_ids) == set(tagged.class_ids) == {one - 1 for one in masked.class_ids if one}
        (size,) = boxed.label.image_size
        with Image.open(drawn[Task.SEMANTIC_SEGMENTATION].files[S3Uri.from_text(masked.uri)]) as mask:
            assert (mask.mode, mask.size) == ("P", (size.width, size.height))
            for box in boxed.label.annotations:
                inside = np.array(mask.crop((box.left, box.top, box.left + box.width, box.top + box.height)))
                assert 1 + box.class_id in inside


def test_a_masks_colours_are_those_of_its_manifest(drawn: dict[Task, DemoData]) -> None:
    data = drawn[Task.SEMANTIC_SEGMENTATION]
    line = json.loads(data.manifest.read_text().splitlines()[0])
    with Image.open(data.files[S3Uri.from_text(line["shape-masks-ref"])]) as mask:
        palette = np.frombuffer(mask.palette.tobytes(), np.uint8).reshape(-1, 3).tolist() if mask.palette else []
        shown = np.unique(np.array(mask)).tolist()
    colours = {str(value): "#" + bytes(palette[value]).hex() for value in shown}
    colour_map = line["shape-masks-ref-metadata"]["internal-color-map"]
    assert {value: entry["hex-color"] for value, entry in colour_map.items()} == colours
    assert colours["0"] == "#ffffff"
    assert {bytes(colour).hex() for colour in palette[len(MASK_CLASSES) :]} <= {"ffffff"}


def test_a_single_shape_has_a_single_class(drawn: dict[Task, DemoData]) -> None:
    labels = {sample.label for sample in samples_of(drawn[Task.IMAGE_CLASSIFICATION])}
    assert labels == {ClassLabel(class_id) for class_id in range(len(CLASSES))}


def test_held_out_pictures_are_gone_from_the_manifest_and_the_rest_is_untouched(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path, 20)
    data = hold_out(manifest, tmp_path, None, tmp_path / "out", 0)
    kept_back = {picture.path.name for picture in data.held_out}
    assert data.project == "cells"
    assert len(kept_back) == 3  # 15 % of 20
    lines = manifest.read_text().splitlines()
    wanted = [line for line in lines if json.loads(line)["source-ref"].rpartition("/")[2] not in kept_back]
    assert data.manifest.read_text().splitlines() == wanted
    assert kept_back.isdisjoint(path.name for path in data.files.values())
    assert {"failed.jpg", "unlabelled.jpg"} <= {path.name for path in data.files.values()}


def test_the_truth_of_a_held_out_picture_is_its_label(tmp_path: Path) -> None:
    data = hold_out(write_manifest(tmp_path, 3), tmp_path, "own", tmp_path / "out", 0)
    assert data.project == "own"
    assert [picture.truth for picture in data.held_out] == [(LabelledBox("cell", 1, 2, 3, 4),)]


def test_the_seed_chooses(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path, 40)
    chosen = [
        {picture.path for picture in hold_out(manifest, tmp_path, None, tmp_path / "out", seed).held_out}
        for seed in (1, 1, 2)
    ]
    assert chosen[0] == chosen[1] != chosen[2]


def test_two_pictures_are_too_few(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="2 usable pictures"):
        hold_out(write_manifest(tmp_path, 2), tmp_path, None, tmp_path / "out", 0)


def write_classes(folder: Path, *labels: tuple[object, dict[str, Any]]) -> Path:
    """Four lines with labels and metadata in turn."""
    path, lines = folder / "kinds.manifest", []
    for number in range(4):
        label, metadata = labels[number % len(labels)]
        lines.append({"source-ref": f"s3://b/{number}.jpg", "kinds": label, "kinds-metadata": metadata})
        (folder / f"{number}.jpg").touch()
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_single_classes_are_held_out_too(tmp_path: Path) -> None:
    wren, heron = (
        (str(one), {"type": "groundtruth/image-classification", "class-name": name})
        for one, name in ((3, "wren"), (4, "heron"))
    )
    data = hold_out(write_classes(tmp_path, wren, heron), tmp_path, None, tmp_path / "out", 0)
    assert data.task is Task.IMAGE_CLASSIFICATION
    (held_out,) = data.held_out
    assert held_out.truth == ("wren", "heron")[int(held_out.path.stem) % 2]


def test_lists_of_classes_are_held_out_too(tmp_path: Path) -> None:
    metadata = {"type": "groundtruth/image-classification-multilabel", "class-map": {"0": "wren", "4": "heron"}}
    data = hold_out(write_classes(tmp_path, ([4, 0], metadata)), tmp_path, None, tmp_path / "out", 0)
    assert data.task is Task.IMAGE_CLASSIFICATION_MULTILABEL
    assert [picture.truth for picture in data.held_out] == [{"wren", "heron"}]


def test_masks_are_found_where_pictures_are(tmp_path: Path) -> None:
    colours = {"0": {"class-name": "BACKGROUND"}, "1": {"class-name": "road"}}
    metadata = {"type": "groundtruth/semantic-segmentation", "internal-color-map": colours}
    (tmp_path / "masks").mkdir()
    lines = []
    for number in range(3):
        (tmp_path / f"{number}.jpg").touch()
        (tmp_path / f"masks/{number}.png").touch()
        mask = {"streets-ref": f"s3://b/masks/{number}.png", "streets-ref-metadata": metadata}
        lines.append(json.dumps({"source-ref": f"s3://b/x/{number}.jpg"} | mask) + "\n")
    manifest = tmp_path / "streets.manifest"
    manifest.write_text("".join(lines))
    data = hold_out(manifest, tmp_path, None, tmp_path / "out", 0)
    assert (data.task, data.project, data.pictures) == (Task.SEMANTIC_SEGMENTATION, "streets", 2)
    assert len(data.files) == 4
    (held_out,) = data.held_out
    name = held_out.path.stem
    assert held_out.truth == Truth(tmp_path / f"masks/{name}.png", {0: "BACKGROUND", 1: "road"})


def test_labels_that_cannot_be_trained_on_are_told_before_anything_is(tmp_path: Path) -> None:
    manifest = write_classes(tmp_path, ("3", {"type": "groundtruth/image-classification", "class-name": "wren"}))
    with pytest.raises(ManifestRefused, match="'wren'") as refused:
        hold_out(manifest, tmp_path, None, tmp_path / "out", 0)
    assert refused.value.check is classes.TOO_FEW_CLASSES

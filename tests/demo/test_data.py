import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from labelloop.labels.boxes import BoxLabel
from labelloop.manifest import find_label_attribute, read_lines
from labelloop.samples import Sample, samples

from laptop.commands.console import CommandError
from laptop.demo.data import HELD_OUT_SHAPES, LABELLED_SHAPES, draw_shapes, hold_out
from laptop.demo.scoring import LabelledBox

NOW = datetime(2026, 3, 2, 9, 0, 0, 5, UTC)
BOXES = {"type": "groundtruth/object-detection", "class-map": {"0": "cell"}}


def write_manifest(folder: Path, pictures: int, metadata: object = BOXES) -> Path:
    """`pictures` lines with a box each, a failed one and an unlabelled one between them, the first picture twice."""
    label = {
        "image_size": [{"width": 9, "height": 9, "depth": 3}],
        "annotations": [{"class_id": 0, "left": 1, "top": 2, "width": 3, "height": 4}],
    }
    labelled = {"cells": label, "cells-metadata": metadata}
    usable: list[tuple[str, dict[str, object]]] = [(f"{number}.jpg", labelled) for number in range(pictures)]
    failed: dict[str, object] = {"cells-metadata": {"failure-reason": "ClientError: …"}}
    lines = [usable[0], ("failed.jpg", failed), ("unlabelled.jpg", {}), *usable]
    for name, _ in lines:
        (folder / name).touch()
    path = folder / "cells.manifest"
    path.write_text("".join(json.dumps({"source-ref": f"s3://b/{name}"} | labels) + "\n" for name, labels in lines))
    return path


def test_the_shapes_manifest_is_one_that_the_pipeline_takes(tmp_path: Path) -> None:
    data = draw_shapes(tmp_path, 0, NOW)
    attribute = find_label_attribute(read_lines(data.manifest), None)
    found = [sample for sample in samples(data.manifest, attribute, BoxLabel) if isinstance(sample, Sample)]
    assert len(found) == len(data.files) == LABELLED_SHAPES
    assert {str(uri) for uri in data.files} == {sample.source_ref for sample in found}


def test_held_out_shapes_are_not_uploaded(tmp_path: Path) -> None:
    data = draw_shapes(tmp_path, 0, NOW)
    uploaded = {path.read_bytes() for path in data.files.values()}
    assert len(data.held_out) == HELD_OUT_SHAPES
    assert uploaded.isdisjoint(picture.path.read_bytes() for picture in data.held_out)


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


def test_labels_that_are_no_boxes_are_refused(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path, 4, {"type": "groundtruth/image-classification"})
    with pytest.raises(CommandError, match="image-classification; the demo scores boxes") as caught:
        hold_out(manifest, tmp_path, None, tmp_path / "out", 0)
    assert "labelloop put" in caught.value.hint

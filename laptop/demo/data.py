"""What the demo trains on and what it keeps back: shapes of its own making, or a manifest that somebody brings."""

import random
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from labelloop.labels.boxes import BoxLabel
from labelloop.manifest import find_label_attribute, read_lines
from labelloop.projects import project_of_attribute
from labelloop.samples import Sample, samples
from labelloop.store import S3Uri
from labelloop.tasks import Task

from laptop.commands.console import CommandError
from laptop.commands.inbox import files_of, objects_of
from laptop.demo import shapes
from laptop.demo.ground_truth import bounding_box_line
from laptop.demo.scoring import LabelledBox, Truth

SHAPES = "shapes"  # project, label attribute and bucket
LABELLED_SHAPES, HELD_OUT_SHAPES = 160, 40
HELD_OUT_SHARE = 0.15


class HeldOut(NamedTuple):
    """A picture that the pipeline never gets, and what is on it."""

    path: Path
    truth: Truth


class DemoData(NamedTuple):
    """A manifest to put, the files it refers to, and pictures to ask about afterwards."""

    project: str
    manifest: Path
    files: Mapping[S3Uri, Path]
    held_out: tuple[HeldOut, ...]


def draw_shapes(folder: Path, seed: int, now: datetime) -> DemoData:
    """Draw the shapes of a seed into `folder`, with the manifest that a labeling job of them would write."""
    images = folder / "images"
    labelled = _draw(images, "shape", seed, shapes.Stream.LABELLED, LABELLED_SHAPES)
    held_out = _draw(folder / "held-out", "held-out", seed, shapes.Stream.HELD_OUT, HELD_OUT_SHAPES)
    names = dict(enumerate(shapes.CLASSES))
    manifest = folder / f"{SHAPES}.manifest"
    manifest.write_bytes(
        b"".join(
            bounding_box_line(f"s3://{SHAPES}/{path.name}", label, names, attribute=SHAPES, created=now)
            for path, label in labelled
        )
    )
    kept_back = tuple(HeldOut(path, truth(label, names)) for path, label in held_out)
    return DemoData(SHAPES, manifest, files_of(objects_of(manifest), images), kept_back)


def hold_out(manifest: Path, images: Path, project: str | None, folder: Path, seed: int) -> DemoData:
    """Keep a seeded share of a manifest's usable pictures back; the rest becomes a manifest in `folder`, line for line.

    Raises:
        ManifestError: the manifest's labels cannot be read.
        CommandError: they are not boxes, too few, or their pictures are not in `images`.
    """
    attribute = find_label_attribute(read_lines(manifest), None)
    if attribute.task is not Task.OBJECT_DETECTION:
        raise CommandError(
            f"{manifest} has labels for {attribute.task}; the demo scores boxes.", "Put it with `labelloop put`."
        )
    usable = [found for found in samples(manifest, attribute, BoxLabel) if isinstance(found, Sample)]
    chosen = _choose(sorted({sample.source_ref for sample in usable}), seed, manifest)
    rest = folder / f"{manifest.stem}.manifest"
    folder.mkdir(parents=True, exist_ok=True)
    rest.write_bytes(_without(manifest, chosen))
    files = files_of((S3Uri.from_text(source_ref) for source_ref in chosen), images)
    truths = {
        found.source_ref: truth(found.label, found.class_names) for found in usable if isinstance(found.label, BoxLabel)
    }
    held_out = tuple(HeldOut(path, truths[str(uri)]) for uri, path in files.items())
    name = project or project_of_attribute(attribute.name)
    return DemoData(name, rest, files_of(objects_of(rest), images), held_out)


def truth(label: BoxLabel, class_names: Mapping[int, str]) -> Truth:
    """A label as the scoring takes it; classes by name, because the pipeline numbers them anew."""
    return tuple(
        LabelledBox(class_names[box.class_id], box.left, box.top, box.width, box.height) for box in label.annotations
    )


def _draw(folder: Path, name: str, seed: int, stream: shapes.Stream, count: int) -> list[tuple[Path, BoxLabel]]:
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for number, picture in enumerate(shapes.pictures(seed, stream, count)):
        path = folder / f"{name}-{number:03}.jpg"
        path.write_bytes(picture.jpeg)
        drawn.append((path, picture.label))
    return drawn


def _choose(source_refs: list[str], seed: int, manifest: Path) -> list[str]:
    count = max(1, round(HELD_OUT_SHARE * len(source_refs)))
    if len(source_refs) - count < 2:  # one to train, one to validate
        raise CommandError(f"{manifest} has {len(source_refs)} usable pictures; the demo needs three or more.")
    return sorted(random.Random(seed).sample(source_refs, count))


def _without(manifest: Path, source_refs: list[str]) -> bytes:
    """The manifest's bytes without the lines of some pictures."""
    wanted = set(source_refs)
    left_out = {line.number for line in read_lines(manifest) if line.source_ref in wanted}
    with manifest.open("rb") as file:  # its lines end with \n alone, as `read_lines` counts them
        return b"".join(text for number, text in enumerate(file, start=1) if number not in left_out)

"""What the demo trains on and what it keeps back: shapes of its own making, or a manifest that somebody brings."""

import random
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from labelloop.label_file import LabelFile
from labelloop.manifest_file import read_lines
from labelloop.preflight import preflight
from labelloop.projects import project_of_attribute
from labelloop.run import Pinned
from labelloop.samples import Sample
from labelloop.settings import Settings
from labelloop.store import S3Uri
from labelloop.tasks import REF_SUFFIX, Task

from laptop.commands.console import CommandError
from laptop.commands.inbox import files_of, objects_of
from laptop.demo.ground_truth import LabelingJob
from laptop.demo.labelled_shapes import LabelledShapes
from laptop.demo.scoring import Scoring
from laptop.demo.shapes import Stream, pictures
from laptop.demo.tasks import TASKS

HELD_OUT_SHARE = 0.15


class HeldOut(NamedTuple):
    """A picture that the pipeline never gets, and what is on it, as its task's scoring takes it."""

    path: Path
    truth: Any


class DemoData(NamedTuple):
    """A manifest to put, the files it refers to, and pictures to ask about afterwards."""

    task: Task
    project: str
    manifest: Path
    files: Mapping[S3Uri, Path]
    held_out: tuple[HeldOut, ...]

    @property
    def pictures(self) -> int:
        """How many the manifest names; `files` are masks too."""
        return len({line.source_ref for line in read_lines(self.manifest)})

    @property
    def scoring(self) -> Scoring:
        """Of the task."""
        return TASKS[self.task].scoring


class _Labels(NamedTuple):
    """The usable lines of a manifest by picture, and the names of all classes."""

    attribute: str
    task: Task
    samples: Mapping[str, Sample]
    class_names: Mapping[int, str]

    @classmethod
    def read(cls, manifest: Path) -> "_Labels":
        checked = preflight(LabelFile(manifest, Pinned(str(manifest), "")), Settings())
        if checked.stops:
            raise checked.refusal()
        (source,), (left_out,) = checked.sources, checked.left_out
        usable = (found for found in source.read() if isinstance(found, Sample) and found.number not in left_out)
        samples = {sample.source_ref: sample for sample in usable}
        return cls(source.attribute.name, source.attribute.task, samples, source.survey.class_names)

    def held_out(self, source_refs: Iterable[str], images: Path) -> tuple[HeldOut, ...]:
        """These pictures with what is on them."""
        truth = TASKS[self.task].scoring.truth
        files = files_of(map(S3Uri.from_text, source_refs), images)
        return tuple(
            HeldOut(path, truth(self.samples[str(uri)].label, self.class_names, images)) for uri, path in files.items()
        )


def draw_shapes(folder: Path, task: Task, seed: int, now: datetime) -> DemoData:
    """Draw the shapes of a seed into `folder`, with the manifest that a labeling job of them would write."""
    plan = TASKS[task]
    job = LabelingJob(plan.name + (REF_SUFFIX if task.label_is_an_object else ""), now)
    images, manifest = folder / "images", folder / f"{plan.name}.manifest"
    labelled = pictures(seed, Stream.LABELLED, plan.labelled, plan.most_shapes)
    LabelledShapes(task, job, plan.name, images).write("shape", labelled, manifest)
    unseen, others = folder / "held-out", folder / "held-out.manifest"
    held_out = pictures(seed, Stream.HELD_OUT, plan.held_out, plan.most_shapes)
    LabelledShapes(task, job, plan.name, unseen).write("held-out", held_out, others)
    labels = _Labels.read(others)
    return DemoData(
        task, plan.name, manifest, files_of(objects_of(manifest), images), labels.held_out(labels.samples, unseen)
    )


def hold_out(manifest: Path, images: Path, project: str | None, folder: Path, seed: int) -> DemoData:
    """Keep a seeded share of a manifest's usable pictures back; the rest becomes a manifest in `folder`, line for line.

    Raises:
        ManifestRefused: the manifest's labels cannot be read, or are too few.
        CommandError: they are too few to hold any back, or their files are not in `images`.
    """
    labels = _Labels.read(manifest)
    chosen = _choose(sorted(labels.samples), seed, manifest)
    rest = folder / f"{manifest.stem}.manifest"
    folder.mkdir(parents=True, exist_ok=True)
    rest.write_bytes(_without(manifest, chosen))
    name = project or project_of_attribute(labels.attribute)
    files = files_of(objects_of(rest), images)
    return DemoData(labels.task, name, rest, files, labels.held_out(chosen, images))


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

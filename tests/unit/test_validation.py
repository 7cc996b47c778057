"""The first state: a manifest becomes a frozen dataset in S3, or the run ends before anything is spent."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from labelloop.errors import (
    AmbiguousLabelAttribute,
    InvalidLabel,
    InvalidSettings,
    LabelloopError,
    NotEnoughSamples,
    ObjectNotFound,
    ObjectTooLarge,
    UnreadableManifest,
    UnsupportedTask,
)
from labelloop.report import Report
from labelloop.run import Manifest, Pinned, Poll, RunDocument, present
from labelloop.stack import Stack
from labelloop.store import S3Uri, Store
from labelloop.tasks import Task
from labelloop.validation import CATEGORIES_LIMIT, MANIFEST_LIMIT, poll_plan, validate_manifest

from tests.unit.factories import (
    BUCKET,
    Json,
    class_line,
    class_list_line,
    line,
    manifest_text,
    mask_line,
    run_document,
)
from tests.unit.stubs import Stubbed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

EVENTS_OF_A_POLL, HISTORY_LIMIT = 11, 25_000  # Wait 2, Task 5, Choice 2, Pass 2
SOURCE = S3Uri(BUCKET, "projects/shapes/manifests/round+1.manifest")
SETTINGS = S3Uri(BUCKET, "projects/shapes/project.json")
CATEGORIES = S3Uri(BUCKET, "categories.json")
LINES = [line(number, number % 2) for number in range(10)]
MASKS = [mask_line(number, 0, 1) for number in range(10)]
CLASSES = [class_line(number, number % 2) for number in range(10)]
TAGS = [class_list_line(number, 0, 1) for number in range(10)]


class Bench:
    """Validates manifests that it puts into moto's S3."""

    def __init__(self, s3: "S3Client", stack: Stack) -> None:
        self.s3, self.store, self.stack = s3, Store(s3), stack

    def put(self, uri: S3Uri, body: bytes) -> Pinned:
        answer = self.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=body)
        return Pinned(str(uri), answer["ETag"], answer["VersionId"])

    def run(self, lines: Sequence[Json | str], settings: Json | None = None, **manifest: Any) -> RunDocument:
        pinned = None if settings is None else self.put(SETTINGS, json.dumps(settings).encode())
        return run_document(manifest=Manifest(self.put(SOURCE, manifest_text(lines)), **manifest), settings=pinned)

    def validate(self, lines: Sequence[Json | str], settings: Json | None = None, **manifest: Any) -> RunDocument:
        return validate_manifest(self.run(lines, settings, **manifest), self.store, self.stack)

    def report(self, run: RunDocument) -> Report:
        return Report.read(self.store, present(run.dataset))

    def keys(self) -> list[str]:
        """All that lies in the bucket but what was put there."""
        found = [entry["Key"] for entry in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        return sorted(set(found) - {SOURCE.key, SETTINGS.key, CATEGORIES.key})


@pytest.fixture
def bench(s3: "S3Client", stack: Stack) -> Bench:
    return Bench(s3, stack)


def test_a_dataset_is_frozen_where_the_run_says(bench: Bench) -> None:
    run = bench.validate(LINES)

    dataset = present(run.dataset)
    folder = f"projects/shapes/datasets/{dataset.id}"
    assert (dataset.folder, dataset.label_attribute) == (f"s3://{BUCKET}/{folder}", "shapes")
    assert (dataset.task, dataset.algorithm) == (Task.OBJECT_DETECTION, "object-detection")
    files = ("classes.json", "report.json", "train.manifest", "validation.manifest")
    assert bench.keys() == [
        *(f"{folder}/{name}" for name in files),
        f"projects/shapes/runs/{run.run.id}/validation.json",
    ]

    report = bench.report(run)
    lines = {
        name: bench.store.read(S3Uri.from_text(dataset.file(name)), limit=10**6).splitlines() for name in files[2:]
    }
    assert [len(found) for found in lines.values()] == [report.train_samples, report.validation_samples]
    assert report.train_samples + report.validation_samples == 10
    assert report.source == run.manifest.object


@pytest.mark.parametrize(
    ("lines", "attribute", "task", "classes"),
    [
        (LINES, "shapes", Task.OBJECT_DETECTION, ("class 0", "class 1")),
        (MASKS, "streets-ref", Task.SEMANTIC_SEGMENTATION, ("BACKGROUND", "class 1")),
        (CLASSES, "species", Task.IMAGE_CLASSIFICATION, ("class 0", "class 1")),
        (TAGS, "tags", Task.IMAGE_CLASSIFICATION_MULTILABEL, ("class 0", "class 1")),
    ],
)
@pytest.mark.parametrize("named", [False, True])
def test_every_task_s_labels_find_their_algorithm(
    bench: Bench, lines: list[Json], attribute: str, task: Task, classes: tuple[str, ...], named: bool
) -> None:
    dataset = present(bench.validate(lines, {"algorithm": task.value} if named else None).dataset)
    assert (dataset.label_attribute, dataset.task, dataset.algorithm) == (attribute, task, task.value)
    report = Report.read(bench.store, dataset)
    assert (report.task, report.algorithm, report.class_names) == (task, task.value, classes)


def test_the_receipt_is_the_report(bench: Bench) -> None:
    run = bench.validate(LINES)
    receipt = bench.store.read(S3Uri(BUCKET, f"projects/shapes/runs/{run.run.id}/validation.json"), limit=10**6)
    assert msgspec.json.decode(receipt, type=Report) == bench.report(run)


def test_the_same_labels_are_the_same_dataset(bench: Bench) -> None:
    first = bench.validate(LINES)
    second = bench.validate(["", *LINES])
    third = bench.validate(LINES[1:])
    assert first.dataset == second.dataset != third.dataset


def test_the_manifest_is_read_as_it_was_when_the_run_began(bench: Bench) -> None:
    run = bench.run(LINES)
    bench.put(SOURCE, b"overwritten since")
    assert bench.report(validate_manifest(run, bench.store, bench.stack)).lines == 10


@pytest.mark.parametrize(
    ("settings", "poll"),
    [
        (None, Poll(30, 60, 5, 74)),
        ({"poll_seconds": 1}, Poll(1, 60, 5, 92)),
        ({"endpoint_minutes": 1}, Poll(30, 60, 5, 2)),
        ({"endpoint_minutes": 1, "poll_seconds": 7}, Poll(7, 60, 5, 9)),
    ],
)
def test_how_the_state_machine_waits(bench: Bench, settings: Json | None, poll: Poll) -> None:
    assert bench.validate(LINES, settings).poll == poll


def test_the_longest_training_fits_in_an_executions_history() -> None:
    longest = 28 * 24 * 3600
    assert poll_plan(1, longest).endpoint_polls * EVENTS_OF_A_POLL < HISTORY_LIMIT / 2


BOTH = [each | line(number, 0, attribute="cats") for number, each in enumerate(LINES)]


@pytest.mark.parametrize(
    ("settings", "named_by_job", "attribute"),
    [
        ({"label_attribute": "cats"}, None, "cats"),
        (None, "cats", "cats"),
        ({"label_attribute": "shapes"}, "cats", "shapes"),
    ],
)
def test_settings_choose_before_the_labeling_job(
    bench: Bench, settings: Json | None, named_by_job: str | None, attribute: str
) -> None:
    run = bench.validate(BOTH, settings, label_attribute=named_by_job)
    assert present(run.dataset).label_attribute == bench.report(run).label_attribute == attribute


def test_the_share_is_the_settings(bench: Bench) -> None:
    most = bench.report(bench.validate(LINES, {"validation_share": 0.999}))
    assert (most.train_samples, most.validation_samples) == (1, 9)


def test_a_labeling_job_s_categories_are_the_classes(bench: Bench) -> None:
    labels = [{"label": name} for name in ("class 0", "class 1", "class 2")]
    bench.put(CATEGORIES, json.dumps({"document-version": "2018-11-28", "labels": labels}).encode())
    run = bench.validate(LINES, categories_uri=str(CATEGORIES))
    assert bench.report(run).class_names == ("class 0", "class 1", "class 2")


def test_a_labeling_job_s_categories_of_masks_begin_after_the_background(bench: Bench) -> None:
    bench.put(CATEGORIES, json.dumps({"labels": [{"label": "class 1"}, {"label": "class 2"}]}).encode())
    run = bench.validate(MASKS, categories_uri=str(CATEGORIES))
    assert bench.report(run).class_names == ("BACKGROUND", "class 1", "class 2")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b'{"document-version": "2018-11-28" "labels": []}', "JSON is malformed"),
        (b'{"labels": [{"name": "cat"}]}', "Object missing required field `label` - at `$.labels[0]`."),
        (b'{"labels": [{"label": "\xff"}]}', "'utf-8' codec can't decode byte 0xff"),
    ],
)
def test_categories_that_cannot_be_read_are_named(bench: Bench, body: bytes, complaint: str) -> None:
    bench.put(CATEGORIES, body)
    message = f"the labeling job's categories {CATEGORIES} cannot be read: {complaint}"
    with pytest.raises(UnreadableManifest, match=f"^{re.escape(message)}"):
        bench.validate(LINES, categories_uri=str(CATEGORIES))


def test_categories_without_end_are_not_read(bench: Bench) -> None:
    bench.put(CATEGORIES, b" " * (CATEGORIES_LIMIT + 1))
    with pytest.raises(LabelloopError, match="at most 1048576 are read"):
        bench.validate(LINES, categories_uri=str(CATEGORIES))


@pytest.mark.parametrize(
    ("lines", "settings", "kind", "message"),
    [
        (["{"], None, UnreadableManifest, "manifest line 1 is not a JSON object"),
        (LINES[:1], None, NotEnoughSamples, "1 of 1 lines are usable"),
        (BOTH, None, AmbiguousLabelAttribute, "the manifest has labels under 'cats', 'shapes'."),
        (
            [{"source-ref": "s3://b/k", "c": 0, "c-metadata": {"type": "groundtruth/label-verification"}}],
            None,
            UnsupportedTask,
            "the manifest has 'c' of type 'groundtruth/label-verification';",
        ),
        (
            MASKS,
            {"algorithm": "image-classification"},
            InvalidSettings,
            "project.json: image-classification does image-classification; the labels are for semantic-segmentation.",
        ),
        (
            [mask_line(number, 0) for number in range(10)],
            None,
            InvalidLabel,
            "the masks' colour maps name pixel values up to 0; semantic segmentation takes 2 to 254",
        ),
        (
            [mask_line(number, 254) for number in range(10)],
            None,
            InvalidLabel,
            "the masks' colour maps name pixel values up to 254; semantic segmentation takes 2 to 254",
        ),
        ([*MASKS, mask_line(11)], None, InvalidLabel, "manifest line 11: 'streets-ref-metadata' has no internal-color"),
        (
            CLASSES,
            {"hyperparameters": {"mini_batch_size": 5}},
            InvalidSettings,
            "project.json: mini_batch_size 5 is more than the ",
        ),
        (
            TAGS,
            {"hyperparameters": {"use_weighted_loss": 1}},
            InvalidSettings,
            "project.json: use_weighted_loss 1 fails on a manifest:",
        ),
        (LINES, {"epochs": 5}, InvalidSettings, "project.json: Object contains unknown field `epochs`."),
        (LINES, {"algorithm": "yolo"}, InvalidSettings, "project.json: unknown algorithm 'yolo'"),
        (LINES, {"hyperparameters": {"epochs": 0}}, InvalidSettings, "project.json: hyperparameter 'epochs' is 0;"),
        (
            LINES,
            {"hyperparameters": {"mini_batch_size": 32}},
            InvalidSettings,
            "project.json: mini_batch_size 32 is more than the ",
        ),
        (
            LINES,
            {"training_instance_type": "ml.m5.large"},
            InvalidSettings,
            "project.json: object-detection does not train on ml.m5.large.",
        ),
    ],
)
def test_what_is_wrong_is_found_before_anything_is_written(
    bench: Bench, lines: Sequence[Json | str], settings: Json | None, kind: type[LabelloopError], message: str
) -> None:
    with pytest.raises(kind, match=f"^{re.escape(message)}"):
        bench.validate(lines, settings)
    assert bench.keys() == []


def test_a_complete_dataset_is_never_written_again(bench: Bench) -> None:
    run = bench.validate(LINES)
    report = S3Uri.from_text(present(run.dataset).file("report.json"))
    before = bench.store.find(report)
    assert bench.validate(LINES).dataset == run.dataset
    assert bench.store.find(report) == before


def test_an_own_image_trains_on_any_instance(bench: Bench) -> None:
    bench.validate(LINES, {"training_instance_type": "ml.m5.large", "image": "own:1"})


def test_a_manifest_too_large_for_the_disk_is_not_begun_with(stubbed_s3: Stubbed, bench: Bench) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    head = {"ETag": '"e"', "ContentLength": MANIFEST_LIMIT + 1, "LastModified": now}
    stubbed_s3.answers("head_object", head)
    with pytest.raises(ObjectTooLarge, match=f"at most {MANIFEST_LIMIT} are read"):
        validate_manifest(run_document(), Store(stubbed_s3.client), bench.stack)


def test_a_manifest_that_vanished_is_named(bench: Bench) -> None:
    with pytest.raises(ObjectNotFound, match=r"round\+1\.manifest does not exist"):
        validate_manifest(run_document(), bench.store, bench.stack)

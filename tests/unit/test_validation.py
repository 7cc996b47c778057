"""The first state: a manifest becomes a frozen dataset in S3."""

import json
import re
from typing import TYPE_CHECKING

import pytest
from labelloop.errors import LabelloopError, ManifestRefused
from labelloop.run import Poll, present
from labelloop.stack import Stack
from labelloop.store import S3Uri
from labelloop.tasks import Task
from labelloop.validation import CATEGORIES_LIMIT, poll_plan, validate_manifest

from tests.unit.factories import BUCKET, Json, class_line, class_list_line, line, mask_line, picture
from tests.unit.picture_files import picture as picture_file
from tests.unit.s3_calls import calls_of
from tests.unit.validation_bench import INBOX, Bench

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

EVENTS_OF_A_POLL, HISTORY_LIMIT = 11, 25_000  # Wait 2, Task 5, Choice 2, Pass 2
CATEGORIES = S3Uri(BUCKET, "categories.json")
LINES = [line(number, number % 2) for number in range(10)]
MASKS = [mask_line(number, 0, 1) for number in range(10)]
CLASSES = [class_line(number, number % 2) for number in range(10)]
TAGS = [class_list_line(number, 0, 1) for number in range(10)]


@pytest.fixture
def bench(s3: "S3Client", stack: Stack) -> Bench:
    return Bench(s3, stack)


# ---- a run ----


def test_a_dataset_is_frozen_where_the_run_says(bench: Bench) -> None:
    run = bench.validate(LINES)
    dataset = present(run.dataset)
    folder = f"projects/shapes/datasets/{dataset.id}"
    assert (dataset.folder, dataset.label_attribute) == (f"s3://{BUCKET}/{folder}", "shapes")
    assert (dataset.task, dataset.algorithm) == (Task.OBJECT_DETECTION, "object-detection")
    files = ("classes.json", "report.json", "train.manifest", "validation.manifest")
    assert bench.written("datasets") == [f"{folder}/{name}" for name in files]
    assert bench.pictures(run) == {picture(number) for number in range(10)}
    report = bench.report(run)
    assert report.train_samples + report.validation_samples == report.lines == 10
    assert report.sources == (run.manifest.object,)


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
    run = bench.validate(lines, {"algorithm": task.value} if named else None)
    dataset, report = present(run.dataset), bench.report(run)
    assert (dataset.label_attribute, dataset.task, dataset.algorithm) == (attribute, task, task.value)
    assert (report.task, report.algorithm, report.class_names) == (task, task.value, classes)


def test_the_same_labels_are_the_same_dataset(bench: Bench) -> None:
    alone = {"accumulate": False}
    first, third = (bench.validate(lines, alone) for lines in (LINES, LINES[1:]))
    second = bench.validate(["", *LINES], alone)
    assert first.dataset == second.dataset != third.dataset


def test_the_manifest_is_read_as_it_was_when_the_run_began(bench: Bench) -> None:
    run = bench.run(LINES)
    bench.put(INBOX, b"overwritten since")
    assert bench.report(validate_manifest(run, bench.store, bench.stack)).lines == 10


def test_which_calls_of_s3_are_made(bench: Bench) -> None:
    """Reading in the project, writing in four of its folders."""
    run = bench.run(LINES)
    with calls_of(bench.store) as calls:
        dataset = present(validate_manifest(run, bench.store, bench.stack).dataset).id
    (source,) = {key.split("/")[3] for key in bench.written("sources")}
    files = ("train.manifest", "validation.manifest", "classes.json", "report.json")
    assert [(operation, key.removeprefix("projects/shapes/")) for operation, key in calls] == [
        ("GetObject", "project.json"),
        *[("HeadObject", "manifests/round+1.manifest")] * 3,
        ("GetObject", "manifests/round+1.manifest"),
        *[("ListObjectsV2", "sources/")] * 2,
        *(("PutObject", f"sources/{source}/{name}") for name in ("source.manifest", "source.json")),
        ("ListObjectsV2", "sources/"),
        ("HeadObject", f"datasets/{dataset}/report.json"),
        *(("PutObject", f"datasets/{dataset}/{name}") for name in files),
        ("PutObject", f"runs/{run.run.id}/report.json"),
    ]


# ---- settings ----


@pytest.mark.parametrize(
    ("settings", "poll"),
    [
        ({}, Poll(30, 60, 5, 74)),
        ({"poll_seconds": 1}, Poll(1, 60, 5, 92)),
        ({"endpoint_minutes": 1}, Poll(30, 60, 5, 2)),
        ({"endpoint_minutes": 1, "poll_seconds": 7}, Poll(7, 60, 5, 9)),
    ],
)
def test_how_the_state_machine_waits(bench: Bench, settings: Json, poll: Poll) -> None:
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
    assert (most.train_samples, most.validation_samples) == (1, 10)


def test_an_own_image_trains_on_any_instance(bench: Bench) -> None:
    bench.validate(LINES, {"training_instance_type": "ml.m5.large", "image": "own:1"})


def test_pictures_are_looked_at_unless_settings_say_otherwise(bench: Bench) -> None:
    bench.s3.create_bucket(Bucket="pictures")
    for number in range(1, 9):
        bench.s3.put_object(Bucket="pictures", Key=f"{number}.jpg", Body=picture_file(500, 400))
    lines = [line(number, 0) for number in range(9)]
    run = bench.validate(lines, {"pictures_checked": 100})
    assert bench.report(run).left_out == {"PICTURE_MISSING": 1}
    assert bench.pictures(run) == {picture(number) for number in range(1, 9)}
    assert bench.report(bench.validate(lines)).left_out == {}


# ---- categories ----


@pytest.mark.parametrize(
    ("lines", "categories", "names"),
    [
        (LINES, ["class 0", "class 1", "class 2"], ("class 0", "class 1", "class 2")),
        (MASKS, ["class 1", "class 2"], ("BACKGROUND", "class 1", "class 2")),
    ],
)
def test_a_labeling_job_s_categories_are_the_classes(
    bench: Bench, lines: list[Json], categories: list[str], names: tuple[str, ...]
) -> None:
    labels = [{"label": name} for name in categories]
    bench.put(CATEGORIES, json.dumps({"document-version": "2018-11-28", "labels": labels}).encode())
    run = bench.validate(lines, categories_uri=str(CATEGORIES))
    assert bench.report(run).class_names == names


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b'{"document-version": "2018-11-28" "labels": []}', "JSON is malformed"),
        (b'{"labels": [{"name": "cat"}]}', "Object missing required field `label` - at `$.labels[0]`"),
        (b'{"labels": [{"label": "\xff"}]}', "'utf-8' codec can't decode byte 0xff"),
    ],
)
def test_categories_that_cannot_be_read_are_named(bench: Bench, body: bytes, complaint: str) -> None:
    bench.put(CATEGORIES, body)
    message = f"the labeling job's categories {CATEGORIES} cannot be read: {complaint}"
    with pytest.raises(ManifestRefused, match=re.escape(message)):
        bench.validate(LINES, categories_uri=str(CATEGORIES))
    assert [result.code for result in bench.receipt().checks] == ["CATEGORIES_UNREADABLE"]


def test_categories_without_end_are_not_read(bench: Bench) -> None:
    bench.put(CATEGORIES, b" " * (CATEGORIES_LIMIT + 1))
    with pytest.raises(LabelloopError, match="at most 1048576 are read"):
        bench.validate(LINES, categories_uri=str(CATEGORIES))

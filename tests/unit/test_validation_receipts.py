"""What the first state of a run leaves behind when it ends, well or not: a receipt, an error, and nothing half done."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
import pytest
from labelloop.checks import Level, all_checks
from labelloop.errors import InvalidSettings, ManifestRefused, ObjectNotFound
from labelloop.run import present
from labelloop.stack import Stack
from labelloop.validation import validate_manifest

from tests.unit.factories import BUCKET, Json, box, class_line, class_list_line, line, mask_line, run_document
from tests.unit.validation_bench import INBOX, RECEIPT, Bench

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LINES = [line(number, number % 2) for number in range(10)]
MASKS = [mask_line(number, 0, 1) for number in range(10)]
CLASSES = [class_line(number, number % 2) for number in range(10)]
TAGS = [class_list_line(number, 0, 1) for number in range(10)]
BOTH = [each | line(number, 0, attribute="cats") for number, each in enumerate(LINES)]


@pytest.fixture
def bench(s3: "S3Client", stack: Stack) -> Bench:
    return Bench(s3, stack)


# ---- receipts ----


def test_the_receipt_of_a_run_that_trains_has_the_report_and_names_the_other_receipt(bench: Bench) -> None:
    run = bench.validate(LINES)
    receipt = bench.receipt()
    assert receipt.manifest == str(INBOX)
    assert receipt.dataset == bench.report(run)
    assert receipt.hyperparameters == f"s3://{BUCKET}/projects/shapes/runs/{run.run.id}/training.json"
    assert {check.level for check in receipt.checks} == {Level.NOTICE}


def test_a_report_that_was_written_before_stays_and_the_receipt_is_this_run_s(bench: Bench) -> None:
    """The dataset is the same, the manifest is not."""
    bench.validate(LINES, {"accumulate": False})
    run = bench.validate([*LINES, {"source-ref": "s3://b/k"}], {"accumulate": False})
    assert (bench.report(run).lines, present(bench.receipt().dataset).lines) == (10, 11)
    assert present(bench.receipt().dataset).dataset == bench.report(run).dataset


def test_what_is_left_out_is_told_by_line(bench: Bench) -> None:
    bench.validate([*LINES, line(11, box(0, width=0))])
    (found,) = [check for check in bench.receipt().checks if check.level is Level.LEFT_OUT]
    check = all_checks()["BOX_EMPTY"]
    assert (found.code, found.count, found.findings[0].line) == ("BOX_EMPTY", 1, 11)
    assert found.findings[0].pointer == "/shapes/annotations/0"
    assert (found.title, found.sagemaker, found.fix) == (check.title, check.sagemaker, check.fix)


def test_a_receipt_is_bounded_however_much_is_wrong(bench: Bench) -> None:
    with pytest.raises(ManifestRefused):
        bench.validate([line(number, box(0, width=0)) for number in range(2000)])
    assert len(msgspec.json.encode(bench.receipt())) < 20_000
    assert max(check.count for check in bench.receipt().checks) == 2000


# ---- refusals ----

REFUSED: dict[str, tuple[Sequence[Json | str], Json | None, str, str]] = {
    "no JSON": (["{"], None, "MANIFEST_NOT_JSON_LINES", "no line is a JSON object"),
    "one picture": (LINES[:1], None, "NOT_ENOUGH_PICTURES", "1 of 1 line is usable; 2 pictures are the least"),
    "two labels": (
        BOTH,
        None,
        "LABEL_ATTRIBUTE_AMBIGUOUS",
        "there are labels under 'cats' (10 lines), 'shapes' (10 lines)",
    ),
    "verdicts": (
        [{"source-ref": "s3://b/k", "c": 0, "c-metadata": {"type": "groundtruth/label-verification"}}],
        None,
        "NO_LABEL_ATTRIBUTE",
        "the manifest has verdicts alone",
    ),
    "masks of one class": (
        [mask_line(number, 0) for number in range(10)],
        None,
        "TOO_FEW_CLASSES",
        "colour maps name pixel values up to 0; 2 to 254 classes are taken",
    ),
    "too many classes": (
        [mask_line(number, 254) for number in range(10)],
        None,
        "TOO_MANY_CLASSES",
        "colour maps name pixel values up to 254; 2 to 254 classes are taken",
    ),
    "many bad lines": (
        [*MASKS, *(mask_line(number) for number in range(90))],
        None,
        "TOO_MANY_INVALID_LINES",
        "90 of 100 lines are invalid, more than 20% (90 METADATA_MALFORMED)",
    ),
    "a large batch": (
        LINES,
        {"hyperparameters": {"mini_batch_size": 32}},
        "BATCH_LARGER_THAN_SAMPLES",
        "mini_batch_size is 32, and there are ",
    ),
    "two names for a class": (
        [*LINES, line(11, 0, class_map={"0": "dog"})],
        None,
        "CLASS_MAP_CONTRADICTS",
        "class 0 is called 'dog' here, 'class 0' elsewhere",
    ),
}


@pytest.mark.parametrize(("lines", "settings", "code", "message"), REFUSED.values(), ids=REFUSED)
def test_a_manifest_that_cannot_be_trained_on_leaves_its_receipt_alone(
    bench: Bench, lines: Sequence[Json | str], settings: Json | None, code: str, message: str
) -> None:
    with pytest.raises(ManifestRefused, match=re.escape(message)) as refused:
        bench.validate(lines, settings)
    assert bench.written() == [RECEIPT.key]
    receipt = bench.receipt()
    assert (receipt.checks[0].code, receipt.dataset, receipt.hyperparameters) == (code, None, None)
    assert (refused.value.check.code, refused.value.hint) == (code, receipt.checks[0].fix)


def test_the_error_counts_what_else_stops_the_run(bench: Bench) -> None:
    lines = [*LINES, line(11, 0, class_map={"0": "dog"}), {}, {}, {}, {}]
    with pytest.raises(ManifestRefused, match=r"^manifest line 11: .* elsewhere; 1 more check stops the run\. Correct"):
        bench.validate(lines)
    stopping = [check.code for check in bench.receipt().checks if check.level is Level.STOPS]
    assert stopping == ["CLASS_MAP_CONTRADICTS", "TOO_MANY_INVALID_LINES"]


MISTAKES: dict[str, tuple[Sequence[Json], Json, str]] = {
    "an algorithm for another task": (
        MASKS,
        {"algorithm": "image-classification"},
        "project.json: image-classification does image-classification; the labels are for semantic-segmentation.",
    ),
    "weights": (
        TAGS,
        {"hyperparameters": {"use_weighted_loss": 1}},
        "project.json: use_weighted_loss 1 fails on a manifest:",
    ),
    "an unknown setting": (LINES, {"epochs": 5}, "project.json: Object contains unknown field `epochs`."),
    "an unknown algorithm": (LINES, {"algorithm": "yolo"}, "project.json: unknown algorithm 'yolo'"),
    "a bad hyperparameter": (
        CLASSES,
        {"hyperparameters": {"epochs": 0}},
        "project.json: hyperparameter 'epochs' is 0;",
    ),
}


@pytest.mark.parametrize(("lines", "settings", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_project_json_is_found_before_anything_is_written(
    bench: Bench, lines: Sequence[Json], settings: Json, message: str
) -> None:
    with pytest.raises(InvalidSettings, match=f"^{re.escape(message)}"):
        bench.validate(lines, settings)
    assert bench.written() == []


def test_an_instance_that_does_not_train_is_found_before_a_dataset_is_written(bench: Bench) -> None:
    with pytest.raises(InvalidSettings, match=r"object-detection does not train on ml\.m5\.large"):
        bench.validate(LINES, {"training_instance_type": "ml.m5.large"})
    assert bench.written("datasets") == []


def test_a_manifest_that_vanished_is_named(bench: Bench) -> None:
    with pytest.raises(ObjectNotFound, match=r"round\+1\.manifest does not exist"):
        validate_manifest(run_document(), bench.store, bench.stack)

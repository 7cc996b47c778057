"""Whatever preflight lets through, SageMaker's Pipe mode streams and the containers train on."""

import itertools
import json
import time
from collections.abc import Callable, Sequence

import pytest
from labelloop.tasks import Task

from laptop.cloud import Cloud
from laptop.commands.recipes import from_scratch
from tests.integration.loop import PATIENCE_SECONDS, Json, Loop, box_line, class_line, class_list_line, mask, mask_line
from tests.unit.factories import failed_line, unlabelled_line

REAL = "123456789012.dkr.ecr.us-east-1.amazonaws.com/real-{}:1"
COUNT = 20
Make = Callable[[Loop, Sequence[str]], list[Json]]


def boxes(loop: Loop, uris: Sequence[str]) -> list[Json]:
    """Boxes of classes with gaps: beyond the edge, between pixels, twice, with numbers as texts."""
    lines = [box_line(uri) for uri in uris]
    lines[0]["boxes"]["annotations"][0] |= {"left": -2, "top": 40.5}
    lines[1]["boxes"]["annotations"] *= 2
    lines[2]["boxes"]["annotations"][1] |= {"class_id": "7", "width": 1}
    lines[3]["boxes"]["annotations"] = []
    lines[4]["boxes"]["annotations"][0] |= {"left": "here"}
    lines[5]["boxes-metadata"] |= {"objects": None, "type": None}
    return lines


def masks(loop: Loop, uris: Sequence[str]) -> list[Json]:
    """Masks without colours, one with its metadata under another name, one that is none."""
    lines = []
    for number, uri in enumerate(uris):
        key = f"projects/odd-masks/masks/{number}.png"
        loop.put(key, mask(0, 2))
        lines.append(mask_line(uri, f"s3://{loop.bucket}/{key}", 0, 2))
    lines[0]["streets-metadata"] = lines[0].pop("streets-ref-metadata")
    lines[1]["streets-ref"] = "mask.png"
    lines[2]["streets-ref-metadata"]["internal-color-map"] |= {"255": {"class-name": "none"}}
    return lines


def classes(loop: Loop, uris: Sequence[str]) -> list[Json]:
    """Classes as numbers and texts, one of them a word."""
    ids: list[int | str] = ["3", 7, "7", 3]
    lines = [class_line(uri, class_id) for uri, class_id in zip(uris, itertools.cycle(ids), strict=False)]
    lines[0]["species"] = "dog"
    return lines


def class_lists(loop: Loop, uris: Sequence[str]) -> list[Json]:
    """Lists of classes: one empty, one with a class twice, one as a text, one without confidences."""
    lines = [class_list_line(uri, *((8, 1), (5,), (1, 5, 8))[number % 3]) for number, uri in enumerate(uris)]
    lines[0] = class_list_line(uris[0])
    lines[1]["tags"] *= 2
    lines[2]["tags"] = json.dumps(lines[2]["tags"])
    lines[3]["tags-metadata"]["confidence-map"] = None
    return lines


KINDS: dict[Task, tuple[str, Make]] = {
    Task.OBJECT_DETECTION: ("odd-boxes", boxes),
    Task.SEMANTIC_SEGMENTATION: ("odd-masks", masks),
    Task.IMAGE_CLASSIFICATION: ("odd-classes", classes),
    Task.IMAGE_CLASSIFICATION_MULTILABEL: ("odd-lists", class_lists),
}


def mutated(lines: Sequence[Json]) -> bytes:
    """A file with much that is odd between, behind and beside the labels, and a fifth that is left out at most."""
    attribute = next(key for key in lines[9] if key + "-metadata" in lines[9])
    lines[6]["note"], lines[7]["note"] = "\u2028\x85\u00e9", [[[]]]
    lines[8][f"{attribute}-metadata"]["confidence"] = 0
    texts = [json.dumps(line, ensure_ascii=number % 2 == 0) for number, line in enumerate(lines)]
    texts[8] = texts[8].replace('"confidence": 0', '"confidence": 1e999')
    texts[9] = json.dumps(dict(reversed(lines[9].items())))[:-1] + ', "note": 1, "note": ' + "9" * 5000 + "}"
    others = [json.dumps(unlabelled_line("x")), json.dumps(failed_line("y", attribute=attribute)), "", "  ", "{"]
    ends = itertools.cycle(["\n", "\r\n", " \n"])
    body = "".join(text + end for text, end in zip([*others, *texts], ends, strict=False))
    return b"\xef\xbb\xbf" + body.rstrip().encode()


@pytest.fixture(scope="module")
def odd_manifests(cloud: Cloud) -> Loop:
    """A cloud into which a manifest of each task was put."""
    loop = Loop(cloud)
    for project, make in KINDS.values():
        loop.put(f"projects/{project}/manifests/odd.manifest", mutated(make(loop, loop.put_pictures(project, COUNT))))
    return loop


@pytest.mark.parametrize("task", KINDS)
def test_an_odd_manifest_becomes_a_model(odd_manifests: Loop, task: Task) -> None:
    """The stub reads every record of both channels, and fails on a label that is not its algorithm's."""
    ended = odd_manifests.wait(KINDS[task][0])
    report = ended.receipts["report"]
    assert ended.status == "SUCCEEDED", (ended.cause, report)
    codes = {check["code"] for check in report["checks"]}
    assert {"BYTE_ORDER_MARK", "CARRIAGE_RETURNS", "BLANK_LINE", "INVALID_JSON_LINE", "NO_FINAL_NEWLINE"} <= codes
    left_out = sum(report["dataset"]["left_out"].values())
    assert report["dataset"]["train_samples"] + report["dataset"]["validation_samples"] == COUNT + 3 - left_out
    assert ended.receipts["training"]["report"].endswith("/report.json")


@pytest.mark.parametrize("task", KINDS)
def test_an_odd_manifest_is_trained_on_for_an_epoch(odd_manifests: Loop, task: Task) -> None:
    """By the container that learns."""
    project, _ = KINDS[task]
    request = odd_manifests.wait(project).receipts["training"]["request"]
    learnt = from_scratch(task, epochs=1)["hyperparameters"] | {"mini_batch_size": 2}
    request["HyperParameters"] |= {name: str(value) for name, value in learnt.items()}
    request["AlgorithmSpecification"]["TrainingImage"] = REAL.format(task.removesuffix("-multilabel"))
    odd_manifests.sagemaker.create_training_job(**request | {"TrainingJobName": f"{project}-again"})
    assert ended_job(odd_manifests, f"{project}-again") == ("Completed", "")


def ended_job(loop: Loop, name: str) -> tuple[str, str]:
    """Status and reason of a training job at its end."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        job = loop.sagemaker.describe_training_job(TrainingJobName=name)
        if job["TrainingJobStatus"] != "InProgress":
            return job["TrainingJobStatus"], job.get("FailureReason", "")
        time.sleep(0.2)
    raise TimeoutError(name)

"""Masks in, and classes in: the same way to an answer as for boxes."""

import base64
import io
import itertools
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco

from laptop.cloud import Cloud
from tests.integration.loop import Ended, Loop, class_line, class_list_line, picture
from tests.integration.test_good_way import create_labeling_job

WIDTH, HEIGHT = 200, 100
PICTURE = picture(WIDTH, HEIGHT)
RIGHT_HALF = [[0] * (WIDTH // 2) + [2] * (WIDTH // 2)] * HEIGHT  # what the stub sees: the last of three classes


def pixels(png: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(png))).tolist()


def promoted(loop: Loop, project: str) -> Ended:
    ended = loop.wait(project)
    assert ended.status == "SUCCEEDED", ended
    return ended


def request(ended: Ended) -> Any:
    """Of the run's training job."""
    return ended.receipts["training"]["request"]


@pytest.fixture(scope="module")
def streets(cloud: Cloud) -> Loop:
    """A cloud on which the project `streets` has a model for masks."""
    loop = Loop(cloud)
    loop.put_manifest("streets", loop.put_masks("streets"))
    promoted(loop, "streets")
    return loop


@pytest.fixture(scope="module")
def species(cloud: Cloud) -> Loop:
    """A cloud on which the project `species` has a model for one class per picture; its manifest's ids have gaps."""
    loop = Loop(cloud)
    ids: list[int | str] = ["3", 7]
    labelled = zip(loop.put_pictures("species"), itertools.cycle(ids), strict=False)
    loop.put_manifest("species", [class_line(uri, class_id) for uri, class_id in labelled])
    promoted(loop, "species")
    return loop


@pytest.fixture(scope="module")
def tags(cloud: Cloud) -> Loop:
    """A cloud on which the project `tags` has a model for several classes per picture."""
    loop = Loop(cloud)
    uris = loop.put_pictures("tags")
    loop.put_manifest(
        "tags", [class_list_line(uri, *((8, 1), (5,), ())[number % 3]) for number, uri in enumerate(uris)]
    )
    promoted(loop, "tags")
    return loop


# ---- masks ----


def test_masks_are_trained_on_as_they_are(streets: Loop) -> None:
    ended = streets.wait("streets")
    report = ended.receipts["report"]["dataset"]
    assert [(entry["id"], entry["name"], entry["objects"]) for entry in report["classes"]] == [
        (0, "BACKGROUND", 10),
        (1, "unused 1", 0),
        (2, "class 2", 10),
    ]
    channels = request(ended)["InputDataConfig"]
    assert {channel["ContentType"] for channel in channels} == {"application/x-recordio"}
    assert channels[0]["DataSource"]["S3DataSource"]["AttributeNames"] == ["source-ref", "streets-ref"]
    assert ended.receipts["result"]["promoted"]["metrics"] == {"validation:mIOU": 0.75}


def test_a_mask_is_answered_in_segments(streets: Loop) -> None:
    status, answer = streets.ask("streets", PICTURE)
    assert (status, answer["model"]["task"]) == (200, "semantic-segmentation")
    told = answer["predictions"]
    assert pixels(base64.b64decode(told["segmentation_mask"])) == RIGHT_HALF
    assert told["class_map"] == {"0": "BACKGROUND", "1": "unused 1", "2": "class 2"}
    assert told["present_class_ids"] == [0, 2]
    assert "confidence_mask" not in told
    segment = told["segments"][1]
    assert (segment["class"], segment["area"], segment["share"]) == ("class 2", 10_000, 0.5)
    assert segment["bbox"] == [100, 0, 100, 100]
    assert np.asarray(coco.decode(segment["rle"])).sum() == 10_000


def test_a_mask_is_answered_with_the_model_s_confidence(streets: Loop) -> None:
    """Of probabilities, for which the endpoint is asked instead of a PNG."""
    _, answer = streets.ask("streets", PICTURE, "?confidence_mask=true")
    told = answer["predictions"]
    assert pixels(base64.b64decode(told["segmentation_mask"])) == RIGHT_HALF
    assert [segment["confidence"] for segment in told["segments"]] == [0.75, 0.75]
    assert pixels(base64.b64decode(told["confidence_mask"])) == [[191] * WIDTH] * HEIGHT


def test_a_mask_is_answered_as_a_list_of_instances(streets: Loop) -> None:
    _, answer = streets.ask("streets", PICTURE, "?view=instances")
    (instance,) = answer["predictions"]
    assert (instance["class"], instance["area"], instance["x"], instance["width"]) == ("class 2", 10_000, 150, 100)


def test_a_mask_is_answered_as_a_picture(streets: Loop) -> None:
    status, png = streets.ask("streets", PICTURE, "?format=png")
    assert (status, pixels(png)) == (200, RIGHT_HALF)
    status, drawn = streets.ask("streets", PICTURE, Accept="image/png")
    assert status == 200
    assert Image.open(io.BytesIO(drawn)).mode == "RGB"


def test_a_segmentation_job_s_categories_begin_after_the_background(cloud: Cloud, loop: Loop) -> None:
    output = f"s3://{loop.bucket}/labeling-masks"
    create_labeling_job(loop, "road-masks", output, "roads", attribute="streets-ref", kind="SemanticSegmentation")
    lines = [json.dumps(line) for line in loop.put_masks("roads")]
    loop.put("labeling-masks/road-masks/manifests/output/output.manifest", "\n".join(lines))
    categories = [{"label": f"class {number}"} for number in (1, 2, 3)]
    loop.put("labeling-masks/categories.json", json.dumps({"labels": categories}))
    cloud.sagemaker.finish_labeling_job("road-masks", "Completed")
    promoted(loop, "roads")
    assert loop.json("projects/roads/promoted.json")["classes"] == ["BACKGROUND", "class 1", "class 2", "class 3"]


# ---- classes ----


def test_classes_are_trained_on_by_dense_numbers(species: Loop) -> None:
    ended = species.wait("species")
    report = ended.receipts["report"]["dataset"]
    assert [entry["name"] for entry in report["classes"]] == ["class 3", "class 7"]
    lines = species.text(f"s3://{species.bucket}/projects/species/datasets/{report['dataset']}/train.manifest")
    assert {json.loads(line)["species"] for line in lines.splitlines()} == {0, 1}
    assert request(ended)["HyperParameters"]["multi_label"] == "0"
    assert {channel["ContentType"] for channel in request(ended)["InputDataConfig"]} == {"application/x-recordio"}
    assert ended.receipts["result"]["promoted"]["metrics"] == {"validation:accuracy": 0.75}


def test_a_class_is_answered_with_all_others_after_it(species: Loop) -> None:
    status, answer = species.ask("species", PICTURE)
    assert (status, answer["model"]["task"]) == (200, "image-classification")
    assert answer["predictions"] == [
        {"class": "class 7", "class_id": 1, "confidence": 0.75},
        {"class": "class 3", "class_id": 0, "confidence": 0.25},
    ]
    assert (answer["top"], answer["confidence"]) == ("class 7", 0.75)


def test_lists_of_classes_are_trained_on_as_ids(tags: Loop) -> None:
    ended = tags.wait("tags")
    report = ended.receipts["report"]["dataset"]
    assert [entry["name"] for entry in report["classes"]] == ["class 1", "class 5", "class 8"]
    assert report["left_out"] == {"NO_OBJECTS": 3}
    assert request(ended)["HyperParameters"]["multi_label"] == "1"
    assert {channel["ContentType"] for channel in request(ended)["InputDataConfig"]} == {
        "application/x-recordio; label-format=class-id"
    }
    assert ended.receipts["result"]["promoted"]["metrics"] == {"validation:accuracy": 0.75}


def test_several_classes_are_answered_each_with_its_own_confidence(tags: Loop) -> None:
    status, answer = tags.ask("tags", PICTURE)
    assert (status, answer["model"]["task"]) == (200, "image-classification-multilabel")
    confidences = {name: told["confidence"] for name, told in answer["predictions"].items()}
    assert confidences == {"class 1": 0.25, "class 5": 0.75, "class 8": 0.75}
    assert sorted(answer["predicted_classes"]) == ["class 5", "class 8"]


@pytest.mark.parametrize("project", ["species", "tags"])
def test_classes_are_written_on_the_picture(species: Loop, tags: Loop, project: str) -> None:
    status, drawn = species.ask(project, PICTURE, Accept="image/jpeg")
    assert status == 200
    assert Image.open(io.BytesIO(drawn)).format == "JPEG"

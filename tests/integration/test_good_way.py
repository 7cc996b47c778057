"""Labels in, answers out."""

import io
import json

import pytest
from PIL import Image

from laptop.cloud import Cloud
from tests.integration.loop import Loop, box_line, picture


@pytest.fixture(scope="module")
def promoted(cloud: Cloud) -> Loop:
    """A cloud on which the project `pets` has a model."""
    loop = Loop(cloud)
    loop.put_labels("pets")
    ended = loop.wait("pets")
    assert ended.status == "SUCCEEDED", ended
    return loop


def test_the_template_is_deployed_whole(cloud: Cloud) -> None:
    assert cloud.skipped == {}


def test_a_run_passes_every_state_and_leaves_its_receipts(promoted: Loop) -> None:
    run = promoted.wait("pets")
    order = [state for state in dict.fromkeys(run.states) if not state.startswith("WaitAgain")]
    assert order == [
        *("ValidateManifest", "LaunchTraining", "BeginTrainingWait", "WaitForTraining", "DescribeTrainingJob"),
        *("IsTrainingDone", "JudgeModel", "DeployEndpoint", "BeginEndpointWait", "WaitForEndpoint"),
        *("DescribeEndpoint", "IsEndpointUp"),
        *("VerifyEndpoint", "NotifyPromotion", "Promoted"),
    ]
    assert run.receipts.keys() == {"report", "training", "deployment", "result"}
    assert run.receipts["result"]["promoted"]["metrics"]["validation:mAP"] == 0.75


def test_the_dataset_is_frozen_with_dense_ids_and_both_sides(promoted: Loop) -> None:
    report = promoted.wait("pets").receipts["report"]["dataset"]
    assert [(entry["id"], entry["name"]) for entry in report["classes"]] == [(0, "cat"), (1, "dog")]
    folder = f"projects/pets/datasets/{report['dataset']}"
    sides = {
        side: promoted.text(f"s3://{promoted.bucket}/{folder}/{side}.manifest").splitlines()
        for side in ("train", "validation")
    }
    assert {side: len(lines) for side, lines in sides.items()} == {
        "train": report["train_samples"],
        "validation": report["validation_samples"],
    }
    assert all(sides.values())
    line = json.loads(sides["train"][0])
    assert [box["class_id"] for box in line["boxes"]["annotations"]] == [0, 1]
    assert line["boxes-metadata"]["class-map"] == {"0": "cat", "1": "dog"}


def test_a_picture_is_answered_in_its_own_pixels(promoted: Loop) -> None:
    status, answer = promoted.ask("pets", picture(200, 100), "?confidence=0.2")
    assert status == 200
    assert [(found["class"], found["confidence"]) for found in answer["predictions"]] == [("cat", 0.9), ("dog", 0.3)]
    cat = answer["predictions"][0]
    assert [cat[name] for name in ("x1", "y1", "x2", "y2")] == [20, 20, 100, 60]
    assert answer["model"]["project"] == "pets"
    assert answer["image"]["width"], answer["image"]["height"] == (200, 100)


def test_a_picture_is_drawn_on_request(promoted: Loop) -> None:
    status, drawn = promoted.ask("pets", picture(400, 300), Accept="image/png")
    assert status == 200
    assert Image.open(io.BytesIO(drawn)).size == (400, 300)


def test_a_model_describes_itself(promoted: Loop) -> None:
    answer = promoted.http.request("GET", f"{promoted.cloud.outputs['ApiUrl']}/v1/pets").json()
    assert [entry["class"] for entry in answer["classes"]] == ["cat", "dog"]
    assert answer["metrics"]["validation:mAP"] == 0.75


def test_new_labels_bring_a_new_model_and_the_old_one_is_kept(promoted: Loop) -> None:
    before = promoted.json("projects/pets/promoted.json")
    promoted.put_labels("pets", count=14, name="more")
    assert promoted.wait("pets", runs=2).status == "SUCCEEDED"
    after = promoted.json("projects/pets/promoted.json")
    assert (after["previous"], after["endpoint"]) == (before["version"], before["endpoint"])
    assert after["version"] != before["version"]
    promoted.sagemaker.describe_endpoint_config(EndpointConfigName=before["endpoint_config"])
    promoted.sagemaker.describe_model(ModelName=before["version"])


def test_a_finished_labeling_job_starts_a_run_by_itself(cloud: Cloud, loop: Loop) -> None:
    output = f"s3://{loop.bucket}/labeling"
    create_labeling_job(loop, "road-signs", output, project="signs")
    lines = [json.dumps(box_line(uri, class_map={"1": "stop"})) for uri in loop.put_pictures("signs")]
    loop.put("labeling/road-signs/manifests/output/output.manifest", "\n".join(lines))
    loop.put("labeling/categories.json", json.dumps({"labels": [{"label": "yield"}, {"label": "stop"}]}))
    cloud.sagemaker.finish_labeling_job("road-signs", "Completed")
    report = loop.wait("signs").receipts["report"]["dataset"]
    assert [(entry["name"], entry["objects"]) for entry in report["classes"]] == [("yield", 0), ("stop", 10)]
    assert loop.json("projects/signs/promoted.json")["classes"] == ["yield", "stop"]


def create_labeling_job(
    loop: Loop, name: str, output: str, project: str, *, attribute: str = "boxes", kind: str = "BoundingBox"
) -> None:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/us"
    function = f"arn:aws:lambda:us-east-1:432418664414:function:{{}}-{kind}"
    loop.sagemaker.create_labeling_job(
        LabelingJobName=name,
        LabelAttributeName=attribute,
        InputConfig={"DataSource": {"S3DataSource": {"ManifestS3Uri": f"{output}/input.manifest"}}},
        OutputConfig={"S3OutputPath": output},
        RoleArn="arn:aws:iam::123456789012:role/labeling",
        LabelCategoryConfigS3Uri=f"{output}/categories.json",
        HumanTaskConfig={
            "WorkteamArn": arn,
            "UiConfig": {"UiTemplateS3Uri": f"{output}/template.liquid"},
            "PreHumanTaskLambdaArn": function.format("PRE"),
            "AnnotationConsolidationConfig": {"AnnotationConsolidationLambdaArn": function.format("ACS")},
            "TaskTitle": "Boxes",
            "TaskDescription": "Draw boxes",
            "NumberOfHumanWorkersPerDataObject": 1,
            "TaskTimeLimitInSeconds": 600,
        },
        Tags=[{"Key": "labelloop:project", "Value": project}],
    )

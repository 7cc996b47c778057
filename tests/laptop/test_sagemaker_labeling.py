from typing import Any

import pytest
from botocore.exceptions import ClientError

from laptop.cloud import Cloud
from laptop.wsgi import ServiceError
from tests.laptop.conftest import Collected

WORKTEAM = "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/us"
LAMBDA = "arn:aws:lambda:us-east-1:432418664414:function:{}-BoundingBox"


def labeling_request(name: str) -> Any:
    return {
        "LabelingJobName": name,
        "LabelAttributeName": "boxes",
        "InputConfig": {"DataSource": {"S3DataSource": {"ManifestS3Uri": "s3://any/in.manifest"}}},
        "OutputConfig": {"S3OutputPath": "s3://any/labels/"},
        "RoleArn": "arn:aws:iam::123456789012:role/any",
        "LabelCategoryConfigS3Uri": "s3://any/classes.json",
        "HumanTaskConfig": {
            "WorkteamArn": WORKTEAM,
            "UiConfig": {"UiTemplateS3Uri": "s3://any/ui.liquid"},
            "PreHumanTaskLambdaArn": LAMBDA.format("PRE"),
            "TaskTitle": "Boxes",
            "TaskDescription": "Draw them",
            "NumberOfHumanWorkersPerDataObject": 1,
            "TaskTimeLimitInSeconds": 300,
            "AnnotationConsolidationConfig": {"AnnotationConsolidationLambdaArn": LAMBDA.format("ACS")},
        },
        "Tags": [{"Key": "labelloop:project", "Value": "birds"}],
    }


def test_a_finished_job_is_described_and_announced(cloud: Cloud, collected: Collected) -> None:
    sagemaker = cloud.session.sagemaker
    arn = sagemaker.create_labeling_job(**labeling_request("birds-1"))["LabelingJobArn"]
    assert sagemaker.describe_labeling_job(LabelingJobName="birds-1")["LabelingJobStatus"] == "InProgress"
    cloud.sagemaker.finish_labeling_job("birds-1", "Completed", {"TotalLabeled": 9, "HumanLabeled": 9})
    job = sagemaker.describe_labeling_job(LabelingJobName="birds-1")
    assert job["LabelingJobStatus"] == "Completed"
    assert job["LabelCounters"]["TotalLabeled"] == 9
    assert job["LabelAttributeName"] == "boxes"
    assert job["Tags"] == [{"Key": "labelloop:project", "Value": "birds"}]
    assert job["LabelingJobOutput"]["OutputDatasetS3Uri"] == (
        "s3://any/labels/birds-1/manifests/output/output.manifest"
    )
    event = collected.wait_for(lambda event: event["resources"] == [arn])
    assert event["detail-type"] == "SageMaker Ground Truth Labeling Job State Change"
    assert event["detail"] == {"LabelingJobStatus": "Completed"}
    assert set(event) == {
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
    }


def test_a_name_is_used_once(cloud: Cloud) -> None:
    cloud.session.sagemaker.create_labeling_job(**labeling_request("birds-2"))
    with pytest.raises(cloud.session.sagemaker.exceptions.ResourceInUse):
        cloud.session.sagemaker.create_labeling_job(**labeling_request("birds-2"))


def test_an_unknown_job_is_not_found(cloud: Cloud) -> None:
    with pytest.raises(cloud.session.sagemaker.exceptions.ResourceNotFound):
        cloud.session.sagemaker.describe_labeling_job(LabelingJobName="nobody")
    with pytest.raises(ServiceError, match="Could not find labeling job"):
        cloud.sagemaker.finish_labeling_job("nobody")


def test_an_attribute_with_an_underscore_is_refused(cloud: Cloud) -> None:
    request = labeling_request("birds-3") | {"LabelAttributeName": "my_boxes"}
    with pytest.raises(ClientError, match="Value 'my_boxes' at 'labelAttributeName'"):
        cloud.session.sagemaker.create_labeling_job(**request)

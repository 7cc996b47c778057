from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from laptop.cloud import Cloud
from tests.laptop.conftest import Collected
from tests.laptop.jobs import (
    artifact,
    ended,
    logged,
    pipe_channel,
    put,
    put_manifest,
    seen,
    train,
    training_request,
)

NOT_CHECKED = Config(parameter_validation=False)  # the service must refuse, not the client
MANIFEST = "s3://any/where.manifest"


def test_a_job_ends_with_a_model_and_its_history(cloud: Cloud) -> None:
    request = training_request(cloud, epochs="1", any_other="0.5")
    job = train(cloud, request)
    name = request["TrainingJobName"]
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Completed", "Completed")
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == (
        f"s3://{cloud.outputs['PlainName']}/models/{name}/output/model.tar.gz"
    )
    assert job["TrainingJobArn"] == f"arn:aws:sagemaker:us-east-1:123456789012:training-job/{name}"
    assert job["CreationTime"] <= job["TrainingStartTime"] <= job["TrainingEndTime"] <= job["LastModifiedTime"]
    assert job["TrainingTimeInSeconds"] >= 1
    steps = job["SecondaryStatusTransitions"]
    assert [step["Status"] for step in steps] == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert all(step["StartTime"] <= step["EndTime"] and step["StatusMessage"] for step in steps)
    assert seen(cloud, job)["hyperparameters"] == request["HyperParameters"]


def test_a_container_is_told_what_sagemaker_tells_and_no_more(cloud: Cloud) -> None:
    channel = pipe_channel(put_manifest(cloud, [{"label": 1}]), "label")
    request = training_request(cloud, channel) | {"Environment": {"MINE": "here"}}
    told = seen(cloud, train(cloud, request))
    assert told["channels"] == {
        "train": {
            "ContentType": "application/x-recordio",
            "TrainingInputMode": "Pipe",
            "S3DistributionType": "FullyReplicated",
            "RecordWrapperType": "RecordIO",
        }
    }
    environment = told["environment"]
    assert environment["MINE"] == "here"
    assert environment["TRAINING_JOB_NAME"] == request["TrainingJobName"]
    assert environment["TRAINING_JOB_ARN"].endswith(request["TrainingJobName"])
    assert environment["AWS_SECRET_ACCESS_KEY"] == "laptop"


def test_file_channels_are_folders(cloud: Cloud) -> None:
    prefix = put(cloud, "texts/a.txt", "A").removesuffix("a.txt")
    put(cloud, "texts/deep/b.txt", "B")
    channel = pipe_channel(prefix, InputMode="File")
    channel["DataSource"]["S3DataSource"] = {"S3DataType": "S3Prefix", "S3Uri": prefix}
    files = seen(cloud, train(cloud, training_request(cloud, channel)))["files"]
    assert files == {"input/data/train/a.txt": "A", "input/data/train/deep/b.txt": "B"}


@pytest.mark.parametrize(
    ("image", "log", "metrics"),
    [
        (
            "object-detection",
            [
                "#quality_metric: host=algo-1, epoch=0, validation mAP <score>=(0.1)",
                "#quality_metric: host=algo-1, epoch=1, validation mAP <score>=(0.2)",
            ],
            {"validation:mAP": 0.2},
        ),
        (
            "semantic-segmentation",
            [
                "#quality_metric: host=algo-1, epoch=0, validation mIOU <score>=(0.7)",
                "#quality_metric: host=algo-1, epoch=0, validation pixel_accuracy <score>=(0.9)",
            ],
            {"validation:mIOU": 0.7, "validation:pixel_accuracy": 0.9},
        ),
        (
            "image-classification",
            [
                "Epoch[0] Train-accuracy=0.375000",
                "Epoch[0] Time cost=7.309",
                "Epoch[0] Validation-accuracy=0.771429",
            ],
            {"train:accuracy": 0.375, "validation:accuracy": 0.771429},
        ),
    ],
)
def test_a_builtin_image_has_metrics_of_its_own(
    cloud: Cloud, image: str, log: list[str], metrics: dict[str, float]
) -> None:
    channel = pipe_channel(put_manifest(cloud, [{"label": 1}]), "label")
    job = train(cloud, training_request(cloud, channel, image=image, say="|".join(log)))
    assert {item["MetricName"]: item["Value"] for item in job["FinalMetricDataList"]} == pytest.approx(metrics)
    assert seen(cloud, job)["environment"]["ALGORITHM"] == image


def test_another_image_has_the_metrics_the_caller_defines(cloud: Cloud) -> None:
    request = training_request(cloud)
    request["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "loss", "Regex": r"loss: (\S+)"}]
    assert [(item["MetricName"], item["Value"]) for item in train(cloud, request)["FinalMetricDataList"]] == [
        ("loss", 0.25)
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ClientError: label_width is too small", "ClientError: label_width is too small"),
        ("x" * 2000, "x" * 1024),
        ("", "AlgorithmError: the container wrote no output/failure, exit code 3"),
    ],
)
def test_a_failure_gives_its_reason(cloud: Cloud, text: str, reason: str) -> None:
    job = train(cloud, training_request(cloud, do="fail", code="3", **({"text": text} if text else {})))
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Failed", "Failed")
    assert job["FailureReason"] == reason
    assert "ModelArtifacts" not in job or not job["ModelArtifacts"].get("S3ModelArtifacts")


def test_a_stopped_job_keeps_what_it_saved(cloud: Cloud) -> None:
    request = training_request(cloud, do="until_told")
    name, sagemaker = request["TrainingJobName"], cloud.session.sagemaker
    sagemaker.create_training_job(**request)
    logged(cloud, name, "ready")
    sagemaker.stop_training_job(TrainingJobName=name)
    job = ended(cloud, name)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert artifact(cloud, job, "partial") == b"as far as it came"
    with pytest.raises(ClientError, match="because the training job is in status Stopped"):
        sagemaker.stop_training_job(TrainingJobName=name)


def test_a_job_out_of_time_is_killed_when_it_does_not_listen(cloud: Cloud) -> None:
    request = training_request(cloud, do="deaf") | {"StoppingCondition": {"MaxRuntimeInSeconds": 1}}
    job = train(cloud, request)
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_each_step_is_an_event(cloud: Cloud, collected: Collected) -> None:
    request = training_request(cloud) | {"Tags": [{"Key": "labelloop:project", "Value": "birds"}]}
    job = train(cloud, request)

    def of_this_job(event: dict[str, Any]) -> bool:
        ours: bool = event["resources"] == [job["TrainingJobArn"]]
        return ours and event["detail"]["TrainingJobStatus"] == "Completed"

    event = collected.wait_for(of_this_job)
    assert event["detail-type"] == "SageMaker Training Job State Change"
    assert (event["source"], event["account"], event["region"]) == ("aws.sagemaker", "123456789012", "us-east-1")
    detail = event["detail"]
    assert detail["TrainingJobName"] == request["TrainingJobName"]
    assert detail["CreationTime"] == round(job["CreationTime"].timestamp() * 1000)
    assert detail["Tags"] == {"labelloop:project": "birds"}


def changed(request: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    *parents, last = path.split(".")
    inner: Any = request
    for parent in parents:
        inner = inner[int(parent) if parent.isdigit() else parent]
    inner[last] = value
    return request


CHANNEL = "InputDataConfig.0"
REFUSALS = [
    ("TrainingJobName", "bad_name", "failed to satisfy constraint: Member must satisfy regular expression pattern"),
    ("TrainingJobName", "a" * 64, "Member must have length less than or equal to 63"),
    ("AlgorithmSpecification.TrainingInputMode", "Tube", "Member must satisfy enum value set: [Pipe, File, FastFile]"),
    ("ResourceConfig.InstanceType", "ml.toaster", "at 'resourceConfig.instanceType' failed"),
    ("StoppingCondition.MaxRuntimeInSeconds", 0, "Member must have value greater than or equal to 1"),
    ("OutputDataConfig.S3OutputPath", "nowhere", "Value 'nowhere' at 'outputDataConfig.s3OutputPath'"),
    (f"{CHANNEL}.ChannelName", "a b", "at 'inputDataConfig.1.member.channelName'"),
    (f"{CHANNEL}.InputMode", "File", "AugmentedManifestFile in File mode; only Pipe mode reads one"),
    (f"{CHANNEL}.InputMode", "FastFile", "AugmentedManifestFile in FastFile mode"),
    (f"{CHANNEL}.DataSource.S3DataSource.AttributeNames", [], "AugmentedManifestFile without AttributeNames"),
    (f"{CHANNEL}.DataSource.S3DataSource.AttributeNames", ["a"] * 17, "length less than or equal to 16"),
    (f"{CHANNEL}.DataSource.S3DataSource.S3DataType", "ManifestFile", "which this machine does not feed"),
    (
        "AlgorithmSpecification.TrainingImage",
        "somewhere/else:1",
        "there are: image-classification, object-detection, semantic-segmentation, stub",
    ),
]


@pytest.mark.parametrize(("path", "value", "message"), REFUSALS, ids=[f"{path}={value}" for path, value, _ in REFUSALS])
def test_requests_aws_refuses(cloud: Cloud, path: str, value: Any, message: str) -> None:
    request = changed(training_request(cloud, pipe_channel(MANIFEST, "label")), path, value)
    client = cloud.session.client("sagemaker", NOT_CHECKED)
    with pytest.raises(ClientError) as refused:
        client.create_training_job(**request)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert message in refused.value.response["Error"]["Message"]
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_missing_member_is_named(cloud: Cloud) -> None:
    request = training_request(cloud)
    del request["RoleArn"], request["OutputDataConfig"]
    with pytest.raises(ClientError) as refused:
        cloud.session.client("sagemaker", NOT_CHECKED).create_training_job(**request)
    assert refused.value.response["Error"]["Message"] == (
        "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; "
        "Value null at 'outputDataConfig' failed to satisfy constraint: Member must not be null"
    )


def test_a_name_is_used_once(cloud: Cloud) -> None:
    request = training_request(cloud)
    train(cloud, request)
    with pytest.raises(cloud.session.sagemaker.exceptions.ResourceInUse, match="must be unique"):
        cloud.session.sagemaker.create_training_job(**request)


def test_an_unknown_job_cannot_be_described_or_stopped(cloud: Cloud) -> None:
    for ask in (cloud.session.sagemaker.describe_training_job, cloud.session.sagemaker.stop_training_job):
        with pytest.raises(ClientError, match=r"ValidationException.*Requested resource not found"):
            ask(TrainingJobName="nobody")


def test_jobs_are_listed_and_tagged(cloud: Cloud) -> None:
    request = training_request(cloud)
    arn, sagemaker = train(cloud, request)["TrainingJobArn"], cloud.session.sagemaker
    listed = sagemaker.list_training_jobs(NameContains=request["TrainingJobName"], StatusEquals="Completed")
    assert [job["TrainingJobArn"] for job in listed["TrainingJobSummaries"]] == [arn]
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]

"""From a dataset and settings to a training job."""

import json
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError
from labelloop.algorithms import algorithm_named
from labelloop.algorithms.hyperparameters import Chosen
from labelloop.errors import InvalidSettings
from labelloop.run import Pinned, RunDocument, Training
from labelloop.settings import Settings
from labelloop.stack import Stack
from labelloop.store import S3Uri, Store
from labelloop.training import launch_training, training_request

from tests.unit.factories import ACCOUNT, BUCKET, REGION, Json, dataset, report, run_document
from tests.unit.stubs import Stubbed

PROJECT = f"s3://{BUCKET}/projects/shapes"
JOB = "shapes-0123456789ab-1"
IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/object-detection:1"
CREATED = {"TrainingJobArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/{JOB}"}
CHOSEN = {"num_classes": Chosen("2", "derived", "classes"), "epochs": Chosen("30", "default", "its own")}


@pytest.fixture
def run(store: Store) -> RunDocument:
    """A run whose dataset is frozen."""
    store.write_json(S3Uri.from_text(dataset().file("report.json")), report())
    return run_document(dataset=dataset())


def _with_settings(run: RunDocument, store: Store, **settings: Any) -> RunDocument:
    uri = S3Uri.from_text(f"{PROJECT}/project.json")
    store.write_json(uri, settings)
    return run.with_(settings=Pinned(str(uri), ""))


def _request(stack: Stack, name: str = "object-detection", **settings: Any) -> Json:
    algorithm = algorithm_named(name)
    return training_request(run_document(dataset=dataset()), algorithm, CHOSEN, Settings(**settings), stack)


def _channel(name: str, file: str) -> Json:
    return {
        "ChannelName": name,
        "InputMode": "Pipe",
        "ContentType": "application/x-recordio",
        "RecordWrapperType": "RecordIO",
        "CompressionType": "None",
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "AugmentedManifestFile",
                "S3DataDistributionType": "FullyReplicated",
                "S3Uri": f"{PROJECT}/datasets/00c0ffee00c0ffee/{file}",
                "AttributeNames": ["source-ref", "shapes"],
            }
        },
    }


def test_a_request_with_the_default_settings(stack: Stack) -> None:
    assert _request(stack) == {
        "TrainingJobName": JOB,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "Pipe"},
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/labelloop-training",
        "HyperParameters": {"epochs": "30", "num_classes": "2"},
        "InputDataConfig": [
            _channel("train", "train.manifest") | {"ShuffleConfig": {"Seed": 0x00C0FFEE}},
            _channel("validation", "validation.manifest"),
        ],
        "OutputDataConfig": {"S3OutputPath": f"{PROJECT}/models"},
        "ResourceConfig": {"InstanceType": "ml.g4dn.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 50},
        "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
        "Tags": [
            {"Key": "labelloop:project", "Value": "shapes"},
            {"Key": "labelloop:run", "Value": "shapes-0123456789ab"},
        ],
    }


@pytest.mark.parametrize(
    ("algorithm", "repository", "content_type"),
    [
        ("semantic-segmentation", "semantic-segmentation", "application/x-recordio"),
        ("image-classification", "image-classification", "application/x-recordio"),
        (
            "image-classification-multilabel",
            "image-classification",
            "application/x-recordio; label-format=class-id",
        ),
    ],
)
def test_other_algorithms_have_other_images_and_label_formats(
    stack: Stack, algorithm: str, repository: str, content_type: str
) -> None:
    request = _request(stack, algorithm)
    assert request["AlgorithmSpecification"]["TrainingImage"] == IMAGE.replace("object-detection", repository)
    assert request["InputDataConfig"] == [
        channel | {"ContentType": content_type} for channel in _request(stack)["InputDataConfig"]
    ]


@pytest.mark.parametrize(
    ("algorithm", "facts", "sent"),
    [
        (
            "semantic-segmentation",
            {"validation_samples": 3},
            {"validation_mini_batch_size": "3", "use_pretrained_model": "True"},
        ),
        ("image-classification", {}, {"multi_label": "0", "mini_batch_size": "20", "resize": "256"}),
        ("image-classification-multilabel", {}, {"multi_label": "1", "use_pretrained_model": "1"}),
    ],
)
def test_hyperparameters_of_other_algorithms_follow_from_the_dataset(
    run: RunDocument,
    store: Store,
    sagemaker: Stubbed,
    stack: Stack,
    algorithm: str,
    facts: Json,
    sent: dict[str, str],
) -> None:
    other = dataset(algorithm=algorithm)
    store.write_json(S3Uri.from_text(other.file("report.json")), report(**facts))
    sagemaker.answers("create_training_job", CREATED)
    launch_training(run.with_(dataset=other), store, sagemaker.client, stack)
    hyperparameters = sagemaker.requests[0][1]["HyperParameters"]
    assert {name: hyperparameters[name] for name in sent} == sent


@pytest.mark.parametrize(
    ("settings", "part", "value"),
    [
        (
            {"training_instance_type": "ml.p3.2xlarge", "training_volume_gb": 9},
            "ResourceConfig",
            {"InstanceType": "ml.p3.2xlarge", "InstanceCount": 1, "VolumeSizeInGB": 9},
        ),
        ({"training_minutes": 5}, "StoppingCondition", {"MaxRuntimeInSeconds": 300}),
        ({"image": "me/mine:2"}, "AlgorithmSpecification", {"TrainingImage": "me/mine:2", "TrainingInputMode": "Pipe"}),
        (
            {"image": "me/mine:2", "training_instance_type": "ml.m5.large"},
            "ResourceConfig",
            {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 50},
        ),
    ],
    ids=["instance", "time", "image", "image on a CPU"],
)
def test_settings_change_their_part_of_the_request(stack: Stack, settings: Json, part: str, value: Json) -> None:
    assert _request(stack, **settings)[part] == value


def test_a_job_is_launched_with_a_receipt(run: RunDocument, store: Store, sagemaker: Stubbed, stack: Stack) -> None:
    sagemaker.answers("create_training_job", CREATED)
    after = launch_training(_with_settings(run, store, hyperparameters={"epochs": 5}), store, sagemaker.client, stack)

    assert after.training == Training(JOB, IMAGE)
    ((operation, request),) = sagemaker.requests
    assert operation == "CreateTrainingJob"
    assert request["HyperParameters"]["epochs"] == "5"
    assert request["HyperParameters"]["num_training_samples"] == "80"
    receipt = json.loads(store.read(S3Uri.from_text(f"{PROJECT}/runs/{run.run.id}/training.json"), limit=10**6))
    assert (receipt["job"], receipt["created"], receipt["request"]) == (JOB, True, request)
    assert receipt["report"] == f"{PROJECT}/runs/{run.run.id}/report.json"
    assert receipt["hyperparameters"]["epochs"] == {
        "value": "5",
        "source": "project.json",
        "rule": "set by the project's owner",
    }
    assert {name: entry["value"] for name, entry in receipt["hyperparameters"].items()} == request["HyperParameters"]


def test_a_job_that_was_launched_before_is_the_run_s(
    run: RunDocument, store: Store, sagemaker: Stubbed, stack: Stack
) -> None:
    """A Lambda may be asked twice."""
    sagemaker.refuses("create_training_job", "ResourceInUse", "Training job names must be unique")
    assert launch_training(run, store, sagemaker.client, stack).training == Training(JOB, IMAGE)
    receipt = json.loads(store.read(S3Uri.from_text(f"{PROJECT}/runs/{run.run.id}/training.json"), limit=10**6))
    assert receipt["created"] is False


def test_other_refusals_pass_as_they_are(run: RunDocument, store: Store, sagemaker: Stubbed, stack: Stack) -> None:
    sagemaker.refuses("create_training_job", "ResourceLimitExceeded")
    with pytest.raises(ClientError, match="ResourceLimitExceeded"):
        launch_training(run, store, sagemaker.client, stack)


def test_the_longest_names_are_within_sagemaker_s_limits(
    run: RunDocument, store: Store, sagemaker: Stubbed, stack: Stack
) -> None:
    project = "x" * 31
    sagemaker.answers("create_training_job", CREATED)
    longest = run.with_(run=msgspec.structs.replace(run.run, id=f"{project}-0123456789ab", project=project))
    launch_training(longest, store, sagemaker.client, stack)
    assert len(sagemaker.requests[0][1]["TrainingJobName"]) == 46


def test_wrong_settings_ask_nothing_of_sagemaker(
    run: RunDocument, store: Store, sagemaker: Stubbed, stack: Stack
) -> None:
    with pytest.raises(InvalidSettings):
        launch_training(_with_settings(run, store, hyperparameters={"epochs": 0}), store, sagemaker.client, stack)
    assert sagemaker.requests == []


def test_a_run_without_dataset_is_out_of_order(store: Store, sagemaker: Stubbed, stack: Stack) -> None:
    with pytest.raises(ValueError, match="lacks a fact that an earlier state adds"):
        launch_training(run_document(), store, sagemaker.client, stack)

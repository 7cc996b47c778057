"""From a dataset and settings to a CreateTrainingJob request, with a receipt that says where each value came from."""

from typing import TYPE_CHECKING, Any

import msgspec

from labelloop import algorithms, aws
from labelloop.algorithms import Algorithm
from labelloop.algorithms.hyperparameters import Chosen
from labelloop.dataset import TRAIN, VALIDATION
from labelloop.frozen_datasets import read_report
from labelloop.projects import PREFLIGHT, PROJECT_TAG, RUN_TAG, TRAINING, ProjectFolder
from labelloop.run import Dataset, RunDocument, Training, present
from labelloop.settings import Settings
from labelloop.settings_file import read_settings
from labelloop.stack import Stack
from labelloop.store import Store
from labelloop.tasks import SOURCE_REF

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

Json = dict[str, Any]


class TrainingReceipt(msgspec.Struct, frozen=True):
    """runs/<run>/training.json; `report` is the S3 URI of what the hyperparameters were derived from."""

    job: str
    report: str
    created: bool
    hyperparameters: dict[str, Chosen]
    request: Json


def launch_training(run: RunDocument, store: Store, sagemaker: "SageMakerClient", stack: Stack) -> RunDocument:
    """Start the run's training job; where it was started before, that one is the run's.

    Raises:
        InvalidSettings: the algorithm has no image in the region.
    """
    dataset = present(run.dataset)
    settings = read_settings(store, run.settings)
    algorithm = algorithms.algorithm_named(dataset.algorithm)
    chosen = algorithm.hyperparameters(read_report(store, dataset), settings.hyperparameters)
    request = training_request(run, algorithm, chosen, settings, stack)
    project = ProjectFolder(stack.data_bucket, run.run.project)
    report = str(project.receipt(run.run.id, PREFLIGHT))
    receipt = TrainingReceipt(request["TrainingJobName"], report, _create(sagemaker, request), chosen, request)
    store.write_json(project.receipt(run.run.id, TRAINING), receipt)
    image = request["AlgorithmSpecification"]["TrainingImage"]
    return run.with_(training=Training(receipt.job, image))


def training_request(
    run: RunDocument, algorithm: Algorithm, chosen: dict[str, Chosen], settings: Settings, stack: Stack
) -> Json:
    """The arguments of CreateTrainingJob: Pipe mode on augmented manifests. Nothing is called here.

    Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/augmented-manifest.html and the algorithm's page.

    Raises:
        InvalidSettings: the algorithm has no image in the region.
    """
    dataset = present(run.dataset)
    return {
        "TrainingJobName": f"{run.run.id}-1",  # the attempt: a second one would need another name
        "AlgorithmSpecification": {
            "TrainingImage": settings.image or algorithm.image(stack.region),
            "TrainingInputMode": "Pipe",
        },
        "RoleArn": stack.training_role_arn,
        "HyperParameters": {name: entry.value for name, entry in sorted(chosen.items())},
        "InputDataConfig": [
            _channel("train", dataset, TRAIN, algorithm.content_type)
            | {"ShuffleConfig": {"Seed": int(dataset.id[:8], 16)}},
            _channel("validation", dataset, VALIDATION, algorithm.content_type),
        ],
        "OutputDataConfig": {"S3OutputPath": str(ProjectFolder(stack.data_bucket, run.run.project).models)},
        "ResourceConfig": {
            "InstanceType": settings.training_instance_type,
            "InstanceCount": 1,
            "VolumeSizeInGB": settings.training_volume_gb,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": settings.training_minutes * 60},
        "Tags": [{"Key": PROJECT_TAG, "Value": run.run.project}, {"Key": RUN_TAG, "Value": run.run.id}],
    }


def _channel(name: str, dataset: Dataset, file: str, content_type: str) -> Json:
    """A Pipe channel: of each line one record of the picture, then one of the label, as AttributeNames lists them."""
    return {
        "ChannelName": name,
        "InputMode": "Pipe",
        "ContentType": content_type,
        "RecordWrapperType": "RecordIO",
        "CompressionType": "None",
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "AugmentedManifestFile",
                "S3DataDistributionType": "FullyReplicated",
                "S3Uri": dataset.file(file),
                "AttributeNames": [SOURCE_REF, dataset.label_attribute],
            }
        },
    }


def _create(sagemaker: "SageMakerClient", request: Json) -> bool:
    """Whether the job is new; its name is the run's, so a job of that name is this run's."""
    try:
        sagemaker.create_training_job(**request)
    except aws.ClientError as error:
        if aws.error_code(error) != "ResourceInUse":
            raise
        return False
    return True

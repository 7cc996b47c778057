"""Requests of training jobs and endpoints, and the wait for their end."""

import io
import json
import tarfile
import uuid
from collections.abc import Mapping
from typing import Any

from laptop.cloud import Cloud
from tests.laptop.conftest import eventually

ROLE = "arn:aws:iam::123456789012:role/any"
REGISTRY = "811284229777.dkr.ecr.us-east-1.amazonaws.com"
Json = dict[str, Any]


def put(cloud: Cloud, key: str, body: bytes | str) -> str:
    """Put an object into the plain bucket; its URI."""
    bucket = cloud.outputs["PlainName"]
    cloud.session.s3.put_object(Bucket=bucket, Key=key, Body=body)
    return f"s3://{bucket}/{key}"


def read(cloud: Cloud, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return cloud.session.s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def put_manifest(cloud: Cloud, lines: list[Any]) -> str:
    return put(cloud, f"manifests/{uuid.uuid4()}", "".join(json.dumps(line) + "\n" for line in lines))


def pipe_channel(manifest: str, *attributes: str, name: str = "train", **more: Any) -> Json:
    source = {"S3DataType": "AugmentedManifestFile", "S3Uri": manifest, "AttributeNames": list(attributes)}
    wrapped = {"ContentType": "application/x-recordio", "RecordWrapperType": "RecordIO", "InputMode": "Pipe"}
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}} | wrapped | more


def training_request(cloud: Cloud, *channels: Json, image: str = "stub", **hyperparameters: str) -> Json:
    return {
        "TrainingJobName": f"job-{uuid.uuid4().hex[:12]}",
        "RoleArn": ROLE,
        "AlgorithmSpecification": {"TrainingImage": f"{REGISTRY}/{image}:1", "TrainingInputMode": "Pipe"},
        "HyperParameters": hyperparameters,
        **({"InputDataConfig": list(channels)} if channels else {}),
        "OutputDataConfig": {"S3OutputPath": f"s3://{cloud.outputs['PlainName']}/models"},
        "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    }


def train(cloud: Cloud, request: Json) -> Json:
    """Run a job to its end; its description."""
    cloud.session.sagemaker.create_training_job(**request)
    return ended(cloud, request["TrainingJobName"])


def ended(cloud: Cloud, name: str) -> Json:
    def done() -> Any:
        job = cloud.session.sagemaker.describe_training_job(TrainingJobName=name)
        return job if job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped") else None

    found: Json = eventually(done)
    return found


def logged(cloud: Cloud, name: str, line: str) -> None:
    """Wait until a job has printed a line."""

    def there() -> bool:
        try:
            events = cloud.session.logs.filter_log_events(
                logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=name + "/"
            )["events"]
        except cloud.session.logs.exceptions.ResourceNotFoundException:
            return False
        return line in [event["message"] for event in events]

    eventually(there)


def artifact(cloud: Cloud, job: Mapping[str, Any], name: str) -> bytes:
    """A file of the model a job made."""
    packed = read(cloud, job["ModelArtifacts"]["S3ModelArtifacts"])
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        file = tar.extractfile(name)
        assert file is not None
        return file.read()


def seen(cloud: Cloud, job: Mapping[str, Any]) -> Json:
    """What the stub container saw."""
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    found: Json = json.loads(artifact(cloud, job, "seen.json"))
    return found


def put_model(cloud: Cloud, text: str) -> str:
    """An artifact whose `model.txt` tells the stub container what to do."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        entry = tarfile.TarInfo("model.txt")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text.encode()))
    return put(cloud, f"artifacts/{uuid.uuid4()}/model.tar.gz", packed.getvalue())


def make_config(cloud: Cloud, artifact_uri: str) -> str:
    """A model and an endpoint configuration for an artifact; the name of both."""
    name, sagemaker = f"model-{uuid.uuid4().hex[:12]}", cloud.session.sagemaker
    container: Any = {"Image": f"{REGISTRY}/stub:1", "ModelDataUrl": artifact_uri}
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=container)
    sagemaker.create_endpoint_config(
        EndpointConfigName=name,
        ProductionVariants=[
            {"VariantName": "main", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        ],
    )
    return name


def settled(cloud: Cloud, name: str) -> Json:
    """An endpoint once nothing is under way."""

    def done() -> Any:
        endpoint = cloud.session.sagemaker.describe_endpoint(EndpointName=name)
        return endpoint if endpoint["EndpointStatus"] in ("InService", "Failed") else None

    found: Json = eventually(done)
    return found


def make_endpoint(cloud: Cloud, artifact_uri: str) -> Json:
    """An endpoint for an artifact, settled."""
    name = f"endpoint-{uuid.uuid4().hex[:12]}"
    cloud.session.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=make_config(cloud, artifact_uri))
    return settled(cloud, name)

"""From a training job to an endpoint; the configuration that served before is remembered, never deleted."""

from typing import TYPE_CHECKING, Any

from labelloop import aws
from labelloop.errors import EndpointBusy, EndpointFailed
from labelloop.projects import PROJECT_TAG, RUN_TAG, ProjectFolder
from labelloop.promotion import Promotion
from labelloop.run import Deployment, Restored, RestoreOutcome, RunDocument, Training, present
from labelloop.settings import Settings
from labelloop.settings_file import read_settings
from labelloop.stack import Stack
from labelloop.store import Store

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import DescribeEndpointOutputTypeDef

# Deployment guardrails work only while the variant keeps its name.
# https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
VARIANT = "main"
# States that an endpoint leaves by itself: API reference, DescribeEndpoint
_PASSING = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"})
Json = dict[str, Any]


def endpoint_name(project: str) -> str:
    """The one endpoint of a project."""
    return f"labelloop-{project}"


def deploy_endpoint(run: RunDocument, store: Store, sagemaker: "SageMakerClient", stack: Stack) -> RunDocument:
    """Ask SageMaker to serve the run's model; what was created before is found and kept.

    An endpoint is changed only while it serves what is promoted, so runs of one project deploy one after the other.

    Raises:
        EndpointBusy: another deployment of the project is under way, or a broken endpoint is being deleted.
        EndpointFailed: the endpoint is in a state that it does not leave by itself.
    """
    training = present(run.training)
    settings = read_settings(store, run.settings)
    tags = [{"Key": PROJECT_TAG, "Value": run.run.project}, {"Key": RUN_TAG, "Value": run.run.id}]
    artifact = sagemaker.describe_training_job(TrainingJobName=training.job)["ModelArtifacts"]["S3ModelArtifacts"]
    _create_once(sagemaker.create_model, model_request(training, artifact, stack) | {"Tags": tags})
    _create_once(sagemaker.create_endpoint_config, config_request(training, settings) | {"Tags": tags})
    name, project = endpoint_name(run.run.project), ProjectFolder(stack.data_bucket, run.run.project)
    promoted = Promotion.read(store, project)
    deployment = Deployment(endpoint=name, model=training.job, config=training.job)
    store.write_json(project.receipt(run.run.id, "deployment"), deployment)
    _serve(sagemaker, deployment, promoted, tags)
    return run.with_(deployment=deployment)


def restore_endpoint(run: RunDocument, store: Store, sagemaker: "SageMakerClient", stack: Stack) -> RunDocument:
    """Have the endpoint serve what is promoted again, where the run has changed that.

    Raises:
        EndpointBusy: the endpoint is on its way to another state; it has to arrive first.
    """
    promoted = Promotion.read(store, ProjectFolder(stack.data_bucket, run.run.project))
    name = endpoint_name(run.run.project)
    endpoint = find_endpoint(sagemaker, name)
    outcome = _restore(sagemaker, name, endpoint, present(run.training).job, promoted)
    reason = endpoint.get("FailureReason") if endpoint else None
    config = promoted.endpoint_config if promoted else None
    return run.with_(restored=Restored(outcome, config, reason))


def model_request(training: Training, artifact: str, stack: Stack) -> Json:
    """The arguments of CreateModel but for tags; the image that trained also serves."""
    container = {"Image": training.image, "ModelDataUrl": artifact}
    return {"ModelName": training.job, "ExecutionRoleArn": stack.training_role_arn, "PrimaryContainer": container}


def config_request(training: Training, settings: Settings) -> Json:
    """The arguments of CreateEndpointConfig but for tags."""
    variant = {
        "VariantName": VARIANT,
        "ModelName": training.job,
        "InstanceType": settings.endpoint_instance_type,
        "InitialInstanceCount": settings.endpoint_instance_count,
        "InitialVariantWeight": 1.0,
    }
    return {"EndpointConfigName": training.job, "ProductionVariants": [variant]}


def find_endpoint(sagemaker: "SageMakerClient", name: str) -> "DescribeEndpointOutputTypeDef | None":
    """The endpoint's description, or None where there is no such endpoint."""
    try:
        return sagemaker.describe_endpoint(EndpointName=name)
    except aws.ClientError as error:
        if aws.error_code(error) == "ValidationException" and "Could not find" in aws.error_message(error):
            return None
        raise


def _serve(sagemaker: "SageMakerClient", deployment: Deployment, promoted: Promotion | None, tags: list[Json]) -> None:
    name, config = deployment.endpoint, deployment.config
    endpoint = find_endpoint(sagemaker, name)
    if endpoint is None:
        _create_endpoint(sagemaker, name, config, tags)
        return
    status, current = endpoint["EndpointStatus"], endpoint["EndpointConfigName"]
    if status == "Failed":  # it can only be deleted: API reference, DescribeEndpoint
        sagemaker.delete_endpoint(EndpointName=name)
        raise EndpointBusy(f"endpoint {name} had failed and is being deleted; it will be created anew")
    if current == config:
        return
    if status in _PASSING:
        raise EndpointBusy(f"endpoint {name} is {status} with {current}; it must be InService to be updated")
    if status != "InService":
        raise EndpointFailed(f"endpoint {name} is {status} with {current} and cannot be updated")
    if promoted is None or current != promoted.endpoint_config:
        raise EndpointBusy(f"endpoint {name} serves {current}, which is not promoted: another run's, or left behind")
    _update_endpoint(sagemaker, name, config)


def _restore(
    sagemaker: "SageMakerClient",
    name: str,
    endpoint: "DescribeEndpointOutputTypeDef | None",
    config: str,
    promoted: Promotion | None,
) -> RestoreOutcome:
    if endpoint is None:
        if promoted is None:
            return "nothing to restore"
        _create_endpoint(sagemaker, name, promoted.endpoint_config, [])
        return "previous model"
    status, current = endpoint["EndpointStatus"], endpoint["EndpointConfigName"]
    if status in _PASSING:
        raise EndpointBusy(f"endpoint {name} is {status} with {current}; it must come to rest to be restored")
    if status == "Failed" and promoted is not None:
        sagemaker.delete_endpoint(EndpointName=name)
        raise EndpointBusy(f"endpoint {name} had failed and is being deleted; it will be created anew")
    if current != config or (promoted is not None and promoted.endpoint_config == config):
        return "nothing to restore"
    if promoted is None:
        sagemaker.delete_endpoint(EndpointName=name)
        return "deleted"
    _update_endpoint(sagemaker, name, promoted.endpoint_config)
    return "previous model"


def _create_endpoint(sagemaker: "SageMakerClient", name: str, config: str, tags: list[Json]) -> None:
    try:
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config, Tags=tags)  # type: ignore[arg-type]
    except aws.ClientError as error:
        if _exists(error):
            raise EndpointBusy(f"another run has just created endpoint {name}") from error
        raise


def _update_endpoint(sagemaker: "SageMakerClient", name: str, config: str) -> None:
    """An update that was asked for before, its answer lost, is refused while it is under way."""
    try:
        sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=config)
    except aws.ClientError as error:
        if "in-progress" in aws.error_message(error):
            raise EndpointBusy(f"endpoint {name} is being updated already") from error
        raise


def _create_once(create: Any, request: Json) -> None:
    """Names are the training job's, so what exists under one is what would be created."""
    try:
        create(**request)
    except aws.ClientError as error:
        if not _exists(error):
            raise


def _exists(error: aws.ClientError) -> bool:
    return "already exist" in aws.error_message(error)

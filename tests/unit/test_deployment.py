import json

import pytest
from botocore.exceptions import ClientError
from labelloop.deployment import deploy_endpoint, endpoint_name, find_endpoint, restore_endpoint
from labelloop.errors import EndpointBusy, EndpointFailed
from labelloop.promotion import Promotion
from labelloop.run import Deployment, Pinned, Restored
from labelloop.stack import Stack
from labelloop.store import Store

from tests.unit.documents import IMAGE, JOB, PROJECT, PROMOTION, RUN, document, endpoint, replaced, training_job
from tests.unit.stubs import Stubbed

NAME = "labelloop-shapes"
DOCUMENT = document("deploy_endpoint")
TAGS = [{"Key": "labelloop:project", "Value": "shapes"}, {"Key": "labelloop:run", "Value": RUN}]
NO_ENDPOINT = f'Could not find endpoint "arn:aws:sagemaker:us-east-1:123456789012:endpoint/{NAME}".'


def model_and_config_are_made(sagemaker: Stubbed) -> None:
    sagemaker.answers("describe_training_job", training_job(), TrainingJobName=JOB)
    sagemaker.answers("create_model", {"ModelArn": "arn:aws:sagemaker:us-east-1:123456789012:model/m"})
    sagemaker.answers(
        "create_endpoint_config", {"EndpointConfigArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/c"}
    )


def endpoint_is(sagemaker: Stubbed, status: str, config: str) -> None:
    model_and_config_are_made(sagemaker)
    sagemaker.answers("describe_endpoint", endpoint(status, config), EndpointName=NAME)


def endpoint_is_created(sagemaker: Stubbed) -> None:
    sagemaker.refuses("describe_endpoint", "ValidationException", NO_ENDPOINT)
    created = {"EndpointArn": endpoint()["EndpointArn"]}
    sagemaker.answers("create_endpoint", created, EndpointName=NAME, EndpointConfigName=JOB, Tags=TAGS)


def deployed(store: Store, sagemaker: Stubbed, stack: Stack, settings: Pinned | None = None) -> Deployment | None:
    return deploy_endpoint(DOCUMENT.with_(settings=settings), store, sagemaker.client, stack).deployment


def test_a_project_has_one_endpoint() -> None:
    assert endpoint_name("road-signs") == "labelloop-road-signs"


def test_the_first_model_of_a_project_gets_a_new_endpoint(store: Store, sagemaker: Stubbed, stack: Stack) -> None:
    model_and_config_are_made(sagemaker)
    endpoint_is_created(sagemaker)
    expected = Deployment(NAME, model=JOB, config=JOB)
    assert deployed(store, sagemaker, stack) == expected
    assert sagemaker.requests[1:3] == [
        (
            "CreateModel",
            {
                "ModelName": JOB,
                "ExecutionRoleArn": stack.training_role_arn,
                "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl": f"{PROJECT.models}/{JOB}/output/model.tar.gz"},
                "Tags": TAGS,
            },
        ),
        (
            "CreateEndpointConfig",
            {
                "EndpointConfigName": JOB,
                "ProductionVariants": [
                    {
                        "VariantName": "main",
                        "ModelName": JOB,
                        "InstanceType": "ml.m5.large",
                        "InitialInstanceCount": 1,
                        "InitialVariantWeight": 1.0,
                    }
                ],
                "Tags": TAGS,
            },
        ),
    ]


def test_the_decision_is_written_down_and_the_rest_of_the_document_kept(
    store: Store, sagemaker: Stubbed, stack: Stack
) -> None:
    model_and_config_are_made(sagemaker)
    endpoint_is_created(sagemaker)
    after = deploy_endpoint(DOCUMENT, store, sagemaker.client, stack)
    assert after == DOCUMENT.with_(deployment=after.deployment)
    receipt = json.loads(store.read(PROJECT.receipt(RUN, "deployment"), limit=10_000))
    assert receipt == {"endpoint": NAME, "model": JOB, "config": JOB}


def test_the_owner_chooses_the_instances(store: Store, sagemaker: Stubbed, stack: Stack) -> None:
    store.write_json(PROJECT.settings, {"endpoint_instance_type": "ml.g4dn.xlarge", "endpoint_instance_count": 3})
    model_and_config_are_made(sagemaker)
    endpoint_is_created(sagemaker)
    deployed(store, sagemaker, stack, Pinned(str(PROJECT.settings), "etag"))
    (variant,) = sagemaker.requests[2][1]["ProductionVariants"]
    assert (variant["InstanceType"], variant["InitialInstanceCount"]) == ("ml.g4dn.xlarge", 3)


def test_an_endpoint_that_serves_what_is_promoted_is_updated(store: Store, sagemaker: Stubbed, stack: Stack) -> None:
    store.write_json(PROJECT.promoted, PROMOTION)
    endpoint_is(sagemaker, "InService", PROMOTION.endpoint_config)
    updated = {"EndpointArn": endpoint()["EndpointArn"]}
    sagemaker.answers("update_endpoint", updated, EndpointName=NAME, EndpointConfigName=JOB)
    assert deployed(store, sagemaker, stack) == Deployment(NAME, JOB, JOB)


@pytest.mark.parametrize("promoted", [None, PROMOTION])
def test_an_endpoint_that_serves_what_is_not_promoted_is_left_alone(
    store: Store, sagemaker: Stubbed, stack: Stack, promoted: Promotion | None
) -> None:
    """It is another run's, not verified yet."""
    if promoted:
        store.write_json(PROJECT.promoted, promoted)
    endpoint_is(sagemaker, "InService", "of-another-run-1")
    with pytest.raises(EndpointBusy, match="serves of-another-run-1, which is not promoted"):
        deployed(store, sagemaker, stack)


@pytest.mark.parametrize(
    ("message", "error"),
    [("Cannot update in-progress endpoint.", EndpointBusy), ("Could not find endpoint configuration", ClientError)],
)
def test_an_update_that_is_refused(
    store: Store, sagemaker: Stubbed, stack: Stack, message: str, error: type[Exception]
) -> None:
    store.write_json(PROJECT.promoted, PROMOTION)
    endpoint_is(sagemaker, "InService", PROMOTION.endpoint_config)
    sagemaker.refuses("update_endpoint", "ValidationException", message)
    with pytest.raises(error):
        deployed(store, sagemaker, stack)


@pytest.mark.parametrize("status", ["InService", "Creating", "Updating"])
def test_a_second_attempt_finds_the_first_ones_deployment(
    store: Store, sagemaker: Stubbed, stack: Stack, status: str
) -> None:
    sagemaker.answers("describe_training_job", training_job())
    sagemaker.refuses("create_model", "ValidationException", 'Cannot create already existing model "arn:aws:…".')
    sagemaker.refuses(
        "create_endpoint_config", "ValidationException", "Cannot create already existing endpoint configuration"
    )
    sagemaker.answers("describe_endpoint", endpoint(status, JOB))
    assert deployed(store, sagemaker, stack) == Deployment(NAME, JOB, JOB)


@pytest.mark.parametrize("status", ["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"])
def test_an_endpoint_that_another_run_is_changing_is_busy(
    store: Store, sagemaker: Stubbed, stack: Stack, status: str
) -> None:
    endpoint_is(sagemaker, status, "of-another-run-1")
    with pytest.raises(EndpointBusy, match=f"endpoint {NAME} is {status} with of-another-run-1"):
        deployed(store, sagemaker, stack)


@pytest.mark.parametrize("status", ["OutOfService", "UpdateRollbackFailed"])
def test_an_endpoint_that_does_not_mend_itself_has_failed(
    store: Store, sagemaker: Stubbed, stack: Stack, status: str
) -> None:
    endpoint_is(sagemaker, status, "of-another-run-1")
    with pytest.raises(EndpointFailed, match=f"endpoint {NAME} is {status} with of-another-run-1 and cannot"):
        deployed(store, sagemaker, stack)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (f'Cannot create already existing endpoint "{NAME}".', EndpointBusy),
        ("The role cannot be assumed.", ClientError),
    ],
)
def test_a_first_endpoint_that_is_refused(
    store: Store, sagemaker: Stubbed, stack: Stack, message: str, error: type[Exception]
) -> None:
    model_and_config_are_made(sagemaker)
    sagemaker.refuses("describe_endpoint", "ValidationException", NO_ENDPOINT)
    sagemaker.refuses("create_endpoint", "ValidationException", message)
    with pytest.raises(error):
        deployed(store, sagemaker, stack)


@pytest.mark.parametrize("config", [JOB, "of-another-run-1"])
def test_an_endpoint_that_failed_is_deleted_to_be_created_anew(
    store: Store, sagemaker: Stubbed, stack: Stack, config: str
) -> None:
    endpoint_is(sagemaker, "Failed", config)
    sagemaker.answers("delete_endpoint", {}, EndpointName=NAME)
    with pytest.raises(EndpointBusy, match="had failed and is being deleted"):
        deployed(store, sagemaker, stack)


def test_a_refused_model_ends_the_deployment(store: Store, sagemaker: Stubbed, stack: Stack) -> None:
    sagemaker.answers("describe_training_job", training_job())
    sagemaker.refuses("create_model", "ValidationException", "Could not access model data at s3://…")
    with pytest.raises(ClientError, match="Could not access model data"):
        deployed(store, sagemaker, stack)


def test_an_endpoint_is_found_or_not(sagemaker: Stubbed) -> None:
    sagemaker.answers("describe_endpoint", endpoint("Updating"), EndpointName=NAME)
    sagemaker.refuses("describe_endpoint", "ValidationException", NO_ENDPOINT)
    found = find_endpoint(sagemaker.client, NAME)
    assert found is not None
    assert found["EndpointStatus"] == "Updating"
    assert find_endpoint(sagemaker.client, NAME) is None


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ThrottlingException", "Rate exceeded"),
        ("ValidationException", "1 validation error detected"),
        ("AccessDenied", NO_ENDPOINT),
    ],
)
def test_an_endpoint_that_cannot_be_looked_for_is_not_taken_for_missing(
    sagemaker: Stubbed, code: str, message: str
) -> None:
    sagemaker.refuses("describe_endpoint", code, message)
    with pytest.raises(ClientError, match=code):
        find_endpoint(sagemaker.client, NAME)


OLD = PROMOTION.endpoint_config
FAILED = {"FailureReason": "The container did not pass the ping health check."}


def restored(store: Store, sagemaker: Stubbed, stack: Stack, promoted: Promotion | None = PROMOTION) -> Restored | None:
    if promoted:
        store.write_json(PROJECT.promoted, promoted)
    return restore_endpoint(document("restore_endpoint"), store, sagemaker.client, stack).restored


def test_a_new_configuration_gives_way_to_the_promoted_one(store: Store, sagemaker: Stubbed, stack: Stack) -> None:
    sagemaker.answers("describe_endpoint", endpoint("InService", JOB), EndpointName=NAME)
    updated = {"EndpointArn": endpoint()["EndpointArn"]}
    sagemaker.answers("update_endpoint", updated, EndpointName=NAME, EndpointConfigName=OLD)
    assert restored(store, sagemaker, stack) == Restored("previous model", OLD, None)


@pytest.mark.parametrize(("status", "facts"), [("InService", {}), ("Failed", FAILED)])
def test_an_endpoint_that_never_served_a_promoted_model_is_deleted(
    store: Store, sagemaker: Stubbed, stack: Stack, status: str, facts: dict[str, str]
) -> None:
    sagemaker.answers("describe_endpoint", endpoint(status, JOB, **facts))
    sagemaker.answers("delete_endpoint", {}, EndpointName=NAME)
    assert restored(store, sagemaker, stack, None) == Restored("deleted", None, facts.get("FailureReason"))


@pytest.mark.parametrize(
    ("config", "promoted"),
    [
        (OLD, PROMOTION),
        ("of-another-run-1", None),
        (JOB, replaced(PROMOTION, endpoint_config=JOB)),
    ],
    ids=["still the promoted one", "another run's", "promoted meanwhile"],
)
def test_what_the_run_has_not_changed_or_what_is_promoted_stays(
    store: Store, sagemaker: Stubbed, stack: Stack, config: str, promoted: Promotion | None
) -> None:
    sagemaker.answers("describe_endpoint", endpoint("InService", config))
    found = restored(store, sagemaker, stack, promoted)
    assert found is not None
    assert found.outcome == "nothing to restore"


@pytest.mark.parametrize("status", ["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"])
def test_an_endpoint_is_restored_when_it_has_come_to_rest(
    store: Store, sagemaker: Stubbed, stack: Stack, status: str
) -> None:
    sagemaker.answers("describe_endpoint", endpoint(status, JOB))
    with pytest.raises(EndpointBusy, match=f"is {status} with {JOB}; it must come to rest"):
        restored(store, sagemaker, stack)


def test_a_failed_endpoint_is_deleted_and_made_again_from_what_is_promoted(
    store: Store, sagemaker: Stubbed, stack: Stack
) -> None:
    sagemaker.answers("describe_endpoint", endpoint("Failed", JOB))
    sagemaker.answers("delete_endpoint", {}, EndpointName=NAME)
    with pytest.raises(EndpointBusy, match="will be created anew"):
        restored(store, sagemaker, stack)
    sagemaker.refuses("describe_endpoint", "ValidationException", NO_ENDPOINT)
    created = {"EndpointArn": endpoint()["EndpointArn"]}
    sagemaker.answers("create_endpoint", created, EndpointName=NAME, EndpointConfigName=OLD, Tags=[])
    assert restored(store, sagemaker, stack) == Restored("previous model", OLD, None)


def test_where_there_was_nothing_there_is_nothing_to_restore(store: Store, sagemaker: Stubbed, stack: Stack) -> None:
    sagemaker.refuses("describe_endpoint", "ValidationException", NO_ENDPOINT)
    assert restored(store, sagemaker, stack, None) == Restored("nothing to restore", None, None)

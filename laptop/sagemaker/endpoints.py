"""Endpoints: created, and updated blue/green, by real servers."""

import threading

from laptop.account import Json
from laptop.sagemaker.hosting import EndpointConfigs, Models
from laptop.sagemaker.model_server import DeploymentError, ModelServer, ServingContext
from laptop.sagemaker.records import Records, now
from laptop.sagemaker.state_changes import StateChanges
from laptop.sagemaker.tags import Tags
from laptop.wsgi import ServiceError

_SUMMARY = ("EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime", "EndpointStatus")


class Endpoints:
    """CreateEndpoint, UpdateEndpoint, DescribeEndpoint, ListEndpoints, DeleteEndpoint."""

    def __init__(
        self, models: Models, configs: EndpointConfigs, context: ServingContext, changes: StateChanges, tags: Tags
    ) -> None:
        self._records = Records("endpoint", "endpoint")
        self._models = models
        self._configs = configs
        self._context = context
        self._changes = changes
        self._tags = tags
        self._lock = threading.Lock()
        self._serving: dict[str, ModelServer] = {}
        self._starting: set[ModelServer] = set()
        self._closed = False

    def create_endpoint(self, request: Json) -> Json:
        """Start an endpoint."""
        name, config = request["EndpointName"], request["EndpointConfigName"]
        arn = self._records.arn(name)
        self._configs.records.get(config)
        record = {
            "EndpointName": name,
            "EndpointArn": arn,
            "EndpointConfigName": config,
            "EndpointStatus": "Creating",
            "CreationTime": now(),
            "LastModifiedTime": now(),
        }
        self._records.add(name, record)
        self._tags.set(arn, request.get("Tags", []))
        self._changes.endpoint(record)
        self._deploy_later(name, config)
        return {"EndpointArn": arn}

    def update_endpoint(self, request: Json) -> Json:
        """Move an endpoint to another configuration; the old one serves until the new one is healthy."""
        name, config = request["EndpointName"], request["EndpointConfigName"]
        endpoint = self._settled(name)
        self._configs.records.get(config)
        if endpoint["EndpointStatus"] == "Failed":
            raise ServiceError("ValidationException", f'Cannot update failed endpoint "{endpoint["EndpointArn"]}".')
        self._changes.endpoint(self._records.update(name, EndpointStatus="Updating"))
        self._deploy_later(name, config)
        return {"EndpointArn": endpoint["EndpointArn"]}

    def describe_endpoint(self, request: Json) -> Json:
        """An endpoint as it is now."""
        return self._records.get(request["EndpointName"])

    def list_endpoints(self, request: Json) -> Json:
        """The newest endpoints."""
        return {"Endpoints": self._records.summaries(request, _SUMMARY, "EndpointName", "EndpointStatus")}

    def delete_endpoint(self, request: Json) -> None:
        """End an endpoint."""
        name = request["EndpointName"]
        self._settled(name)
        self._changes.endpoint(self._records.update(name, EndpointStatus="Deleting"))
        self._records.remove(name)
        if server := self._serving.pop(name, None):
            server.close()

    def server(self, name: str) -> ModelServer | None:
        """Who answers for the endpoint now; None where nobody does."""
        return self._serving.get(name)

    def close(self) -> None:
        """End all endpoints."""
        with self._lock:
            self._closed = True
            servers = [*self._serving.values(), *self._starting]
        for server in servers:
            server.close()

    def _settled(self, name: str) -> Json:
        endpoint = self._records.get(name)
        if endpoint["EndpointStatus"] not in ("InService", "Failed"):
            raise ServiceError(
                "ValidationException", f'Cannot update in-progress endpoint "{endpoint["EndpointArn"]}".'
            )
        return endpoint

    def _deploy_later(self, name: str, config: str) -> None:
        threading.Thread(target=self._deploy, args=(name, config), name=f"deploy-{name}", daemon=True).start()

    def _deploy(self, name: str, config: str) -> None:
        variant = self._configs.records.get(config)["ProductionVariants"][0]
        try:
            server = self._bring_up(name, variant)
        except Exception as error:  # noqa: BLE001 - whatever it is, the endpoint must not stay under way for ever
            self._settle_failed(name, str(error))
            return
        with self._lock:
            self._starting.discard(server)
            old, self._serving[name] = self._serving.get(name), server
        endpoint = self._records.update(
            name,
            EndpointConfigName=config,
            EndpointStatus="InService",
            ProductionVariants=[_variant_summary(variant)],
            **({"FailureReason": None} if "FailureReason" in self._records.get(name) else {}),
        )
        self._changes.endpoint(endpoint)
        if old:
            old.close()

    def _bring_up(self, name: str, variant: Json) -> ModelServer:
        server = ModelServer(name, variant, self._models.records.get(variant["ModelName"]), self._context)
        with self._lock:
            self._starting.add(server)
        try:
            server.wait_until_healthy()
        except DeploymentError:
            with self._lock:
                self._starting.discard(server)
            server.close()
            raise
        return server

    def _settle_failed(self, name: str, reason: str) -> None:
        """Roll back without a word to the old configuration, as AWS does; a new endpoint has none and fails."""
        if self._closed:
            return
        status = "InService" if name in self._serving else "Failed"
        self._changes.endpoint(self._records.update(name, EndpointStatus=status, FailureReason=reason))


def _variant_summary(variant: Json) -> Json:
    weight, count = variant.get("InitialVariantWeight", 1.0), variant.get("InitialInstanceCount", 1)
    return {
        "VariantName": variant["VariantName"],
        "CurrentWeight": weight,
        "DesiredWeight": weight,
        "CurrentInstanceCount": count,
        "DesiredInstanceCount": count,
    }

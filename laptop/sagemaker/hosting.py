"""Models and endpoint configurations."""

from laptop.account import Json
from laptop.containers import Containers
from laptop.sagemaker.records import Records, now
from laptop.sagemaker.tags import Tags
from laptop.wsgi import ServiceError


class Models:
    """CreateModel, DescribeModel, DeleteModel, ListModels."""

    def __init__(self, containers: Containers, tags: Tags) -> None:
        self.records = Records("model", "model")
        self._containers = containers
        self._tags = tags

    def create_model(self, request: Json) -> Json:
        """Remember a model; its artifact is fetched when an endpoint starts."""
        name, arn = request["ModelName"], self.records.arn(request["ModelName"])
        primary = request.get("PrimaryContainer") or (request.get("Containers") or [None])[0]
        if not primary or not primary.get("Image"):
            raise ServiceError("ValidationException", "A primary container with an Image is required.")
        self._containers.of_image(primary["Image"])
        self.records.add(name, {**request, "PrimaryContainer": primary, "ModelArn": arn, "CreationTime": now()})
        self._tags.set(arn, request.get("Tags", []))
        return {"ModelArn": arn}

    def describe_model(self, request: Json) -> Json:
        """A model."""
        return self.records.get(request["ModelName"])

    def delete_model(self, request: Json) -> None:
        """Forget a model."""
        self.records.remove(request["ModelName"])

    def list_models(self, request: Json) -> Json:
        """The newest models."""
        fields = ("ModelName", "ModelArn", "CreationTime")
        return {"Models": self.records.summaries(request, fields, "ModelName")}


class EndpointConfigs:
    """CreateEndpointConfig, DescribeEndpointConfig, DeleteEndpointConfig, ListEndpointConfigs."""

    def __init__(self, models: Models, tags: Tags) -> None:
        self.records = Records("endpoint-config", "endpoint configuration")
        self._models = models
        self._tags = tags

    def create_endpoint_config(self, request: Json) -> Json:
        """Remember a configuration; its models must exist."""
        name, arn = request["EndpointConfigName"], self.records.arn(request["EndpointConfigName"])
        for variant in request["ProductionVariants"]:
            self._models.records.get(variant["ModelName"])
        self.records.add(name, {**request, "EndpointConfigArn": arn, "CreationTime": now()})
        self._tags.set(arn, request.get("Tags", []))
        return {"EndpointConfigArn": arn}

    def describe_endpoint_config(self, request: Json) -> Json:
        """A configuration."""
        return self.records.get(request["EndpointConfigName"])

    def delete_endpoint_config(self, request: Json) -> None:
        """Forget a configuration."""
        self.records.remove(request["EndpointConfigName"])

    def list_endpoint_configs(self, request: Json) -> Json:
        """The newest configurations."""
        fields = ("EndpointConfigName", "EndpointConfigArn", "CreationTime")
        return {"EndpointConfigs": self.records.summaries(request, fields, "EndpointConfigName")}

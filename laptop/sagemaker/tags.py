"""Tags of SageMaker resources."""

from laptop.account import Json


class Tags:
    """AddTags and ListTags, and the tags given at creation."""

    def __init__(self) -> None:
        self._by_arn: dict[str, dict[str, str]] = {}

    def of(self, arn: str) -> dict[str, str]:
        """The tags of a resource as a map; the form events have."""
        return dict(self._by_arn.get(arn, {}))

    def set(self, arn: str, tags: list[Json]) -> None:
        """Add tags in the API's form."""
        self._by_arn.setdefault(arn, {}).update({tag["Key"]: tag["Value"] for tag in tags})

    def add_tags(self, request: Json) -> Json:
        """AddTags."""
        self.set(request["ResourceArn"], request["Tags"])
        return self.list_tags(request)

    def list_tags(self, request: Json) -> Json:
        """ListTags."""
        tags = self.of(request["ResourceArn"])
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

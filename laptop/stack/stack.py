"""A template deployed."""

import re
from collections.abc import Mapping

from laptop.account import Json
from laptop.stack.intrinsics import Made, Resolver
from laptop.stack.resources import Resources

_API_ADDRESS = re.compile(r"https://(?P<api>\w+)\.execute-api\.[\w.-]+/[\w-]+")


class Stack:
    """Makes the resources of a template, each when it is first referred to.

    Args:
        template: plain CloudFormation.
        parameters: values that override the template's defaults.
        resources: makes them.
    """

    def __init__(self, template: Json, parameters: Mapping[str, str], resources: Resources) -> None:
        self._template = template
        self._resources = resources
        defaults = {name: spec["Default"] for name, spec in template.get("Parameters", {}).items() if "Default" in spec}
        unknown = set(parameters) - set(template.get("Parameters", {}))
        if unknown:
            raise ValueError(f"the template has no parameter {', '.join(sorted(unknown))}")
        self._resolver = Resolver(template, {**defaults, **parameters}, resources.stack, self._resource)
        self._made: dict[str, Made] = {}
        self._making: list[str] = []

    def deploy(self, url: str) -> dict[str, str]:
        """Make everything; returns the outputs, addresses of the API replaced by `url`.

        Raises:
            RecursionError: resources that need each other.
        """
        for logical_id, resource in self._template["Resources"].items():
            if "Condition" not in resource or self._resolver.condition(resource["Condition"]):
                self._resource(logical_id)
        outputs = self._template.get("Outputs", {})
        return {
            name: _API_ADDRESS.sub(url, str(self._resolver.value(output["Value"]))) for name, output in outputs.items()
        }

    def _resource(self, logical_id: str) -> Made:
        if logical_id in self._made:
            return self._made[logical_id]
        if logical_id in self._making:
            raise RecursionError(f"these resources need each other: {' -> '.join([*self._making, logical_id])}")
        self._making.append(logical_id)
        resource = self._template["Resources"][logical_id]
        properties = self._resolver.value(resource.get("Properties", {}))
        self._made[logical_id] = self._resources.make(logical_id, resource["Type"], properties)
        self._making.remove(logical_id)
        return self._made[logical_id]

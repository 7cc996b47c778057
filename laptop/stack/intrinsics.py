"""CloudFormation's intrinsic functions, evaluated: CloudFormation User Guide, intrinsic-function-reference."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from laptop.account import ACCOUNT, REGION, Json

_NO_VALUE = object()


@dataclass(frozen=True, slots=True)
class Made:
    """A resource that exists: what `Ref` gives, and what `Fn::GetAtt` gives by attribute."""

    ref: str
    attributes: Mapping[str, str]


class Resolver:
    """Evaluates the values of one template.

    Args:
        template: plain CloudFormation.
        parameters: their values.
        stack: its name.
        resource: gives a resource by logical id, making it first where it does not exist yet.
    """

    def __init__(
        self, template: Json, parameters: Mapping[str, str], stack: str, resource: Callable[[str], Made]
    ) -> None:
        self._conditions: Json = template.get("Conditions", {})
        self._mappings: Json = template.get("Mappings", {})
        self._resource = resource
        self._names: dict[str, Any] = {
            **parameters,
            "AWS::AccountId": ACCOUNT,
            "AWS::NoValue": _NO_VALUE,
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{stack}/laptop",
            "AWS::StackName": stack,
            "AWS::URLSuffix": "amazonaws.com",
        }
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self.condition,
            "Fn::And": lambda parts: all(map(self.value, parts)),
            "Fn::Base64": lambda text: base64.b64encode(str(self.value(text)).encode()).decode(),
            "Fn::Equals": lambda pair: self.value(pair[0]) == self.value(pair[1]),
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAtt": self._get_att,
            "Fn::If": lambda branches: self.value(branches[1 if self.condition(branches[0]) else 2]),
            "Fn::Join": lambda pair: str(self.value(pair[0])).join(map(str, self.value(pair[1]))),
            "Fn::Not": lambda parts: not self.value(parts[0]),
            "Fn::Or": lambda parts: any(map(self.value, parts)),
            "Fn::Select": lambda pair: self.value(pair[1])[int(self.value(pair[0]))],
            "Fn::Split": lambda pair: str(self.value(pair[1])).split(pair[0]),
            "Fn::Sub": self._sub,
            "Fn::ToJsonString": lambda thing: json.dumps(self.value(thing)),
        }

    def value(self, raw: Any) -> Any:
        """A value with every function in it evaluated; what is `AWS::NoValue` is left out.

        Raises:
            NotImplementedError: a function that is not known here.
        """
        if isinstance(raw, list):
            return [value for value in map(self.value, raw) if value is not _NO_VALUE]
        if not isinstance(raw, dict):
            return raw
        if len(raw) == 1:
            ((name, argument),) = raw.items()
            if name in self._functions and (name != "Condition" or isinstance(argument, str)):
                return self._functions[name](argument)
            if name.startswith("Fn::"):
                raise NotImplementedError(f"{name} is not evaluated by the laptop cloud")
        return {key: value for key, inner in raw.items() if (value := self.value(inner)) is not _NO_VALUE}

    def condition(self, name: str) -> bool:
        """Whether a condition of the template holds."""
        return bool(self.value(self._conditions[name]))

    def _ref(self, name: str) -> Any:
        return self._names[name] if name in self._names else self._resource(name).ref

    def _get_att(self, argument: Any) -> str:
        name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        return self._resource(name).attributes[self.value(attribute)]

    def _find_in_map(self, argument: list[Any]) -> Any:
        name, top, second = (self.value(part) for part in argument[:3])
        return self._mappings[name][top][second]

    def _sub(self, argument: Any) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else argument
        values = {name: self.value(value) for name, value in own.items()}

        def one(found: re.Match[str]) -> str:
            name = found[1].strip()
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in values:
                return str(values[name])
            return str(self._get_att(name) if "." in name and "::" not in name else self._ref(name))

        return re.sub(r"\$\{([^}]+)\}", one, text)

"""template.yaml as plain CloudFormation, its local folders kept as the places of the code."""

import logging
from collections.abc import Mapping
from pathlib import Path

from laptop.account import Json

LOCAL = "local"  # the S3 bucket the translator believes the code lies in; the key is the folder

_FOLDERS = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}


def translate(path: Path, parameters: Mapping[str, str]) -> Json:
    """Read a SAM template, inline its state machines, and let samtranslator make CloudFormation of it.

    Raises:
        samtranslator.model.exceptions.InvalidDocumentException: the template is not valid SAM.
    """
    from samtranslator.translator.transform import transform
    from samtranslator.yaml_helper import yaml_parse

    document: Json = yaml_parse(path.read_text())
    for resource in document["Resources"].values():
        properties = resource.setdefault("Properties", {})
        if folder := _FOLDERS.get(resource["Type"]):
            _as_s3(properties, folder)
        elif resource["Type"] == "AWS::Serverless::StateMachine" and "DefinitionUri" in properties:
            definition = path.parent / properties.pop("DefinitionUri")
            properties["Definition"] = yaml_parse(definition.read_text())
    _as_s3(document.get("Globals", {}).get("Function", {}), "CodeUri")
    # it warns at exit that nobody collected its statistics of how SAM is used
    logging.getLogger("samtranslator.metrics").setLevel(logging.ERROR)
    logging.getLogger("samtranslator.feature_toggle").setLevel(
        logging.ERROR
    )  # it misses features that only AWS asks for
    translated: Json = transform(document, dict(parameters), _NoManagedPolicies())
    return translated


def _as_s3(properties: Json, name: str) -> None:
    if isinstance(properties.get(name), str):
        properties[name] = {"Bucket": LOCAL, "Key": properties[name]}


class _NoManagedPolicies:
    """SAM would ask IAM for the names of AWS's managed policies; those in use here are given by ARN or template."""

    def load(self) -> dict[str, str]:
        return {}

"""AWS's JSON protocol: operations by X-Amz-Target, requests checked against the model botocore ships."""

import json
from collections.abc import Callable, Sequence

from botocore import xform_name
from botocore.model import ServiceModel
from werkzeug.wrappers import Request, Response

from laptop.account import Json
from laptop.constraints import violations
from laptop.session import isolated_session
from laptop.wsgi import ServiceError, error_response, json_response

type Operation = Callable[[Json], Json | None]


class JsonService:
    """Answers the operations that its parts have a method for (`CreateModel` -> `create_model`), and no others.

    Args:
        name: botocore's name of the service.
        parts: objects whose methods take a request and return an answer, both as dictionaries in the API's own names.
    """

    def __init__(self, name: str, parts: Sequence[object]) -> None:
        self._model: ServiceModel = isolated_session().get_service_model(name)
        self._prefix = self._model.metadata["targetPrefix"] + "."
        self._operations = _operations(self._model, parts)

    def __call__(self, request: Request) -> Response | None:
        """Answer a request, or return None where the operation is not one of ours."""
        target = request.headers.get("X-Amz-Target", "")
        name = target.removeprefix(self._prefix)
        if name not in self._operations:
            return None
        try:
            answer = self.call(name, json.loads(request.get_data() or b"{}"))
        except ServiceError as error:
            return error_response(error)
        return json_response(answer, mimetype="application/x-amz-json-1.1")

    def call(self, operation: str, request: Json) -> Json:
        """One operation, its request validated.

        Raises:
            ServiceError: ValidationException, or what the operation itself answers.
        """
        shape = self._model.operation_model(operation).input_shape
        if shape and (found := list(violations(request, shape))):
            count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected: "
            raise ServiceError("ValidationException", count + "; ".join(found))
        return self._operations[operation](request) or {}


def _operations(model: ServiceModel, parts: Sequence[object]) -> dict[str, Operation]:
    return {
        name: getattr(part, xform_name(name))
        for name in model.operation_names
        for part in parts
        if hasattr(part, xform_name(name))
    }

"""A client of the HTTP API: a picture's bytes out, what the model sees in it or the drawn picture back."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import urllib3

from laptop.commands.answers import Answer, read_answer
from laptop.commands.console import CommandError

JSON, JPEG, PNG = "application/json", "image/jpeg", "image/png"
CONTENT_TYPES = {".jpg": JPEG, ".jpeg": JPEG, ".png": PNG}
ANY_PICTURE = "application/x-image"
AS_MASK = {"format": "png"}  # parameters that make an answer the indexed PNG of a mask
TIMEOUT_SECONDS = 30  # API Gateway gives up after 29


class _Error(msgspec.Struct):
    code: str
    message: str
    hint: str = ""


class _ErrorBody(msgspec.Struct):
    error: _Error


class _Class(msgspec.Struct, rename={"name": "class"}):
    name: str


class _Description(msgspec.Struct):
    classes: tuple[_Class, ...]


class Api:
    """The HTTP API at a URL such as the stack's output `ApiUrl`."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._http = urllib3.PoolManager(retries=False, timeout=TIMEOUT_SECONDS)

    def infer_url(self, project: str) -> str:
        """Where a project's pictures are posted."""
        return f"{self._url}/v1/{project}/infer"

    def infer(self, project: str, picture: Path, parameters: Mapping[str, str] | None = None) -> Answer:
        """What the project's model sees in a picture.

        Raises:
            CommandError: as `ask`.
        """
        return read_answer(self.ask(project, picture, JSON, parameters))

    def ask(self, project: str, picture: Path, media_type: str, parameters: Mapping[str, str] | None = None) -> bytes:
        """The answer as bytes of `media_type`: JSON, or the picture with the answer drawn on it.

        Raises:
            CommandError: the API refused the request, or cannot be reached.
        """
        try:
            body = picture.read_bytes()
        except OSError as error:
            raise CommandError(f"{picture} cannot be read: {error.strerror}.") from error
        url = f"{self.infer_url(project)}?{urlencode(parameters or {})}".rstrip("?")
        return self._request(
            "POST", url, str(picture), body, {"Content-Type": content_type(picture), "Accept": media_type}
        )

    def classes(self, project: str) -> tuple[str, ...]:
        """The names of the model's classes by class id.

        Raises:
            CommandError: as `ask`.
        """
        described = self._request("GET", f"{self._url}/v1/{project}", project, b"", {"Accept": JSON})
        return tuple(known.name for known in msgspec.json.decode(described, type=_Description).classes)

    def _request(self, method: str, url: str, what: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """The answer's body; `what` is asked about."""
        try:
            answer = self._http.request(method, url, body=body, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise CommandError(f"{url} does not answer: {error}.", "Is the cloud running? `labelloop up`") from error
        if answer.status != 200:
            raise _refusal(what, answer.status, answer.data)
        return answer.data


def content_type(picture: Path) -> str:
    """What a picture is sent as, by its name."""
    return CONTENT_TYPES.get(picture.suffix.lower(), ANY_PICTURE)


def _refusal(what: str, status: int, body: bytes) -> CommandError:
    try:
        error = msgspec.json.decode(body, type=_ErrorBody).error
    except msgspec.DecodeError:
        return CommandError(f"{what}: the API answered {status}: {body[:200].decode(errors='replace')}")
    return CommandError(f"{what}: the API answered {status} {error.code}: {error.message}", error.hint)

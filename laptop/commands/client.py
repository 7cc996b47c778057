"""A client of the HTTP API: a picture's bytes out, detections or the drawn picture back."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import urllib3

from laptop.commands.console import CommandError
from laptop.demo.scoring import DetectedBox

CONTENT_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
ANY_PICTURE = "application/x-image"
TIMEOUT_SECONDS = 30  # API Gateway gives up after 29


class Detection(msgspec.Struct, frozen=True, rename={"class_name": "class"}):
    """One object in pixels; `confidence` in 0…1."""

    class_name: str
    confidence: float
    x1: float
    y1: float
    x2: float
    y2: float

    def box(self) -> DetectedBox:
        """As the scoring takes it."""
        size = (self.x2 - self.x1, self.y2 - self.y1)
        return DetectedBox(self.class_name, self.x1, self.y1, *size, self.confidence)


class Model(msgspec.Struct, frozen=True):
    """Which model answered; `version` is its training job's name."""

    version: str


class Answer(msgspec.Struct, frozen=True):
    """What the API says of a picture; `time` in seconds."""

    time: float
    model: Model
    predictions: tuple[Detection, ...]


class _Error(msgspec.Struct):
    code: str
    message: str
    hint: str = ""


class _ErrorBody(msgspec.Struct):
    error: _Error


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
        return msgspec.json.decode(self.ask(project, picture, "application/json", parameters), type=Answer)

    def ask(self, project: str, picture: Path, media_type: str, parameters: Mapping[str, str] | None = None) -> bytes:
        """The answer as bytes of `media_type`: JSON, or the picture with the detections drawn on it.

        Raises:
            CommandError: the API refused the request, or cannot be reached.
        """
        url = f"{self.infer_url(project)}?{urlencode(parameters or {})}".rstrip("?")
        headers = {"Content-Type": content_type(picture), "Accept": media_type}
        try:
            answer = self._http.request("POST", url, body=picture.read_bytes(), headers=headers)
        except OSError as error:
            raise CommandError(f"{picture} cannot be read: {error.strerror}.") from error
        except urllib3.exceptions.HTTPError as error:
            raise CommandError(f"{url} does not answer: {error}.", "Is the cloud running? `labelloop up`") from error
        if answer.status != 200:
            raise _refusal(picture, answer.status, answer.data)
        return answer.data


def content_type(picture: Path) -> str:
    """What a picture is sent as, by its name."""
    return CONTENT_TYPES.get(picture.suffix.lower(), ANY_PICTURE)


def _refusal(picture: Path, status: int, body: bytes) -> CommandError:
    try:
        error = msgspec.json.decode(body, type=_ErrorBody).error
    except msgspec.DecodeError:
        return CommandError(f"{picture}: the API answered {status}: {body[:200].decode(errors='replace')}")
    return CommandError(f"{picture}: the API answered {status} {error.code}: {error.message}", error.hint)

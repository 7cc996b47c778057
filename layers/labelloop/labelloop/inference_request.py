"""What a client asks: a picture and how to answer, from an HTTP body, a query string and headers."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from labelloop.endpoint import BODY_LIMIT
from labelloop.errors import InvalidParameter, NotAcceptable, PictureNotFound, PictureTooLarge, UnsupportedMediaType
from labelloop.prediction import Options
from labelloop.projects import ProjectFolder
from labelloop.promotion import Promotion
from labelloop.store import S3Uri, Store

DEFAULT_CONFIDENCE = 0.4
DEFAULT_IOU = 0.5
DEFAULT_MAX_DETECTIONS = 300
PARAMETERS = frozenset({"confidence", "iou", "max_detections", "classes"})
RAW_TYPES = frozenset({"image/jpeg", "image/png", "application/x-image", "application/octet-stream"})
# How JPEG and PNG files begin: curl calls whatever it sends a form, unless told otherwise.
PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
ANSWERS = ("application/json", "image/png", "image/jpeg")
_WILDCARDS = {"*/*": "application/json", "application/*": "application/json", "image/*": "image/png"}


class HttpRequest(msgspec.Struct, frozen=True):
    """An HTTP request, its body decoded from API Gateway's base64; header names are lower case."""

    project: str
    id: str
    body: bytes = b""
    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}

    @property
    def content_type(self) -> str:
        """The media type without parameters; empty where none is said."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class ImageField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `image` of a JSON body."""

    type: Literal["base64", "s3"]
    value: str


class JsonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON body; parameters may stand here or in the query string, which wins."""

    image: ImageField
    confidence: float | None = None
    iou: float | None = None
    max_detections: int | None = None
    classes: list[str | int] | None = None


class Wanted(msgspec.Struct, frozen=True):
    """A request understood: `answer` is a media type; `confidence_source` says who chose the threshold."""

    picture: bytes
    options: Options
    confidence_source: Literal["request", "default"]
    answer: str


def understand(request: HttpRequest, promotion: Promotion, store: Store, data_bucket: str) -> Wanted:
    """Read a request for inference.

    Raises:
        RequestError: one of its kinds; the parameter, type or limit is named.
    """
    answer = _answer_type(request.headers.get("accept", ""))
    if request.content_type in RAW_TYPES or request.body.startswith(PICTURE_STARTS):
        picture, given = request.body, {}
    elif request.content_type == "application/json":
        body = _json_body(request.body)
        folder = ProjectFolder(data_bucket, request.project)
        picture, given = _picture(body.image, folder, store), _parameters(body)
    else:
        raise UnsupportedMediaType(
            f"a body of type {request.content_type or '(none)'} is not understood.",
            hint=f"Send one of {', '.join(sorted(RAW_TYPES))}, or application/json.",
        )
    given |= request.query
    source: Literal["request", "default"] = "request" if "confidence" in given else "default"
    return Wanted(picture, _options(given, promotion), source, answer)


def _answer_type(accept: str) -> str:
    """The first of the client's media types that is offered; quality values are not weighed."""
    asked = [part.partition(";")[0].strip().lower() for part in accept.split(",") if part.strip()]
    offered = {name: name for name in ANSWERS} | _WILDCARDS
    for media_type in asked or ["*/*"]:
        if media_type in offered:
            return offered[media_type]
    raise NotAcceptable(f"no answer of type {accept} is offered.", hint=f"Accept one of {', '.join(ANSWERS)}.")


def _json_body(body: bytes) -> JsonBody:
    try:
        return msgspec.json.decode(body, type=JsonBody)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidParameter(
            f"the JSON body is not understood: {error}.",
            hint='It looks like {"image": {"type": "base64", "value": "…"}}.',
        ) from error


def _picture(image: ImageField, folder: ProjectFolder, store: Store) -> bytes:
    return _from_base64(image.value) if image.type == "base64" else _from_s3(image.value, folder, store)


def _from_base64(value: str) -> bytes:
    """Plain base64, or a data URL, of which only the part after the comma is read."""
    try:
        return base64.b64decode(value.rpartition(",")[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidParameter(f"image.value is not base64: {error}.") from error


def _from_s3(value: str, folder: ProjectFolder, store: Store) -> bytes:
    """A picture of the project's own folder: a client must not read other places through us."""
    try:
        uri = S3Uri.from_text(value)
    except ValueError as error:
        raise InvalidParameter(f"image.value: {error}.") from error
    if uri.bucket != folder.bucket or not uri.key.startswith(folder.root.key):
        raise PictureNotFound(f"{uri} lies outside {folder.root}.", hint=f"Pictures are read from {folder.root} alone.")
    found = store.find(uri)
    if found is None:
        raise PictureNotFound(f"{uri} does not exist.")
    if found.size > BODY_LIMIT:
        raise PictureTooLarge(f"{uri} has {found.size} bytes; an endpoint takes at most {BODY_LIMIT}.")
    return store.read(uri, limit=BODY_LIMIT)


def _parameters(body: JsonBody) -> dict[str, Any]:
    given = {name: getattr(body, name) for name in PARAMETERS}
    return {name: value for name, value in given.items() if value is not None}


def _options(given: Mapping[str, Any], promotion: Promotion) -> Options:
    for name in given.keys() - PARAMETERS:
        raise InvalidParameter(
            f"unknown parameter {_shown(name)}.", hint=f"Known are: {', '.join(sorted(PARAMETERS))}."
        )
    return Options(
        confidence=_confidence(given.get("confidence", DEFAULT_CONFIDENCE)),
        iou=_share("iou", given.get("iou", DEFAULT_IOU)),
        max_detections=_count("max_detections", given.get("max_detections", DEFAULT_MAX_DETECTIONS)),
        class_ids=_class_ids(given["classes"], promotion.classes) if "classes" in given else None,
    )


def _confidence(value: Any) -> float:
    """A share in 0…1; numbers from 1 on are read as percent, as Roboflow's clients send them."""
    number = _number("confidence", value)
    share = number / 100 if number >= 1 else number
    if not 0 <= share <= 1:
        raise InvalidParameter(f"confidence is {number:g}; it must lie between 0 and 1, or up to 100 as percent.")
    return share


def _share(name: str, value: Any) -> float:
    number = _number(name, value)
    if not 0 <= number <= 1:
        raise InvalidParameter(f"{name} is {number:g}; it must lie between 0 and 1.")
    return number


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise InvalidParameter(f"{name} is {_shown(value)}; it must be a number.") from error


def _count(name: str, value: Any) -> int:
    try:
        number = int(value)
    except ValueError as error:
        raise InvalidParameter(f"{name} is {_shown(value)}; it must be a whole number.") from error
    if number < 1:
        raise InvalidParameter(f"{name} is {number}; it must be at least 1.")
    return number


def _class_ids(value: str | list[str | int], class_names: tuple[str, ...]) -> frozenset[int]:
    """Classes by name or id: a list, or a text with commas between, which cannot name a class that has one."""
    by_text = {str(class_id): class_id for class_id in range(len(class_names))}
    by_text |= {name: class_id for class_id, name in enumerate(class_names)}
    parts = (part.strip() for part in value.split(",")) if isinstance(value, str) else map(str, value)
    wanted = [part for part in parts if part]
    unknown = [name for name in wanted if name not in by_text]
    if unknown or not wanted:
        what = f"knows no {_shown(unknown[0])}" if unknown else "is asked for no class"
        raise InvalidParameter(f"classes: the model {what}.", hint=f"It knows: {', '.join(class_names)}.")
    return frozenset(by_text[name] for name in wanted)


def _shown(value: Any) -> str:
    """What a client sent, no longer than anyone reads."""
    return repr(str(value)[:60])

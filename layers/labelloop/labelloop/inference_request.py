"""What a client asks: a picture and how to answer, from an HTTP body, a query string and headers."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from labelloop.endpoint import BODY_LIMIT
from labelloop.errors import InvalidParameter, NotAcceptable, PictureNotFound, PictureTooLarge, UnsupportedMediaType
from labelloop.inference_parameters import Parameters
from labelloop.projects import ProjectFolder
from labelloop.promotion import Promotion
from labelloop.store import S3Uri, Store

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
    classes: list[str | int] | str | None = None
    view: str | None = None
    format: str | None = None
    confidence_mask: bool | None = None

    def parameters(self) -> dict[str, Any]:
        """Those given."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name != "image"}
        return {name: value for name, value in given.items() if value is not None}


class Wanted(msgspec.Struct, frozen=True):
    """A request understood; `media_type` is what the client accepts."""

    picture: bytes
    parameters: Parameters
    media_type: str


def understand(request: HttpRequest, promotion: Promotion, store: Store, data_bucket: str) -> Wanted:
    """Read a request for inference.

    Raises:
        RequestError: one of its kinds; the parameter, type or limit is named.
    """
    media_type = _answer_type(request.headers.get("accept", ""))
    if request.content_type in RAW_TYPES or request.body.startswith(PICTURE_STARTS):
        picture, given = request.body, dict[str, Any]()
    elif request.content_type == "application/json":
        body = _json_body(request.body)
        folder = ProjectFolder(data_bucket, request.project)
        picture, given = _picture(body.image, folder, store), body.parameters()
    else:
        raise UnsupportedMediaType(
            f"a body of type {request.content_type or '(none)'} is not understood.",
            hint=f"Send one of {', '.join(sorted(RAW_TYPES))}, or application/json.",
        )
    parameters = Parameters.from_given({**given, **request.query}, promotion.task, promotion.classes)
    if parameters.options.confidence_mask and (parameters.form, media_type) != ("json", ANSWERS[0]):
        raise InvalidParameter(
            "confidence_mask is told in JSON alone.", hint="Accept application/json, and leave format=png out."
        )
    return Wanted(picture, parameters, media_type)


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

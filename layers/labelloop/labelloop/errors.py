"""Every error Labelloop raises. The class names are the vocabulary of the state machine's Retry and Catch.

LabelloopError                      has a message for the log, and for the reader a `public` text and a `hint`
├── ServiceUnavailable              AWS throttled or failed; the same call may succeed later
├── AwsRefused                      AWS refused a call; the same call will be refused again
├── ObjectNotFound                  an S3 object that should be there is not
├── ObjectNotReadable               an S3 object that is there may not be read
├── ObjectTooLarge                  an S3 object has more bytes than are read
├── InvalidProjectName              no project, and so no endpoint, can be called that
├── MalformedRecord                 bytes that are not RecordIO, or no Record in it
├── MalformedPrediction             an endpoint answered in a form that is not its algorithm's
├── ManifestRefused                 the labels, or some of them, cannot be used; nothing was spent
├── InvalidSettings                 project.json names an unknown setting or a value out of range
├── TrainingFailed                  the training job ended without a model
├── DeploymentError                 the new model is not what answers
│   ├── EndpointBusy                another deployment is under way; retried
│   ├── EndpointFailed              SageMaker could not bring the endpoint up
│   ├── EndpointTimedOut            the endpoint did not come up in the time allowed
│   ├── EndpointRolledBack          the endpoint is in service, with another configuration than the one deployed
│   ├── GoldenPictureFailed         the endpoint answered a validation picture wrongly in form
│   └── NoGoldenPicture             no validation picture is there that an endpoint takes
└── RequestError                    an HTTP request that is answered with an error status
    ├── InvalidParameter            400
    ├── InvalidPicture              400
    ├── ProjectNotFound             404
    ├── PictureNotFound             404
    ├── NotAcceptable               406
    ├── NoModelYet                  409
    ├── PictureTooLarge             413
    ├── AnswerTooLarge              413
    ├── UnsupportedMediaType        415
    ├── ModelFailed                 424
    ├── ModelUnavailable            503
    └── ModelTimedOut               504
"""

from typing import TYPE_CHECKING, ClassVar

from msgspec import UNSET

if TYPE_CHECKING:
    from labelloop.checks import Check


class LabelloopError(Exception):
    """Base of the tree.

    Args:
        message: all that the log needs.
        public: what a caller may read; the message where nothing is given.
        hint: the way out, one sentence; empty where there is none.
    """

    def __init__(self, message: str, *, public: str | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.public = message if public is None else public
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class ServiceUnavailable(LabelloopError):
    """AWS throttled or failed; the same call may succeed later."""


class AwsRefused(LabelloopError):
    """AWS refused a call; the same call will be refused again."""


class ObjectNotFound(LabelloopError):
    """An S3 object that should be there is not."""


class ObjectNotReadable(LabelloopError):
    """An S3 object that is there may not be read."""


class ObjectTooLarge(LabelloopError):
    """An S3 object has more bytes than are read."""


class InvalidProjectName(LabelloopError):
    """No project, and so no endpoint, can be called that."""


class MalformedRecord(LabelloopError):
    """Bytes that are not RecordIO, or no Record in it."""


class MalformedPrediction(LabelloopError):
    """An endpoint answered in a form that is not its algorithm's."""


class ManifestRefused(LabelloopError):
    """The labels, or some of them, cannot be used; nothing was spent.

    Args:
        check: the one that failed.
        message: what exactly is wrong, a sentence.
        pointer: the keys and indices that lead to the value, on its line.
        value: the offending one.
        line: of the manifest, from 1, where that is known already.
    """

    def __init__(
        self,
        check: "Check",
        message: str,
        *,
        pointer: tuple[str | int, ...] = (),
        value: object = UNSET,
        line: int | None = None,
    ) -> None:
        super().__init__(
            f"{check.title}: {message}." if line is None else f"manifest line {line}: {message}.", hint=check.fix
        )
        self.check, self.what, self.pointer, self.value, self.line = check, message, pointer, value, line

    def within(self, key: str) -> "ManifestRefused":
        """The same of what stands under a key of the line."""
        return ManifestRefused(self.check, self.what, pointer=(key, *self.pointer), value=self.value, line=self.line)


class InvalidSettings(LabelloopError):
    """project.json names an unknown setting or a value out of range."""


class TrainingFailed(LabelloopError):
    """The training job ended without a model."""


class DeploymentError(LabelloopError):
    """The new model is not what answers."""


class EndpointBusy(DeploymentError):
    """Another deployment is under way; retried."""


class EndpointFailed(DeploymentError):
    """SageMaker could not bring the endpoint up."""


class EndpointTimedOut(DeploymentError):
    """The endpoint did not come up in the time allowed."""


class EndpointRolledBack(DeploymentError):
    """The endpoint is in service, with another configuration than the one deployed."""


class GoldenPictureFailed(DeploymentError):
    """The endpoint answered a validation picture wrongly in form."""


class NoGoldenPicture(DeploymentError):
    """No validation picture is there that an endpoint takes."""


class RequestError(LabelloopError):
    """An HTTP request that is answered with an error status; `code` is what a program compares."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "BAD_REQUEST"
    retry_after_seconds: ClassVar[int | None] = None


class InvalidParameter(RequestError):
    """A parameter has a value that means nothing."""

    code = "INVALID_PARAMETER"


class InvalidPicture(RequestError):
    """The bytes are no picture, or not the picture they claim to be."""

    code = "INVALID_PICTURE"


class ProjectNotFound(RequestError):
    """No project of that name has ever received a manifest."""

    status = 404
    code = "PROJECT_NOT_FOUND"


class PictureNotFound(RequestError):
    """The S3 picture named in the request does not exist, or lies where clients may not read."""

    status = 404
    code = "PICTURE_NOT_FOUND"


class NotAcceptable(RequestError):
    """The client accepts no form of answer that is offered."""

    status = 406
    code = "NOT_ACCEPTABLE"


class NoModelYet(RequestError):
    """The project exists, but no model of it has been promoted."""

    status = 409
    code = "NO_MODEL_YET"


class PictureTooLarge(RequestError):
    """More bytes or pixels than can be sent to an endpoint."""

    status = 413
    code = "PICTURE_TOO_LARGE"


class AnswerTooLarge(RequestError):
    """More bytes than can be answered."""

    status = 413
    code = "ANSWER_TOO_LARGE"


class UnsupportedMediaType(RequestError):
    """A body in a form that is not read here."""

    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"


class ModelFailed(RequestError):
    """The model's container answered with an error of its own."""

    status = 424
    code = "MODEL_FAILED"


class ModelUnavailable(RequestError):
    """The endpoint cannot answer now."""

    status = 503
    code = "MODEL_UNAVAILABLE"
    retry_after_seconds = 10


class ModelTimedOut(RequestError):
    """The model did not answer before the deadline."""

    status = 504
    code = "MODEL_TIMED_OUT"

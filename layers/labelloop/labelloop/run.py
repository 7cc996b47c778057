"""The run document: what the states of a run pass on. URIs and small facts only; Step Functions carries 256 KiB."""

from typing import Any, Literal, Self

import msgspec

from labelloop.tasks import Task


class Run(msgspec.Struct, frozen=True):
    """Which run this is; `id` is also the execution's name, `requested_at` is ISO 8601 in UTC."""

    id: str
    project: str
    trigger: str
    requested_at: str


class Pinned(msgspec.Struct, frozen=True):
    """An S3 object as it was when the run was requested."""

    uri: str
    etag: str
    version: str | None = None


class Manifest(msgspec.Struct, frozen=True):
    """The labels; attribute and categories are known where a labeling job named them."""

    object: Pinned
    label_attribute: str | None = None
    categories_uri: str | None = None


class Dataset(msgspec.Struct, frozen=True):
    """A frozen dataset; `id` is a digest of its content, `folder` its S3 prefix without closing slash."""

    id: str
    folder: str
    task: Task
    algorithm: str
    label_attribute: str

    def file(self, name: str) -> str:
        """The S3 URI of one of its files."""
        return f"{self.folder}/{name}"


class Training(msgspec.Struct, frozen=True):
    """The training job."""

    job: str
    image: str


class Deployment(msgspec.Struct, frozen=True):
    """What was asked of SageMaker."""

    endpoint: str
    model: str
    config: str


RestoreOutcome = Literal["previous model", "deleted", "nothing to restore"]


class Restored(msgspec.Struct, frozen=True):
    """What became of the endpoint after a failure; `config` is the promoted one, `reason` SageMaker's own words."""

    outcome: RestoreOutcome
    config: str | None
    reason: str | None


class Poll(msgspec.Struct, frozen=True):
    """How the state machine waits: every `seconds`, from `fast_polls` on `slower_by` seconds longer each time.

    An endpoint is waited for at most `endpoint_polls` times. An execution's history has 25,000 events; see
    https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    """

    seconds: int
    fast_polls: int
    slower_by: int
    endpoint_polls: int


class Notice(msgspec.Struct, frozen=True):
    """What subscribers of the topic read; SNS allows a subject of 100 printable ASCII characters."""

    subject: str
    message: str


class Failure(msgspec.Struct, frozen=True, rename="pascal"):
    """What the state machine caught: an error's name, and its cause as text."""

    error: str
    cause: str = ""


class Explanation(msgspec.Struct, frozen=True):
    """A failure in words: what went wrong, why, and what to do; `text` holds all of it."""

    error: str
    title: str
    cause: str
    fix: str
    text: str


class RunDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything known of a run so far. Fields that the state machine adds for itself are ignored."""

    run: Run
    manifest: Manifest
    settings: Pinned | None = None
    dataset: Dataset | None = None
    training: Training | None = None
    deployment: Deployment | None = None
    poll: Poll | None = None
    notice: Notice | None = None
    failure: Failure | None = None
    restored: Restored | None = None
    restore_failure: Failure | None = None
    explanation: Explanation | None = None

    @classmethod
    def from_json(cls, document: Any) -> Self:
        """Read a state's input.

        Raises:
            msgspec.ValidationError: it is not a run document.
        """
        return msgspec.convert(document, cls)

    def to_json(self) -> dict[str, Any]:
        """The document as a state's output."""
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document

    def with_(self, **facts: Any) -> Self:
        """The document with more facts."""
        return msgspec.structs.replace(self, **facts)


def present[Fact](fact: Fact | None) -> Fact:
    """A fact that an earlier state must have added.

    Raises:
        ValueError: it did not; the state machine's order is wrong.
    """
    if fact is None:
        raise ValueError("the run document lacks a fact that an earlier state adds")
    return fact

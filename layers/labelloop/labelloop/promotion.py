"""Which model of a project answers: promoted.json, written when an endpoint has been verified."""

from typing import Self

import msgspec

from labelloop.errors import ObjectNotFound
from labelloop.projects import ProjectFolder
from labelloop.store import Store
from labelloop.tasks import Task

SIZE_LIMIT = 1024 * 1024


class Promotion(msgspec.Struct, frozen=True):
    """A promoted model.

    `version` is the training job's name; `metrics` are the job's final ones; `promoted_at` is ISO 8601 in UTC;
    `previous` is the version that answered before.
    """

    project: str
    version: str
    run: str
    task: Task
    algorithm: str
    dataset: str
    classes: tuple[str, ...]
    metrics: dict[str, float]
    endpoint: str
    endpoint_config: str
    promoted_at: str
    previous: str | None = None

    @classmethod
    def read(cls, store: Store, project: ProjectFolder) -> Self | None:
        """The project's promoted model, or None where there is none yet."""
        try:
            body = store.read(project.promoted, limit=SIZE_LIMIT)
        except ObjectNotFound:
            return None
        return msgspec.json.decode(body, type=cls)

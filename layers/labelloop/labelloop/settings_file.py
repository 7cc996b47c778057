"""project.json as a run finds it in S3."""

from labelloop.errors import InvalidSettings, ObjectNotFound
from labelloop.run import Pinned
from labelloop.settings import Settings
from labelloop.store import S3Uri, Store

SIZE_LIMIT = 64 * 1024


def read_settings(store: Store, pinned: Pinned | None) -> Settings:
    """The settings a run began with; the defaults where the project has no project.json.

    Raises:
        InvalidSettings: as `Settings.from_json`, or the file vanished since.
    """
    if pinned is None:
        return Settings()
    try:
        body = store.read(S3Uri.from_text(pinned.uri), limit=SIZE_LIMIT, version=pinned.version)
    except ObjectNotFound as error:
        raise InvalidSettings(f"{pinned.uri} was deleted after the run began.") from error
    return Settings.from_json(body)

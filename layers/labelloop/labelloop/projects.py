"""Names of projects, and where each thing of a project lies in the data bucket.

projects/<project>/project.json                        settings, optional
projects/<project>/manifests/<name>.manifest           the inbox: arrival starts a run
projects/<project>/sources/<source>/                   source.manifest source.json, of each manifest that was taken in
projects/<project>/masks/<digest>.png                  masks that were repaired
projects/<project>/datasets/<dataset>/                 train.manifest validation.manifest classes.json report.json
projects/<project>/models/<training job>/output/model.tar.gz
projects/<project>/runs/<run>/                         receipts
projects/<project>/promoted.json                       the model that answers now
"""

import hashlib
import re
from dataclasses import dataclass

from labelloop.store import S3Uri

PROJECT_TAG = "labelloop:project"
RUN_TAG = "labelloop:run"
PREFLIGHT, TRAINING = "report", "training"  # receipts that name each other
NAME_LIMIT = 31
_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*")
_INBOX_KEY = re.compile(r"projects/(?P<project>[^/]+)/manifests/[^/]+\.manifest")


def is_project_name(name: str) -> bool:
    """Whether a project can be called so: 1 to 31 letters, digits and inner hyphens.

    An endpoint is called `labelloop-<project>`, and SageMaker allows 63 characters of that alphabet.
    """
    return len(name) <= NAME_LIMIT and _NAME.fullmatch(name) is not None


def project_of_attribute(label_attribute: str) -> str:
    """The project of a labeling job that names none: its label attribute without `-ref`.

    Names longer than a project's may be keep their first 22 characters and get a digest of the whole.
    """
    name = label_attribute.removesuffix("-ref")
    if len(name) <= NAME_LIMIT:
        return name
    return f"{name[:22].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def project_of_inbox_key(key: str) -> str | None:
    """The folder name of a key that lies directly in some project's inbox, else None."""
    match = _INBOX_KEY.fullmatch(key)
    return match["project"] if match else None


@dataclass(frozen=True, slots=True)
class ProjectFolder:
    """The places of one project."""

    bucket: str
    project: str

    def _uri(self, *parts: str) -> S3Uri:
        return S3Uri(self.bucket, "/".join(("projects", self.project, *parts)))

    @property
    def root(self) -> S3Uri:
        """The prefix of everything of the project, with its closing slash."""
        return self._uri("")

    @property
    def settings(self) -> S3Uri:
        """project.json."""
        return self._uri("project.json")

    @property
    def models(self) -> S3Uri:
        """The prefix under which SageMaker writes `<training job>/output/model.tar.gz`."""
        return self._uri("models")

    @property
    def promoted(self) -> S3Uri:
        """The record of the model that answers now."""
        return self._uri("promoted.json")

    @property
    def sources(self) -> S3Uri:
        """The prefix of the manifests that were taken in, with its closing slash."""
        return self._uri("sources", "")

    def source(self, source: str, file: str) -> S3Uri:
        """A file of a manifest that was taken in."""
        return self._uri("sources", source, file)

    def mask(self, digest: str) -> S3Uri:
        """A mask that was repaired, by the digest of its bytes."""
        return self._uri("masks", f"{digest}.png")

    def dataset(self, dataset: str, file: str) -> S3Uri:
        """A file of a frozen dataset."""
        return self._uri("datasets", dataset, file)

    def receipt(self, run: str, step: str) -> S3Uri:
        """What one step of a run decided, from which facts, by which rule."""
        return self._uri("runs", run, f"{step}.json")

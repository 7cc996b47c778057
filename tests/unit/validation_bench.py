"""Runs of `validate_manifest` on manifests in moto's S3."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from labelloop.frozen_datasets import read_report
from labelloop.preflight_report import PreflightReport
from labelloop.report import Report
from labelloop.run import Manifest, Pinned, RunDocument, present
from labelloop.stack import Stack
from labelloop.store import S3Uri, Store
from labelloop.validation import validate_manifest

from tests.unit.factories import BUCKET, Json, manifest_text, run_document

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

INBOX = S3Uri(BUCKET, "projects/shapes/manifests/round+1.manifest")
SETTINGS = S3Uri(BUCKET, "projects/shapes/project.json")
RECEIPT = S3Uri(BUCKET, f"projects/shapes/runs/{run_document().run.id}/report.json")


class Arrival(Protocol):
    """What happens while a run is under way."""

    def __call__(self) -> object: ...


@dataclass(frozen=True, slots=True)
class BusyStore(Store):
    """Each time that objects were listed, something happens."""

    arrivals: Iterator[Arrival]

    def uris(self, prefix: S3Uri) -> Iterator[S3Uri]:
        found = list(Store.uris(self, prefix))
        for arrival in self.arrivals:
            arrival()
            break
        return iter(found)


class Bench:
    """Validates manifests that it puts; no pictures are looked at, unless settings say so."""

    def __init__(self, s3: "S3Client", stack: Stack) -> None:
        self.s3, self.store, self.stack = s3, Store(s3), stack

    def put(self, uri: S3Uri, body: bytes) -> Pinned:
        answer = self.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=body)
        return Pinned(str(uri), answer["ETag"], answer["VersionId"])

    def run(self, lines: Sequence[Json | str], settings: Json | None = None, **manifest: Any) -> RunDocument:
        pinned = self.put(SETTINGS, json.dumps({"pictures_checked": 0} | (settings or {})).encode())
        return run_document(manifest=Manifest(self.put(INBOX, manifest_text(lines)), **manifest), settings=pinned)

    def validate(self, lines: Sequence[Json | str], settings: Json | None = None, **manifest: Any) -> RunDocument:
        return validate_manifest(self.run(lines, settings, **manifest), self.store, self.stack)

    def validate_while(self, arrivals: Iterable[Arrival], lines: Sequence[Json | str]) -> RunDocument:
        """Each listing of objects is followed by the next arrival."""
        return validate_manifest(self.run(lines), BusyStore(self.s3, iter(arrivals)), self.stack)

    def report(self, run: RunDocument) -> Report:
        return read_report(self.store, present(run.dataset))

    def lines(self, run: RunDocument) -> list[Json]:
        """Of the run's dataset."""
        files = (present(run.dataset).file(f"{side}.manifest") for side in ("train", "validation"))
        bodies = [self.store.read(S3Uri.from_text(uri), limit=10**7) for uri in files]
        return [json.loads(text) for body in bodies for text in body.splitlines()]

    def pictures(self, run: RunDocument) -> set[str]:
        """Of the run's dataset."""
        return {each["source-ref"] for each in self.lines(run)}

    def receipt(self) -> PreflightReport:
        return msgspec.json.decode(self.store.read(RECEIPT, limit=10**7), type=PreflightReport)

    def written(self, part: str = "") -> list[str]:
        """All that lies in the project but what was put there."""
        found = [entry["Key"] for entry in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        return sorted(key for key in set(found) - {INBOX.key, SETTINGS.key} if f"/{part}" in key)

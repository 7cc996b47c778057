"""A function can end at any moment, and two can run at once: a dataset is complete or not there, never half."""

import hashlib
import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from labelloop.run import Manifest, Pinned, Run, RunDocument
from labelloop.stack import Stack
from labelloop.store import S3Uri, Store
from labelloop.validation import validate_manifest

from tests.unit.factories import BUCKET, Json, line, manifest_text, picture, run_document

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

WRITES = frozenset({"put_object", "upload_fileobj", "upload_file", "copy_object", "delete_object"})
PROJECT = "projects/shapes"
FIRST = [line(name, 0, 1) for name in range(20)]
SECOND = [line(name, 0, 2, metadata={"creation-date": "2019-01-01T00:00:00"}) for name in range(10, 30)]


class Killed(BaseException):
    """What no code here catches: a function that timed out, or ran out of memory."""


class Watched:
    """An S3 client that does something at one of its writes, counted from 0."""

    def __init__(self, s3: "S3Client", at: int | None, act: Callable[[], None], *, after: bool = False) -> None:
        self.writes = 0
        self._s3, self._at, self._act, self._after = s3, at, act, after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._s3, name)
        return partial(self._write, method) if name in WRITES else method

    def _write(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        now = self.writes == self._at
        self.writes += 1
        if now and not self._after:
            self._act()
        answer = method(*args, **kwargs)
        if now and self._after:
            self._act()
        return answer


def die() -> None:
    raise Killed


class Bench:
    """Validates manifests in moto's S3, by way of clients that are watched."""

    def __init__(self, s3: "S3Client", stack: Stack) -> None:
        self.s3, self.stack = s3, stack

    def put(self, name: str, lines: list[Json]) -> RunDocument:
        """Put a manifest; the run that it starts."""
        key = f"{PROJECT}/manifests/{name}.manifest"
        answer = self.s3.put_object(Bucket=BUCKET, Key=key, Body=manifest_text(lines))
        run = run_document(manifest=Manifest(Pinned(f"s3://{BUCKET}/{key}", answer["ETag"].strip('"'))))
        uri = S3Uri(BUCKET, f"{PROJECT}/project.json")
        Store(self.s3).write_json(uri, {"pictures_checked": 0})
        run = run.with_(settings=Pinned(str(uri), ""))
        return run.with_(run=Run(f"shapes-{name}", "shapes", "inbox", "2026-11-20T12:00:00+00:00"))

    def validate(self, run: RunDocument, client: Any = None) -> RunDocument:
        return validate_manifest(run, Store(client or self.s3), self.stack)

    def objects(self) -> dict[str, bytes]:
        """Everything of the project."""
        listed = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=PROJECT).get("Contents", [])
        return {item["Key"]: self.s3.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read() for item in listed}

    def clear(self) -> None:
        for key in self.objects():
            self.s3.delete_object(Bucket=BUCKET, Key=key)

    def writes(self, run: RunDocument) -> int:
        """How many an undisturbed run makes."""
        client = Watched(self.s3, None, die)
        self.validate(run, client)
        return client.writes

    def pictures(self, run: RunDocument) -> set[str]:
        """Of the dataset that a run ends with."""
        assert run.dataset
        files = (
            self.objects()[S3Uri.from_text(run.dataset.file(f"{side}.manifest")).key]
            for side in ("train", "validation")
        )
        return {json.loads(text)["source-ref"] for file in files for text in file.splitlines()}


@pytest.fixture
def bench(s3: "S3Client", stack: Stack) -> Bench:
    return Bench(s3, stack)


def check_datasets(objects: dict[str, bytes]) -> None:
    """Where a report is, all files are, and the dataset is named by their digest."""
    datasets = f"{PROJECT}/datasets/"
    for key in objects:
        if key.startswith(datasets) and key.endswith("/report.json"):
            folder, report = key.removesuffix("/report.json"), json.loads(objects[key])
            digest = hashlib.sha256(report["algorithm"].encode())
            for name in ("train.manifest", "validation.manifest", "classes.json"):
                digest.update(hashlib.sha256(objects[f"{folder}/{name}"]).digest())
            assert folder == datasets + report["dataset"] == datasets + digest.hexdigest()[:16]


def set_up(bench: Bench) -> RunDocument:
    """A project that has one manifest already, and a run for a second."""
    bench.clear()
    bench.validate(bench.put("first", FIRST))
    return bench.put("second", SECOND)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_function_that_ends_at_any_write_leaves_no_half_dataset(bench: Bench, after: bool) -> None:
    whole = bench.validate(set_up(bench))
    undisturbed = bench.objects()
    check_datasets(undisturbed)
    run = set_up(bench)
    count = bench.writes(run)
    assert count >= 7  # the manifest and its record, three files and a report, a receipt
    for at in range(count):
        run = set_up(bench)
        with pytest.raises(Killed):
            bench.validate(run, Watched(bench.s3, at, die, after=after))
        check_datasets(bench.objects())
        again = bench.validate(run)
        assert again == whole
        assert bench.objects() == undisturbed


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_two_manifests_at_once_are_both_in_the_project_s_dataset(bench: Bench, after: bool) -> None:
    """Whenever in the course of one run another one comes and ends."""
    both = {picture(name) for name in range(30)}
    run = set_up(bench)
    for at in range(bench.writes(run)):
        bench.clear()
        one, other = bench.put("first", FIRST), bench.put("second", SECOND)
        ended: list[RunDocument] = []
        client = Watched(bench.s3, at, lambda: ended.append(bench.validate(other)), after=after)  # noqa: B023
        ended.append(bench.validate(one, client))
        check_datasets(bench.objects())
        assert both in [bench.pictures(run) for run in ended]
        assert bench.pictures(bench.validate(bench.put("third", [line(99, 0, 1)]))) == both | {picture(99)}

"""A function can end at any moment, and two can run at once: a dataset is complete or not there, never half."""

import hashlib
import itertools
import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from labelloop.palette import Colour
from labelloop.run import Manifest, Pinned, Run, RunDocument
from labelloop.stack import Stack
from labelloop.store import S3Uri, Store
from labelloop.validation import validate_manifest

from tests.unit.factories import BUCKET, Json, line, manifest_text, mask_line, run_document
from tests.unit.mask_files import AREAS, BLUE, GREEN, ORANGE, WHITE, in_colours
from tests.unit.picture_files import encoded, picture

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

WRITES = frozenset({"put_object", "upload_fileobj", "upload_file", "copy_object", "delete_object"})
PROJECT = "projects/shapes"
LATER = "2019-01-01T00:00:00"
NAMES = {WHITE: "BACKGROUND", GREEN: "tree", BLUE: "lake", ORANGE: "road"}
PICTURE = picture(60, 40, "JPEG")


class Kind(NamedTuple):
    """Two manifests of one project, some pictures of which both label, and objects that they name."""

    first: list[Json]
    second: list[Json]
    objects: dict[str, bytes]
    settings: Json


def coloured_masks(names: Iterable[int], mask: str, *colours: Colour, **metadata: Any) -> list[Json]:
    """Lines whose mask shows its classes' colours, where pixels should have their values."""
    entries = {
        str(value): {"class-name": NAMES[colour], "hex-color": "#{:02x}{:02x}{:02x}".format(*colour)}
        for value, colour in enumerate(colours)
    }
    uris = {"streets-ref": f"s3://{BUCKET}/{mask}.png"}
    lines = [mask_line(name, 0) | uris | {"source-ref": f"s3://{BUCKET}/{name}.jpg"} for name in names]
    for each in lines:
        each["streets-ref-metadata"] |= {"internal-color-map": entries} | metadata
    return lines


def in_rgb(*colours: Colour) -> bytes:
    return encoded(in_colours(AREAS, dict(enumerate([*colours, ORANGE]))))


BOXES = Kind(
    [line(name, 0, 1) for name in range(20)],
    [line(name, 0, 2, metadata={"creation-date": LATER}) for name in range(10, 30)],
    {},
    {"pictures_checked": 0},
)
# The masks have to be repaired, and those of one job painted anew: it numbers the classes otherwise.
MASKS = Kind(
    coloured_masks(range(10, 14), "one", WHITE, GREEN, BLUE, ORANGE),
    coloured_masks(range(12, 16), "other", WHITE, BLUE, GREEN, ORANGE, **{"creation-date": LATER}),
    {
        **{f"{name}.jpg": PICTURE for name in range(10, 16)},
        "one.png": in_rgb(WHITE, GREEN, BLUE),
        "other.png": in_rgb(WHITE, BLUE, GREEN),
    },
    {},
)
every_kind = pytest.mark.parametrize("kind", [BOXES, MASKS], ids=["boxes", "masks"])
before_or_after = pytest.mark.parametrize("after", [False, True], ids=["before", "after"])


class Killed(BaseException):
    """What no code here catches: a function that timed out, or ran out of memory."""


class Watched:
    """An S3 client that does something at one of its writes, counted from 0."""

    def __init__(self, s3: "S3Client", at: int | None, act: Callable[[], None], *, after: bool = False) -> None:
        self.writes = itertools.count()  # several threads write
        self._s3, self._at, self._act, self._after = s3, at, act, after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._s3, name)
        return partial(self._write, method) if name in WRITES else method

    def _write(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        now = next(self.writes) == self._at
        if now and not self._after:
            self._act()
        answer = method(*args, **kwargs)
        if now and self._after:
            self._act()
        return answer


def die() -> None:
    raise Killed


class Bench:
    """Validates the manifests of a kind in moto's S3, by way of clients that are watched."""

    def __init__(self, s3: "S3Client", stack: Stack, kind: Kind) -> None:
        self.s3, self.stack, self.kind = s3, stack, kind
        for key, body in kind.objects.items():
            s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def put(self, name: str, lines: list[Json]) -> RunDocument:
        """Put a manifest; the run that it starts."""
        key, settings = f"{PROJECT}/manifests/{name}.manifest", S3Uri(BUCKET, f"{PROJECT}/project.json")
        Store(self.s3).write_json(settings, self.kind.settings)
        answer = self.s3.put_object(Bucket=BUCKET, Key=key, Body=manifest_text(lines))
        return run_document(
            run=Run(f"shapes-{name}", "shapes", "inbox", "2026-11-20T12:00:00+00:00"),
            manifest=Manifest(Pinned(f"s3://{BUCKET}/{key}", answer["ETag"].strip('"'))),
            settings=Pinned(str(settings), ""),
        )

    def set_up(self) -> RunDocument:
        """A project that has one manifest already; the run for a second."""
        self.clear()
        self.validate(self.put("first", self.kind.first))
        return self.put("second", self.kind.second)

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
        return next(client.writes)

    def pictures(self, run: RunDocument) -> set[str]:
        """Of the dataset that a run ends with."""
        assert run.dataset
        keys = [S3Uri.from_text(run.dataset.file(f"{side}.manifest")).key for side in ("train", "validation")]
        objects = self.objects()
        return {json.loads(text)["source-ref"] for key in keys for text in objects[key].splitlines()}


@pytest.fixture
def bench(s3: "S3Client", stack: Stack, kind: Kind) -> Bench:
    return Bench(s3, stack, kind)


def check_datasets(objects: dict[str, bytes]) -> None:
    """Where a report is, all files are, and the dataset is named by their digest; its masks are too."""
    datasets = f"{PROJECT}/datasets/"
    for key in objects:
        if key.startswith(datasets) and key.endswith("/report.json"):
            folder, report = key.removesuffix("/report.json"), json.loads(objects[key])
            digest = hashlib.sha256(report["algorithm"].encode())
            for name in ("train.manifest", "validation.manifest", "classes.json"):
                digest.update(hashlib.sha256(objects[f"{folder}/{name}"]).digest())
            assert folder == datasets + report["dataset"] == datasets + digest.hexdigest()[:16]
            check_masks(objects, objects[f"{folder}/train.manifest"] + objects[f"{folder}/validation.manifest"])


def check_masks(objects: dict[str, bytes], lines: bytes) -> None:
    prefix = f"s3://{BUCKET}/"
    named = {json.loads(text).get("streets-ref", "") for text in lines.splitlines()} - {""}
    assert all(uri.removeprefix(prefix) in objects for uri in named if uri.startswith(prefix + PROJECT))
    assert all(uri.startswith(prefix + PROJECT) for uri in named), "a mask was not repaired"


@every_kind
@before_or_after
def test_a_function_that_ends_at_any_write_leaves_no_half_dataset(bench: Bench, after: bool) -> None:
    whole = bench.validate(bench.set_up())
    undisturbed = bench.objects()
    check_datasets(undisturbed)
    count = bench.writes(bench.set_up())
    assert count >= 7  # the manifest and its record, three files and a report, a receipt
    for at in range(count):
        run = bench.set_up()
        with pytest.raises(Killed):
            bench.validate(run, Watched(bench.s3, at, die, after=after))
        check_datasets(bench.objects())
        assert bench.validate(run) == whole
        assert bench.objects() == undisturbed


@every_kind
@before_or_after
def test_two_manifests_at_once_are_both_in_the_project_s_dataset(bench: Bench, after: bool) -> None:
    """Whenever in the course of one run another one comes and ends."""
    both = {each["source-ref"] for each in [*bench.kind.first, *bench.kind.second]}
    bench.clear()
    for at in range(bench.writes(bench.put("first", bench.kind.first))):
        bench.clear()
        one, other = bench.put("first", bench.kind.first), bench.put("second", bench.kind.second)
        ended: list[RunDocument] = []
        client = Watched(bench.s3, at, lambda: ended.append(bench.validate(other)), after=after)  # noqa: B023
        ended.append(bench.validate(one, client))
        check_datasets(bench.objects())
        assert both in [bench.pictures(run) for run in ended]
        third = bench.kind.first[0] | {"index": 3}
        assert bench.pictures(bench.validate(bench.put("third", [third]))) == both

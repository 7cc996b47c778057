import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from labelloop.checks import Check, masks, pictures
from labelloop.findings import CheckResult, Findings
from labelloop.inspection import Inspector
from labelloop.label_file import LabelFile
from labelloop.preflight import preflight, read_source
from labelloop.run import Pinned
from labelloop.settings import Settings

from tests.documents.file_examples import FileExample
from tests.documents.files import MASKS, good_files
from tests.documents.mask_examples import MASK_EXAMPLES
from tests.documents.picture_examples import PICTURE_EXAMPLES
from tests.unit.factories import Json, write_manifest
from tests.unit.preflight_corpus.case import BOXES
from tests.unit.shelf import Shelf

EXAMPLES = (*PICTURE_EXAMPLES, *MASK_EXAMPLES)


class Regions(Shelf):
    """Tells where buckets are."""

    def __init__(self, example: FileExample) -> None:
        changed = {**good_files(example.lines), **example.files}
        super().__init__({uri: held for uri, held in changed.items() if held is not None})
        self.regions = example.regions

    def region(self, bucket: str) -> str | None:
        return self.regions.get(bucket)


def label_file(path: Path, lines: Sequence[Json]) -> LabelFile:
    return LabelFile(write_manifest(path, lines), Pinned(f"s3://b/{path.name}", ""))


def found(folder: Path, example: FileExample) -> Mapping[str, CheckResult]:
    settings = Settings.from_json(json.dumps(example.settings).encode())
    inspect = Inspector(Regions(example), "us-east-1", settings, write_mask=lambda body: f"s3://data/{len(body)}.png")
    before = [label_file(folder / "earlier.manifest", example.before)] if example.before else []
    earlier = [read_source(file, settings, Findings()) for file in before]
    done = preflight(label_file(folder / "some.manifest", example.lines), settings, earlier=earlier, inspect=inspect)
    return {result.code: result for result in done.findings.results()}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.check.code)
def test_an_example_has_its_code(tmp_path: Path, example: FileExample) -> None:
    codes = set(found(tmp_path, example))
    assert codes == {example.check.code} | example.also


@pytest.mark.parametrize("lines", [BOXES, MASKS], ids=["boxes", "masks"])
def test_nothing_is_found_in_good_files(tmp_path: Path, lines: tuple[Json, ...]) -> None:
    assert found(tmp_path, FileExample(check=pictures.PICTURE_EMPTY, example="", remark="", lines=lines)) == {}


@pytest.mark.parametrize("module", [masks, pictures])
def test_every_check_of_files_has_one_example(module: object) -> None:
    checks = {value for value in vars(module).values() if isinstance(value, Check)}
    examples = [example.check for example in EXAMPLES if example.check in checks]
    assert sorted(check.code for check in examples) == sorted(check.code for check in checks)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.check.code)
def test_an_example_has_a_remark(example: FileExample) -> None:
    assert example.example
    assert example.remark.endswith(".")

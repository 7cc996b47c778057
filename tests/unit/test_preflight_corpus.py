"""Small manifests with one thing wrong in each: preflight finds that, says where, and finds nothing else."""

import json
from collections.abc import Sequence
from pathlib import Path

import jsonpointer
import pytest
from labelloop.checks import Level, all_checks, boxes, classes, dataset, labels, lines
from labelloop.errors import ManifestRefused
from labelloop.findings import CheckResult, Findings, shortened
from labelloop.label_file import LabelFile
from labelloop.preflight import Preflight, preflight, read_source
from labelloop.run import Manifest, Pinned
from labelloop.settings import Settings
from labelloop.sources import download
from labelloop.stack import Stack
from labelloop.store import S3Uri, Store
from labelloop.validation import validate_manifest

from tests.unit.factories import BUCKET, Json, manifest_text, run_document
from tests.unit.preflight_corpus.case import Case
from tests.unit.preflight_corpus.cases import CASES, EXAMPLES, IN_S3
from tests.unit.preflight_corpus.good import GOOD, JUST_GOOD
from tests.unit.preflight_corpus.of_labels import UNREADABLE_CATEGORIES
from tests.unit.preflight_corpus.of_lines import TOO_LARGE

MODULES = (lines, labels, boxes, classes, dataset)
CHECKS = {code for code, check in all_checks().items() if any(check in vars(module).values() for module in MODULES)}
every_case = pytest.mark.parametrize("case", CASES, ids=[f"{case.check.code}: {case.name}" for case in CASES])


def label_file(
    folder: Path, name: str, body: bytes, categories: Sequence[str] = (), wanted: str | None = None
) -> LabelFile:
    path = folder / name
    path.write_bytes(body)
    return LabelFile(path, Pinned(f"s3://labelloop-data/{name}", "e7a9"), wanted, tuple(categories))


def checked(folder: Path, case: Case) -> Preflight:
    """The case's manifest, put into a project that has those before it."""
    settings = Settings.from_json(json.dumps(case.settings).encode())
    files = [label_file(folder, f"{number}.manifest", body) for number, body in enumerate(case.before)]
    earlier = [read_source(file, settings, Findings()) for file in files]
    new = label_file(folder, "new.manifest", case.manifest, case.categories, settings.label_attribute)
    return preflight(new, settings, earlier=earlier)


def results(done: Preflight) -> dict[str, CheckResult]:
    return {result.code: result for result in done.findings.results()}


@every_case
def test_a_case_has_its_one_code(tmp_path: Path, case: Case) -> None:
    done = checked(tmp_path, case)
    assert set(results(done)) == {case.check.code} | case.also
    assert done.stops == (case.check.level is Level.STOPS)


@every_case
def test_a_case_is_found_where_it_is(tmp_path: Path, case: Case) -> None:
    result = results(checked(tmp_path, case))[case.check.code]
    first = result.findings[0]
    assert (first.line, first.pointer, result.count) == (case.line, case.pointer, case.count)
    assert first.message


@every_case
def test_a_pointer_leads_to_the_value_that_is_told(tmp_path: Path, case: Case) -> None:
    """Or to the key, where that is what is wrong; null is told of what is not there, or has no end."""
    texts = case.manifest.splitlines()
    for result in results(checked(tmp_path, case)).values():
        for finding in result.findings:
            if finding.line is not None and finding.pointer and finding.value:
                line = json.loads(texts[finding.line - 1])
                value, key = (
                    jsonpointer.resolve_pointer(line, finding.pointer, None),
                    finding.pointer.rpartition("/")[2],
                )
                assert squeezed(finding.value) in (squeezed(shortened(value)), key)


def squeezed(text: str) -> str:
    """Without white space and quotes, and short enough that it makes no difference where the text was shortened."""
    return "".join(text.replace('"', "").split())[:40]


# ---- before a manifest is read ----


def test_a_manifest_that_is_too_large_is_not_read(store: Store, tmp_path: Path) -> None:
    uri = S3Uri(BUCKET, "large.manifest")
    store.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=TOO_LARGE.manifest)
    with pytest.raises(ManifestRefused) as refused:
        download(store, uri, tmp_path / "m", limit=len(TOO_LARGE.manifest) - 1)
    assert refused.value.check is TOO_LARGE.check
    assert not (tmp_path / "m").exists()
    download(store, uri, tmp_path / "m", limit=len(TOO_LARGE.manifest))
    assert (tmp_path / "m").read_bytes() == TOO_LARGE.manifest


def test_categories_that_cannot_be_read_stop_the_run(store: Store, stack: Stack) -> None:
    manifest, categories = S3Uri(BUCKET, "m"), S3Uri(BUCKET, "categories.json")
    store.s3.put_object(Bucket=BUCKET, Key=manifest.key, Body=UNREADABLE_CATEGORIES.manifest)
    store.s3.put_object(Bucket=BUCKET, Key=categories.key, Body=UNREADABLE_CATEGORIES.example.encode())
    run = run_document(manifest=Manifest(Pinned(str(manifest), ""), "shapes", str(categories)))
    with pytest.raises(ManifestRefused) as refused:
        validate_manifest(run, store, stack)
    assert refused.value.check is UNREADABLE_CATEGORIES.check


# ---- the corpus itself ----


def test_every_check_has_a_case_and_every_case_a_check() -> None:
    assert {case.check.code for case in (*CASES, *IN_S3)} == CHECKS


def test_cases_have_different_names() -> None:
    names = [(case.check.code, case.name) for case in CASES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_every_check_has_an_example_with_a_remark(code: str) -> None:
    case = EXAMPLES[code]
    assert case.example
    assert case.remark.endswith(".")


# ---- nothing to find ----


@pytest.mark.parametrize("manifest", GOOD.values(), ids=GOOD)
def test_nothing_is_found_in_good_manifests(tmp_path: Path, manifest: Sequence[Json]) -> None:
    done = preflight(label_file(tmp_path, "good.manifest", manifest_text(manifest)), Settings())
    assert results(done) == {}
    assert not done.stops
    assert done.report
    assert done.report.lines == done.report.train_samples + done.report.validation_samples == len(manifest)


@pytest.mark.parametrize("case", JUST_GOOD, ids=[f"{case.check.code}: {case.name}" for case in JUST_GOOD])
def test_nothing_is_found_at_the_very_edge(tmp_path: Path, case: Case) -> None:
    assert set(results(checked(tmp_path, case))) == case.also

"""One survey by several processes."""

import gc
import io
import json
import pickle
import runpy
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from labelloop import surveying_process
from labelloop.findings import CheckResult
from labelloop.label_attribute import LabelAttribute
from labelloop.labels import Label
from labelloop.labels.boxes import BoxLabel
from labelloop.manifest_file import WHOLE
from labelloop.survey import Split
from labelloop.surveying import LARGE, Plan, Surveyed, survey_manifest, survey_part
from labelloop.tasks import Task

from tests.unit.factories import adjusted_pair, box, line, manifest_text

SHAPES = LabelAttribute("shapes", Task.OBJECT_DETECTION, "the only one")
REMARKABLE = [line(1, box(0, left=-1)), line(2, box(0, width=0)), line(3, *range(9)), line(4, 0) | adjusted_pair("new")]


def plan(path: Path, label_type: type[Label] = BoxLabel) -> Plan:
    return Plan(path, SHAPES, label_type, ["class 0", "class 1", "class 2"], Split(0.2))


def facts(surveyed: Surveyed) -> tuple[object, tuple[CheckResult, ...], str]:
    survey = surveyed.survey
    sides = [(side.samples, side.objects, side.pictures) for side in (survey.training, survey.validation)]
    rest = (survey.lines, survey.max_objects, survey.max_objects_line, survey.class_names, survey.left_out)
    places = [sorted(part) for part in survey.places]
    return (sides, rest, places, survey.buckets), surveyed.findings.results(), surveyed.seen.choose(None).name


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A manifest just large enough for more than one process, with something to tell in each part."""
    path = tmp_path_factory.mktemp("large") / "m"
    padding = "x" * 50_000
    plain = manifest_text(line(name, 0, 5, padding=padding) for name in range(LARGE // 150_000))
    remarkable = manifest_text(REMARKABLE)
    path.write_bytes(b"".join([plain, remarkable] * 3))
    assert path.stat().st_size > LARGE
    return path


@pytest.mark.parametrize("processes", [2, 3])
def test_how_many_processes_survey_a_manifest_makes_no_difference(large: Path, processes: int) -> None:
    assert facts(survey_manifest(plan(large), processes)) == facts(survey_manifest(plan(large), 1))


def test_a_small_manifest_is_surveyed_here(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(manifest_text(REMARKABLE))
    assert facts(survey_manifest(plan(tmp_path / "m"), 2)) == facts(survey_part(plan(tmp_path / "m"), WHOLE))


def test_a_process_that_fails_is_told(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here it cannot import what it is given."""
    nowhere = ModuleType("nowhere")
    nowhere.Elsewhere = type("Elsewhere", (BoxLabel,), {"__module__": "nowhere", "__qualname__": "Elsewhere"})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nowhere", nowhere)
    with pytest.raises(ChildProcessError, match="ended with 1"):
        survey_manifest(plan(large, nowhere.Elsewhere), 2)


def test_what_the_process_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where it is only imported."""
    (tmp_path / "m").write_bytes(manifest_text(REMARKABLE))
    written = io.BytesIO()
    given = pickle.dumps((plan(tmp_path / "m"), WHOLE))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(given)))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=written))
    monkeypatch.delitem(sys.modules, surveying_process.__name__)
    runpy.run_module(surveying_process.__name__, run_name="__main__")
    assert facts(pickle.loads(written.getvalue())) == facts(survey_part(plan(tmp_path / "m"), WHOLE))


@pytest.mark.parametrize("collects", [True, False])
def test_garbage_is_collected_afterwards_as_it_was_before(tmp_path: Path, collects: bool) -> None:
    (tmp_path / "m").write_text(json.dumps(line(1, 0)))
    try:
        (gc.enable if collects else gc.disable)()
        survey_part(plan(tmp_path / "m"), WHOLE)
        assert gc.isenabled() is collects
    finally:
        gc.enable()

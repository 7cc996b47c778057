"""Whatever is wrong with a manifest, it is found, and what is trained on is right."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from hypothesis import given, settings
from hypothesis import strategies as st
from labelloop.algorithms import algorithm_named
from labelloop.checks import Level
from labelloop.checks.classes import CLASS_MAP_CONTRADICTS, CLASS_NOT_IN_MAP
from labelloop.dataset import TRAIN, VALIDATION, freeze
from labelloop.findings import CheckResult, Findings
from labelloop.label_attribute import LabelAttribute
from labelloop.label_file import LabelFile
from labelloop.manifest_file import WHOLE, spans
from labelloop.preflight import Preflight, preflight
from labelloop.report import Report
from labelloop.run import Pinned, present
from labelloop.sample_reader import SampleReader
from labelloop.samples import IGNORED, LeftOut, Sample
from labelloop.settings import Settings
from labelloop.stack import Stack
from labelloop.survey import Split, Survey
from labelloop.surveying import Plan, survey_part
from labelloop.tasks import Task
from labelloop.training import training_request

from laptop.constraints import violations
from tests.unit.factories import ACCOUNT, BUCKET, REGION, dataset, run_document
from tests.unit.line_oracle import Fate, fate_of
from tests.unit.manifest_mutations import Mutated, mutated

MANY = settings(max_examples=300)
STACK = Stack(region=REGION, data_bucket=BUCKET, training_role_arn=f"arn:aws:iam::{ACCOUNT}:role/training")


@cache
def service_model(name: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


def read(path: Path, made: Mutated, *, closely: bool = False) -> tuple[list[Sample | LeftOut], tuple[CheckResult, ...]]:
    """The manifest's lines, and what was found on them; a line may have a verdict only if it is looked at closely."""
    path.write_bytes(made.body)
    verdicts = ("none",) if closely else ()
    attribute = LabelAttribute(made.base.attribute, made.base.task, "the only one", verdicts=verdicts)
    findings = Findings()
    reader = SampleReader(path, attribute, made.base.label_type, findings)
    return list(reader), findings.results()


def told(entry: Sample | LeftOut) -> Fate:
    if isinstance(entry, Sample):
        return Fate.TRAINED
    return Fate.IGNORED if entry.check in IGNORED else Fate.INVALID


@MANY
@given(made=mutated())
def test_each_line_has_the_fate_that_the_documents_say(tmp_path_factory: pytest.TempPathFactory, made: Mutated) -> None:
    entries, _ = read(tmp_path_factory.getbasetemp() / "m", made)
    texts = made.body.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    fates = {number: fate_of(text, made.base.task, made.base.attribute) for number, text in enumerate(texts, start=1)}
    seen = {entry.number: told(entry) for entry in entries}
    assert seen.keys() == {number for number, fate in fates.items() if fate is not Fate.BLANK}
    wrong = {
        number: (seen[number], fate, texts[number - 1])
        for number, fate in fates.items()
        if fate not in (Fate.BLANK, Fate.UNSPECIFIED, seen.get(number))
    }
    assert wrong == {}


@MANY
@given(made=mutated())
def test_a_line_is_the_same_looked_at_quickly_or_closely(
    tmp_path_factory: pytest.TempPathFactory, made: Mutated
) -> None:
    path = tmp_path_factory.getbasetemp() / "m"
    quick, closely = read(path, made), read(path, made, closely=True)
    assert list(map(plain, quick[0])) == list(map(plain, closely[0]))
    assert quick[1] == closely[1]


def plain(entry: Sample | LeftOut) -> object:
    """A sample's values, of whichever types they are."""
    if isinstance(entry, LeftOut):
        return entry
    values: dict[str, object] = msgspec.json.decode(msgspec.json.encode(entry))
    return values | {"class_map": json.loads(entry.class_map), "text": None}


@MANY
@given(made=mutated())
def test_every_line_that_is_left_out_is_told(tmp_path_factory: pytest.TempPathFactory, made: Mutated) -> None:
    entries, results = read(tmp_path_factory.getbasetemp() / "m", made)
    left_out = [entry for entry in entries if isinstance(entry, LeftOut)]
    counts = {result.code: result.count for result in results if result.level is Level.LEFT_OUT}
    assert sum(counts.values()) == len(left_out)
    for entry in left_out:
        assert counts[entry.check.code]


@MANY
@given(made=mutated(), count=st.integers(2, 6))
def test_parts_of_a_manifest_come_to_the_same_as_the_whole(
    tmp_path_factory: pytest.TempPathFactory, made: Mutated, count: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "m"
    path.write_bytes(made.body)
    attribute = LabelAttribute(made.base.attribute, made.base.task, "the only one")
    plan = Plan(path, attribute, made.base.label_type, (), Split(0.2))
    whole, first, *others = (survey_part(plan, span) for span in [WHOLE, *spans(path, count)])
    for part in others:
        first.survey.update(part.survey)
        first.findings.update(part.findings)
    assert facts(first.survey) == facts(whole.survey)
    assert [result.code for result in first.findings.results()] == [result.code for result in whole.findings.results()]
    assert lines_told(first.findings) == lines_told(whole.findings)


def lines_told(findings: Findings) -> dict[str, list[int | None]]:
    """By code; contradictions are told as often as parts begin to contradict what came before."""
    results = [result for result in findings.results() if result.code != CLASS_MAP_CONTRADICTS.code]
    return {result.code: [finding.line for finding in result.findings] for result in results}


def facts(survey: Survey) -> object:
    """All that a survey counts."""
    sides = [(side.samples, +side.objects, +side.pictures) for side in (survey.training, survey.validation)]
    names = survey.class_names, survey.named_on, survey.buckets
    return survey.lines, survey.left_out, survey.places, survey.max_objects, survey.max_objects_line, sides, names


# ---- what passes ----


@MANY
@given(made=mutated())
def test_whatever_passes_can_be_trained_on(tmp_path_factory: pytest.TempPathFactory, made: Mutated) -> None:
    """Every line of the dataset is one that the documents allow, and SageMaker's API takes the training job."""
    done, files = frozen(tmp_path_factory.getbasetemp(), made)
    if done.stops:
        assert done.refusal().check.level is Level.STOPS
        return
    report, attribute = present(done.report), made.base.attribute
    for name in (TRAIN, VALIDATION):
        assert files[name]
        for text in files[name].splitlines():
            assert fate_of(text, made.base.task, attribute) in (Fate.TRAINED, Fate.UNSPECIFIED)
            check_label(json.loads(text)[attribute], made.base.task, len(report.classes))
    assert list(complaints(report)) == []


@MANY
@given(made=mutated())
def test_the_pictures_of_a_dataset_are_those_of_good_lines(
    tmp_path_factory: pytest.TempPathFactory, made: Mutated
) -> None:
    done, files = frozen(tmp_path_factory.getbasetemp(), made)
    if done.stops:
        return
    trained = {json.loads(text)["source-ref"] for name in (TRAIN, VALIDATION) for text in files[name].splitlines()}
    fates: dict[str, set[Fate]] = {}
    for text in made.body.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        fate = fate_of(text, made.base.task, made.base.attribute)
        if fate in (Fate.TRAINED, Fate.INVALID, Fate.IGNORED) and (uri := picture_of(text)):
            fates.setdefault(uri, set()).add(fate)
    unnamed = done.findings.count(CLASS_NOT_IN_MAP)
    good = {uri for uri, found in fates.items() if found == {Fate.TRAINED}}
    assert len(good - trained) <= unnamed
    assert {uri for uri, found in fates.items() if Fate.TRAINED not in found} & trained == set()


def frozen(folder: Path, made: Mutated) -> tuple[Preflight, dict[str, bytes]]:
    """What becomes of a manifest, and the files of its dataset."""
    path = folder / "m"
    path.write_bytes(made.body)
    done = preflight(LabelFile(path, Pinned("s3://b/m", "")), Settings())
    if done.stops:
        return done, {}
    freeze(done, present(done.report), folder)
    return done, {name: (folder / name).read_bytes() for name in (TRAIN, VALIDATION)}


def picture_of(text: bytes) -> str | None:
    """The source-ref of a line, if it can be told."""
    try:
        line = json.loads(text)
        return str(line["source-ref"]) if isinstance(line["source-ref"], str) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def check_label(label: Any, task: Task, classes: int) -> None:
    """What the built-in algorithm of a task reads: numbers as numbers, class ids from 0 on."""
    if task is Task.OBJECT_DETECTION:
        (size,) = label["image_size"]
        for each in label["annotations"]:
            assert each["class_id"] in range(classes)
            assert 0 <= each["left"] < each["left"] + each["width"] <= size["width"]
            assert 0 <= each["top"] < each["top"] + each["height"] <= size["height"]
    elif task is Task.SEMANTIC_SEGMENTATION:
        assert label.startswith("s3://")
    else:
        ids = [label] if task is Task.IMAGE_CLASSIFICATION else label
        assert ids
        assert all(type(each) is int and each in range(classes) for each in ids)
        assert len(set(ids)) == len(ids)


def complaints(report: Report) -> Iterator[str]:
    """What SageMaker's own model says of the training job that a dataset gets."""
    algorithm = algorithm_named(report.algorithm)
    place = dataset(task=report.task, algorithm=report.algorithm, label_attribute=report.label_attribute)
    chosen = algorithm.hyperparameters(report, {})
    request = training_request(run_document(dataset=place), algorithm, chosen, Settings(), STACK)
    shape = service_model("sagemaker").operation_model("CreateTrainingJob").input_shape
    assert shape
    yield from violations(request, shape)
    yield from ParamValidator().validate(request, shape).generate_report().splitlines()

"""Whatever is wrong with a manifest, it is found, and what is trained on is right."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from labelloop.checks import Level
from labelloop.findings import CheckResult, Findings
from labelloop.label_attribute import LabelAttribute
from labelloop.sample_reader import SampleReader
from labelloop.samples import IGNORED, LeftOut, Sample

from tests.unit.line_oracle import Fate, fate_of
from tests.unit.manifest_mutations import Mutated, mutated

MANY = settings(max_examples=300)


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

"""The JSON that docs/preflight.md shows is what the command prints."""

import json
import re

import msgspec

from laptop.commands.preflight_json import VERDICTS, ForPrograms
from laptop.commands.preflight_words import EXIT_CODES
from tests.documents.preflight_checks import DOCUMENT

TEXT = DOCUMENT.read_text().partition("## For programs")[2].partition("## The receipt")[0]


def test_the_example_has_every_field_and_no_other() -> None:
    example = TEXT.partition("```json\n")[2].partition("```")[0]
    whole = msgspec.json.decode(example, type=ForPrograms)
    assert json.loads(msgspec.json.encode(whole)) == json.loads(example)


def test_every_field_of_the_document_and_of_its_dataset_is_described() -> None:
    described = set(re.findall(r"`([a-z_.\[\]]+)`", TEXT))
    assert set(ForPrograms.__struct_fields__) <= described
    dataset = msgspec.json.decode(TEXT.partition("```json\n")[2].partition("```")[0])["dataset"]
    assert {f"dataset.{name}" for name in dataset} <= described


def test_every_verdict_is_described() -> None:
    assert set(VERDICTS) == set(EXIT_CODES.values())
    assert all(f"`{verdict}`" in TEXT for verdict in VERDICTS.values())

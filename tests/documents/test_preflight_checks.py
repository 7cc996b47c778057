import re

import pytest
from labelloop.checks import Level, all_checks
from typer.testing import CliRunner

from laptop.commands.cli import app
from laptop.commands.preflight_words import EXIT_CODES
from tests.documents.preflight_checks import DOCUMENT, TOPICS, document

WRITTEN = DOCUMENT.read_text()


def test_the_document_is_up_to_date() -> None:
    assert document() == WRITTEN, "run `python -m tests.documents.preflight_checks`"


def test_every_check_is_described_once() -> None:
    described = re.findall(r"^### (\w+)$", WRITTEN, re.MULTILINE)
    assert sorted(described) == sorted(all_checks())
    assert len(TOPICS) == len(set(TOPICS.values()))


def test_every_link_leads_to_a_check() -> None:
    links = re.findall(r"\[(\w+)\]\(#(\w+)\)", WRITTEN)
    assert {code for code, _ in links} == set(all_checks())
    assert [anchor for code, anchor in links if anchor != code.lower()] == []


@pytest.mark.parametrize("level", Level)
def test_levels_and_exit_codes_are_told(level: Level) -> None:
    (row,) = re.findall(rf"^\| {level} \|.*\| (\d) \|$", WRITTEN, re.MULTILINE)
    assert int(row) == EXIT_CODES[level]


def test_options_are_those_of_the_command() -> None:
    told = set(re.findall(r"--[a-z][a-z-]+", WRITTEN.partition("## Levels")[0]))
    shown = CliRunner(env={"COLUMNS": "200", "TERM": "dumb"}).invoke(app, ["preflight", "--help"]).output
    assert told == set(re.findall(r"--[a-z][a-z-]+", shown)) - {"--help"}

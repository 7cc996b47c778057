"""The list of checks in docs/preflight.md, written from the checks themselves and the examples that tests run.

python -m tests.documents.preflight_checks
"""

import importlib
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from labelloop.checks import Check, Level

from tests.architecture.repository import ROOT
from tests.documents.mask_examples import MASK_EXAMPLES
from tests.documents.picture_examples import PICTURE_EXAMPLES
from tests.unit.preflight_corpus.cases import EXAMPLES

DOCUMENT = ROOT / "docs/preflight.md"
WIDTH = 128  # characters
BEGIN = "<!-- What follows is written by `python -m tests.documents.preflight_checks`. -->\n"
TOPICS = {
    "lines": "The file and its lines",
    "labels": "Label attributes and labels",
    "boxes": "Boxes",
    "masks": "Masks",
    "pictures": "Pictures",
    "classes": "Classes",
    "dataset": "The dataset",
}


def document() -> str:
    """The whole document as it should be."""
    written_by_hand, _, _ = DOCUMENT.read_text().partition(BEGIN)
    return f"{written_by_hand}{BEGIN}\n{checks_by_topic()}"


def checks_by_topic() -> str:
    """An overview by level, then each check under its topic."""
    topics = {title: _of_topic(name) for name, title in TOPICS.items()}
    parts = ["## The checks", *_overview(topics)]
    for title, checks in topics.items():
        parts += [f"## {title}", *map(_described, checks)]
    return "\n\n".join(parts) + "\n"


def _of_topic(name: str) -> list[Check]:
    module = importlib.import_module(f"labelloop.checks.{name}")
    return [value for value in vars(module).values() if isinstance(value, Check)]


def _overview(topics: Mapping[str, Sequence[Check]]) -> Iterator[str]:
    every = [check for checks in topics.values() for check in checks]
    for level in Level:
        links = [f"[{check.code}](#{check.code.lower()})" for check in every if check.level is level]
        yield textwrap.fill(
            f"**{level.capitalize()}** ({len(links)}): {', '.join(links)}", WIDTH, break_on_hyphens=False
        )


def _described(check: Check) -> str:
    example, remark = _example(check.code)
    counterparts = ", ".join(f"`{code}`" for code in check.counterparts)
    lines = [
        f"### {check.code}",
        f"\n{check.title}: **{check.level}**.\n",
        f"* SageMaker: {check.sagemaker}",
        f"* Way out: {check.fix}",
        *((f"* Rekognition Custom Labels: {counterparts}",) if counterparts else ()),
        f"\n```\n{example}\n```\n",
        remark,
    ]
    return "\n".join(lines)


def _example(code: str) -> tuple[str, str]:
    """The example of a check and a remark on it."""
    of_files = {example.check.code: example for example in (*MASK_EXAMPLES, *PICTURE_EXAMPLES)}
    found = of_files.get(code) or EXAMPLES[code]
    return found.example, found.remark


if __name__ == "__main__":
    DOCUMENT.write_text(document())

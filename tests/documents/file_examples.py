"""Examples of what is found in the files that a manifest names; all others are in tests/unit/preflight_corpus."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labelloop.checks import Check

from tests.documents.files import File
from tests.unit.factories import Json
from tests.unit.preflight_corpus.case import BOXES


@dataclass(frozen=True, kw_only=True)
class FileExample:
    """A good manifest, and what is wrong with the files that it names.

    Attributes:
        check: what finds it.
        example: what is wrong, for people to read.
        remark: a sentence to go with the example.
        files: by URI, instead of good ones; None where there is none.
        lines: of the manifest.
        before: those of a manifest that the project has already, if it has one.
        settings: the project's project.json.
        regions: of buckets, where they are known.
        also: what must be found too.
    """

    check: Check
    example: str
    remark: str
    files: Mapping[str, File] = field(default_factory=dict)
    lines: Sequence[Json] = BOXES
    before: Sequence[Json] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    also: frozenset[str] = frozenset()

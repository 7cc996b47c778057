"""The table of known messages: one file for each place where they arise, as TOML, because it is all text."""

from functools import cache
from pathlib import Path

import msgspec

from labelloop.known_failures.message import KnownMessage, filled

# Words that several texts need, by the name that stands for them.
PHRASES = {
    "again": "put the manifest again with any change of project.json, a space even (a laptop: `labelloop put --again`)",
    "job log": "the job's log, CloudWatch group /aws/sagemaker/TrainingJobs",
    "endpoint log": "the endpoint's log, CloudWatch group /aws/sagemaker/Endpoints/<endpoint>",
    "preflight": "Run `labelloop preflight` on the manifest: it names the lines.",
}


class _File(msgspec.Struct, forbid_unknown_fields=True):
    messages: tuple[KnownMessage, ...]


@cache
def all_messages() -> tuple[KnownMessage, ...]:
    """The whole table, file by file."""
    files = sorted(Path(__file__).parent.glob("*.toml"))
    return tuple(_worded(message) for file in files for message in _read(file))


def _read(file: Path) -> tuple[KnownMessage, ...]:
    return msgspec.toml.decode(file.read_bytes(), type=_File).messages


def _worded(message: KnownMessage) -> KnownMessage:
    """With its texts on one line each, the phrases in place; a pattern may be broken before a space."""
    texts = {name: _one_line(filled(getattr(message, name), PHRASES)) for name in ("title", "cause", "fix")}
    patterns = tuple(pattern.replace("\n", "") for pattern in message.patterns)
    examples = tuple(_one_line(example) for example in message.examples)
    return msgspec.structs.replace(message, **texts, patterns=patterns, examples=examples)


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""Augmented manifests as Pipe mode streams them: one record per attribute of each line.

Source: Amazon SageMaker Developer Guide, augmented-manifest; contracts of `-ref` attributes and shuffling alike.
"""

import json
import random
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from laptop.account import Json


class InputDataError(Exception):
    """The data a job was given cannot be used; the text is its FailureReason, after `ClientError: `."""


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One line: where it stands (counted from 1) and what it says."""

    number: int
    attributes: Json


@dataclass(frozen=True, slots=True)
class AugmentedManifest:
    """A manifest file on this machine.

    Args:
        path: the file, JSON Lines.
        uri: where it came from, for messages.
        attributes: the AttributeNames, in order.
        seed: of ShuffleConfig; None keeps the file's order.
    """

    path: Path
    uri: str
    attributes: tuple[str, ...]
    seed: int | None = None

    def lines(self, epoch: int) -> Iterator[ManifestLine]:
        """The lines of one epoch; shuffled anew for each where there is a seed.

        Raises:
            InputDataError: a line that is no JSON object.
        """
        offsets = self._offsets()
        order: Sequence[int] = range(len(offsets))
        if self.seed is not None:
            order = array("Q", order)
            random.Random(self.seed + epoch).shuffle(order)
        with self.path.open("rb") as file:
            for index in order:
                file.seek(offsets[index])
                if line := file.readline().strip():
                    yield ManifestLine(index + 1, self._parse(line, index + 1))

    def payloads(self, line: ManifestLine, fetch: Callable[[str], bytes]) -> list[bytes]:
        """The records of one line: the bytes an attribute ending in `-ref` points to, any other value as JSON text.

        Raises:
            InputDataError: an attribute is missing, or what it points to is.
        """
        return [self._payload(line, name, fetch) for name in self.attributes]

    def _payload(self, line: ManifestLine, name: str, fetch: Callable[[str], bytes]) -> bytes:
        if name not in line.attributes:
            raise InputDataError(f"Line {line.number} of {self.uri} has no attribute '{name}'")
        value = line.attributes[name]
        if not name.endswith("-ref"):
            return json.dumps(value, ensure_ascii=False).encode()
        if not isinstance(value, str) or not value.startswith("s3://"):
            raise InputDataError(f"Attribute '{name}' in line {line.number} of {self.uri} is no S3 URI: {value!r}")
        try:
            return fetch(value)
        except FileNotFoundError as error:
            text = f"{error}, which attribute '{name}' in line {line.number} of {self.uri} points to"
            raise InputDataError(text) from error

    def _offsets(self) -> "array[int]":
        offsets = array("Q")
        offset = 0
        with self.path.open("rb") as file:
            for line in file:
                offsets.append(offset)
                offset += len(line)
        return offsets

    def _parse(self, line: bytes, number: int) -> Json:
        try:
            parsed = json.loads(line)
        except ValueError as error:
            raise InputDataError(f"Line {number} of {self.uri} is no JSON: {error}") from error
        if not isinstance(parsed, dict):
            raise InputDataError(f"Line {number} of {self.uri} is no JSON object")
        return parsed

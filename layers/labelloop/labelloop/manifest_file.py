"""A manifest as a file: lines in blocks, so that neither a long file nor a long line fills the memory."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from labelloop.checks import lines
from labelloop.errors import ManifestRefused
from labelloop.manifest import Line

# Ground Truth's own limit is 100,000 characters; a character is at most four bytes of UTF-8.
LINE_LIMIT = 400_000
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLOCK_SIZE = 1 << 16
_OPENS, _CLOSES, _LINE_END = b"{}\n"


class Block(NamedTuple):
    """Whole lines of a manifest; only the last of a file may have no end.

    Attributes:
        number: of the first line, from 1.
        data: the lines.
        lines: how many there are.
        is_regular: whether every line but the outermost ends is bounded by `}` and `{`, with `\\n` alone between.
    """

    number: int
    data: bytes
    lines: int
    is_regular: bool

    @classmethod
    def from_bytes(cls, number: int, data: bytes) -> "Block":
        """Count the lines; quicker than Python's own search for more than one byte."""
        count, is_regular, at, last = 0, b"\r" not in data, -1, len(data) - 1
        while (at := data.find(b"\n", at + 1)) >= 0:
            count += 1
            if data[at - 1] != _CLOSES or (at < last and data[at + 1] != _OPENS):
                is_regular = False
        return cls(number, data, count + (data[last] != _LINE_END), is_regular)

    def texts(self) -> list[bytes]:
        """The lines without their ends."""
        texts = self.data.split(b"\n")
        return texts if texts[-1] else texts[:-1]


def read_blocks(path: Path, size: int = _BLOCK_SIZE) -> Iterator[Block]:
    """A local manifest in pieces of some thousand bytes; of a line that is longer than LINE_LIMIT a part is enough."""
    number, rest = 1, b""
    with path.open("rb", buffering=0) as file:
        while data := file.read(size):
            end = data.rfind(b"\n") + 1
            if end:
                block = Block.from_bytes(number, rest + data[:end])
                number, rest = number + block.lines, data[end:]
                yield block
            elif len(rest) <= LINE_LIMIT:
                rest += data
    if rest:
        yield Block.from_bytes(number, rest)


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a local manifest that are JSON objects, one at a time; preflight tells of the others."""
    for block in read_blocks(path):
        for number, text in enumerate(block.texts(), start=block.number):
            with contextlib.suppress(ManifestRefused):
                yield Line.from_json(number, content_of(number, text))


def content_of(number: int, text: bytes) -> bytes:
    """A line without byte order mark and white space.

    Raises:
        ManifestRefused: it is longer than LINE_LIMIT.
    """
    if len(text) > LINE_LIMIT:
        message = f"it has more than {LINE_LIMIT:,} bytes"
        raise ManifestRefused(lines.LINE_TOO_LONG, message, value=text[:200], line=number)
    return (text.removeprefix(BYTE_ORDER_MARK) if number == 1 else text).strip()

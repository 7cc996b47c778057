"""A manifest as a file: lines in blocks, so that neither a long file nor a long line fills the memory."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from labelloop.checks import lines
from labelloop.errors import ManifestRefused
from labelloop.manifest import Line

# Ground Truth's own limit is 100,000 characters; a character is at most four bytes of UTF-8.
LINE_LIMIT = 400_000
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
WHITE_SPACE = b" \t\r\n"  # JSON's
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


class Span(NamedTuple):
    """A part of a file from the beginning of a line: where it begins and ends, in bytes, and its first line's number.

    An `end` of None is the file's.
    """

    start: int = 0
    end: int | None = None
    number: int = 1


WHOLE = Span()


def read_blocks(path: Path, span: Span = WHOLE) -> Iterator[Block]:
    """A local manifest in pieces of some thousand bytes; of a line that is longer than LINE_LIMIT a part is enough."""
    number, rest = span.number, b""
    with path.open("rb", buffering=0) as file:
        file.seek(span.start)
        while data := file.read(_size_of_next(file, span.end)):
            end = data.rfind(b"\n") + 1
            if end:
                block = Block.from_bytes(number, rest + data[:end])
                number, rest = number + block.lines, data[end:]
                yield block
            elif len(rest) <= LINE_LIMIT:
                rest += data
    if rest:
        yield Block.from_bytes(number, rest)


def _size_of_next(file: IO[bytes], end: int | None) -> int:
    return _BLOCK_SIZE if end is None else min(_BLOCK_SIZE, end - file.tell())


def spans(path: Path, count: int) -> list[Span]:
    """A file in about equal parts of whole lines; fewer where lines are long."""
    size, found, number = path.stat().st_size, [WHOLE], 1
    with path.open("rb") as file:
        for place in (size * part // count for part in range(1, count)):
            number += _lines_until(file, place)
            if found[-1].start < file.tell() < size:
                found.append(Span(file.tell(), None, number))
    ends = [*(span.start for span in found[1:]), None]
    return [span._replace(end=end) for span, end in zip(found, ends, strict=True)]


def _lines_until(file: IO[bytes], place: int) -> int:
    """Go on to the first line that begins at or after a place, and count the line ends passed."""
    count = 0
    while file.tell() < place:
        data = file.read(min(_BLOCK_SIZE, place - file.tell()))
        count += data.count(b"\n")
    while tail := file.readline(_BLOCK_SIZE):
        if tail.endswith(b"\n"):
            return count + 1
    return count


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
    return (text.removeprefix(BYTE_ORDER_MARK) if number == 1 else text).strip(WHITE_SPACE)

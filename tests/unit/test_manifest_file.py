"""Manifests as files: blocks of whole lines, parts of whole lines, lines that keep their numbers."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelloop.checks import lines
from labelloop.errors import ManifestRefused
from labelloop.manifest_file import LINE_LIMIT, Block, Span, content_of, read_blocks, read_lines, spans

from tests.unit.factories import manifest_text
from tests.unit.memory import MEGABYTE, peak_memory

BLOCK = 1 << 16  # bytes that are read at a time
# Files whose lines begin and end near the edges of what is read at a time; the last may have no end.
LENGTHS = st.sampled_from([0, 1, 7, 1000, BLOCK // 2, BLOCK - 2, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK])
FILES = st.builds(
    lambda lengths, end: b"\n".join(b"x" * length for length in lengths) + end,
    st.lists(LENGTHS, max_size=6),
    st.sampled_from([b"", b"\n"]),
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("manifest") / "m"


# ---- blocks ----


@pytest.mark.parametrize(
    ("data", "count", "is_regular"),
    [
        (b"{}", 1, True),
        (b"{}\n", 1, True),
        (b"{}\n{}", 2, True),
        (b'{"a":{}}\n{"a":{}}\n', 2, True),
        (b" {}\n{} ", 2, True),
        (b"{}\r\n{}\r\n", 2, False),
        (b"{}\n\n{}", 3, False),
        (b"{}\n \n{}", 3, False),
        (b"{} \n{}", 2, False),
        (b"{}\n {}", 2, False),
        (b'{"a":\n1}\n', 2, False),
        (b'{"a":1\n}\n{}{}\n', 3, False),
        (b'{"a":{}\n}\n{}\n', 3, False),
        (b"\n", 1, False),
    ],
)
def test_a_block_is_regular_where_each_line_begins_and_ends_with_a_brace(
    data: bytes, count: int, is_regular: bool
) -> None:
    assert Block.from_bytes(7, data) == Block(7, data, count, is_regular)


@pytest.mark.parametrize(
    ("data", "texts"), [(b"a", [b"a"]), (b"a\nb\r\n", [b"a", b"b\r"]), (b"\n\na\n", [b"", b"", b"a"])]
)
def test_the_lines_of_a_block_have_no_line_ends(data: bytes, texts: list[bytes]) -> None:
    assert Block.from_bytes(1, data).texts() == texts


@given(body=FILES)
def test_blocks_are_the_whole_file_and_end_where_lines_do(path: Path, body: bytes) -> None:
    path.write_bytes(body)
    blocks = list(read_blocks(path))
    assert b"".join(block.data for block in blocks) == body
    assert all(block.data.endswith(b"\n") for block in blocks[:-1])
    assert [block.number for block in blocks] == [
        1 + sum(before.lines for before in blocks[:index]) for index in range(len(blocks))
    ]
    assert [text for block in blocks for text in block.texts()] == body.removesuffix(b"\n").split(b"\n") * bool(body)


@pytest.mark.parametrize("size", [BLOCK - 1, BLOCK, BLOCK + 1])
def test_a_file_of_about_one_block(path: Path, size: int) -> None:
    path.write_bytes(b"{}\n" * (size // 3) + b"{}\n"[: size % 3])
    assert sum(block.lines for block in read_blocks(path)) == -(-size // 3)


def test_a_line_without_end_does_not_fill_the_memory(path: Path) -> None:
    path.write_bytes(b"{}\n" + b"x" * 20 * MEGABYTE + b"\n{}\n")
    with peak_memory() as peak:
        texts = [text for block in read_blocks(path) for text in block.texts()]
        assert peak() < 4 * MEGABYTE
    assert [text[:2] for text in texts] == [b"{}", b"xx", b"{}"]
    assert len(texts[1]) > LINE_LIMIT


# ---- parts ----


@given(body=FILES, count=st.integers(1, 5))
def test_parts_are_the_whole_file_line_by_line(path: Path, body: bytes, count: int) -> None:
    path.write_bytes(body)
    found = spans(path, count)
    assert 1 <= len(found) <= count
    assert (found[0].start, found[0].number, found[-1].end) == (0, 1, None)
    for one, next_one in pairwise(found):
        assert one.end == next_one.start
        assert body[: next_one.start].endswith(b"\n")
        assert next_one.number == body[: next_one.start].count(b"\n") + 1
    whole, parts = (
        [(block.number + index, text) for span in some for block in read_blocks(path, span)
         for index, text in enumerate(block.texts())]
        for some in ([Span()], found)
    )  # fmt: skip
    assert parts == whole


def test_parts_are_about_equal(path: Path) -> None:
    path.write_bytes(b"123456789\n" * 30_000)
    sizes = [(span.end or 300_000) - span.start for span in spans(path, 3)]
    assert len(sizes) == 3
    assert max(sizes) - min(sizes) <= 20


# ---- lines ----


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        (b"", []),
        (b'{"a":1}', [1]),
        (b'{"a":1}\n', [1]),
        (b'{"a":1}\n{"a":2}\n', [1, 2]),
        (b'{"a":1}\r\n{"a":2}\r\n', [1, 2]),
        (b'\xef\xbb\xbf{"a":1}\n', [1]),
        (b'\xef\xbb\xbf\n{"a":1}\n', [2]),
        (b'{"a":1}\n\xef\xbb\xbf{"a":1}\n', [1]),
        (b'\n  \n{"a":1}\n\t\r\n\n{"a":2}\n\n', [3, 6]),
        (' {"ü":"\u2028"} \n'.encode(), [1]),
        (b'{\n{"a":1} {"a":2}\n[]\n{"a":3}\n', [4]),
    ],
    ids=[
        "nothing",
        "no end",
        "one",
        "two",
        "crlf",
        "bom",
        "bom alone",
        "bom on a later line",
        "blanks",
        "unicode",
        "no objects",
    ],
)
def test_lines_keep_their_numbers(path: Path, content: bytes, numbers: list[int]) -> None:
    path.write_bytes(content)
    assert [found.number for found in read_lines(path)] == numbers


@given(names=st.lists(st.text(min_size=1), max_size=4), end=st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_lines_come_back_as_written(path: Path, names: list[str], end: str) -> None:
    path.write_bytes(manifest_text(({"source-ref": f"s3://b/{name}"} for name in names), end=end))
    assert [found.source_ref for found in read_lines(path)] == [f"s3://b/{name}" for name in names]


def test_a_line_has_a_limit() -> None:
    longest = b"x" * LINE_LIMIT
    assert content_of(2, longest) == longest
    with pytest.raises(ManifestRefused, match=r"^manifest line 2: it has more than 400,000 bytes\.") as refused:
        content_of(2, longest + b"x")
    found = refused.value
    assert (found.check, found.line, found.value) == (lines.LINE_TOO_LONG, 2, b"x" * 200)


@pytest.mark.parametrize(
    ("number", "text", "content"),
    [
        (1, b"\xef\xbb\xbf {} \r", b"{}"),
        (2, b"\xef\xbb\xbf{}", b"\xef\xbb\xbf{}"),
        (2, b"\t{}\r", b"{}"),
    ],
)
def test_only_a_file_begins_with_a_byte_order_mark(number: int, text: bytes, content: bytes) -> None:
    assert content_of(number, text) == content

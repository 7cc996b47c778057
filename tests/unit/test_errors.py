"""The tree of errors, its picture, and what an error says to whom."""

import inspect
import re
from collections.abc import Iterator

import pytest
from labelloop import errors
from labelloop.checks import boxes, lines
from labelloop.errors import LabelloopError, ManifestRefused, PictureTooLarge, RequestError


def _tree(kind: type[LabelloopError], depth: int = 0) -> Iterator[tuple[int, str]]:
    yield depth, kind.__name__
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _tree(child, depth + 1)


def _drawn() -> list[tuple[int, str]]:
    rows = re.findall(r"^([│ ]*(?:[├└]── )?)(\w+)(?:\s{2,}.*)?$", inspect.getdoc(errors) or "", re.MULTILINE)
    return [(len(indent) // 4, name) for indent, name in rows]


def _request_errors() -> list[type[RequestError]]:
    return RequestError.__subclasses__()


def test_the_docstring_draws_every_class_in_its_place() -> None:
    assert _drawn() == list(_tree(LabelloopError))


def test_the_docstring_gives_each_request_error_its_status() -> None:
    drawn = dict(re.findall(r"── (\w+) +(\d{3})$", inspect.getdoc(errors) or "", re.MULTILINE))
    assert drawn == {kind.__name__: str(kind.status) for kind in _request_errors()}


def test_codes_are_the_class_names() -> None:
    """A client can guess one from the other."""
    for kind in _request_errors():
        assert kind.code == re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).upper()


@pytest.mark.parametrize(
    ("error", "public", "text"),
    [
        (LabelloopError("a key is bad"), "a key is bad", "a key is bad"),
        (LabelloopError("a key is bad.", hint="Take another."), "a key is bad.", "a key is bad. Take another."),
        (LabelloopError("key k is bad", public="a key is bad"), "a key is bad", "key k is bad"),
        (PictureTooLarge("9 MB", public="", hint="Send less."), "", "9 MB Send less."),
    ],
)
def test_an_error_says_all_to_the_log_and_its_public_text_to_the_caller(
    error: LabelloopError, public: str, text: str
) -> None:
    assert (error.public, str(error)) == (public, text)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            ManifestRefused(lines.MANIFEST_EMPTY, "it has 0 bytes"),
            f"The manifest has no lines: it has 0 bytes. {lines.MANIFEST_EMPTY.fix}",
        ),
        (
            ManifestRefused(boxes.BOX_EMPTY, "it is 0x4 pixels", line=7, pointer=("bb", 0), value={"width": 0}),
            f"manifest line 7: it is 0x4 pixels. {boxes.BOX_EMPTY.fix}",
        ),
    ],
)
def test_a_refused_manifest_names_the_line_or_the_check_and_the_fix(error: ManifestRefused, text: str) -> None:
    assert str(error) == text


@pytest.mark.parametrize("kind", _request_errors())
def test_only_an_endpoint_that_cannot_answer_now_says_when_to_retry(kind: type[RequestError]) -> None:
    assert (kind.retry_after_seconds is not None) == (kind is errors.ModelUnavailable)

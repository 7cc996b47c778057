"""Pages, read back."""

from html.parser import HTMLParser
from typing import NamedTuple

VOID = {"meta", "img", "br"}


class Tag(NamedTuple):
    name: str
    attributes: dict[str, str]
    text: list[str]  # what stands in it, tags in it included


class Page(HTMLParser):
    """The tags of a page in their order; an error where one is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self._open: list[Tag] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = Tag(tag, {name: value or "" for name, value in attrs}, [])
        assert len(found.attributes) == len(attrs)
        self.tags.append(found)
        if tag not in VOID:
            self._open.append(found)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            tag.text.append(data)

    def named(self, name: str, style: str = "") -> list[Tag]:
        """All of one name, and of one class if one is given."""
        wanted = {style} if style else set()
        return [tag for tag in self.tags if tag.name == name and wanted <= set(tag.attributes.get("class", "").split())]

    def texts(self, name: str, style: str = "") -> list[str]:
        """What stands in them, spaces as a browser shows them."""
        return [" ".join(" ".join(tag.text).split()) for tag in self.named(name, style)]

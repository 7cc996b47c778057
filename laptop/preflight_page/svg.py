"""Scalable pictures for a page: shapes with attributes, written as text that needs no more escaping."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

Point = tuple[float, float]


def drawing(width: float, height: float, description: str) -> Element:
    """An empty drawing; `description` is what a screen reader says instead of it."""
    size = {"viewBox": f"0 0 {_short(width)} {_short(height)}", "width": _short(width), "height": _short(height)}
    return Element("svg", {**size, "role": "img", "aria-label": description})


def shape(parent: Element, tag: str, hint: str = "", **attributes: str | float) -> Element:
    """Add a shape; `_` in a name stands for `-`, `hint` is shown under the pointer."""
    named = {name.strip("_").replace("_", "-"): _short(value) for name, value in attributes.items()}
    element = SubElement(parent, tag, named)
    if hint:
        SubElement(element, "title").text = hint
    return element


def text(parent: Element, words: str, x: float, y: float, **attributes: str) -> None:
    """Add words at a place."""
    shape(parent, "text", "", x=x, y=y, **attributes).text = words


def turned_left(x: float, y: float) -> str:
    """For a shape's `transform`: a quarter turn about a place, so that words are read from below."""
    return f"rotate(-90 {_short(x)} {_short(y)})"


def rectangle_path(corners: Iterable[Point]) -> str:
    """A closed path through some points, for a shape's `d`."""
    return "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in corners) + "Z"


def markup(element: Element) -> Markup:
    """The drawing as part of a page."""
    return Markup(tostring(element, encoding="unicode"))  # noqa: S704 - ElementTree has escaped it


def _short(value: str | float) -> str:
    """A number with one decimal at most: a tenth of a pixel is not seen."""
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")

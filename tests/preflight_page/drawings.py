"""Drawings of a page, read back."""

from xml.etree.ElementTree import Element


def shapes(drawing: Element, tag: str, style: str = "") -> list[Element]:
    """Those of one kind, and of one class if one is given."""
    return [found for found in drawing.iter(tag) if not style or found.get("class") == style]


def number(element: Element, name: str) -> float:
    return float(element.attrib[name])


def words(drawing: Element) -> list[str]:
    return [found.text or "" for found in drawing.iter("text")]

"""Findings drawn: for some of each check the picture that it is about, with what is wrong marked."""

import base64
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from labelloop.errors import LabelloopError
from labelloop.findings import CheckResult, Finding
from labelloop.preflight_report import PreflightReport
from labelloop.store import Objects, S3Uri
from PIL import Image

from laptop.preflight_page import picture_files
from laptop.preflight_page.marked_picture import marked
from laptop.preflight_page.raw_labels import RawLine, attribute_of, box_of, other_line, read_raw

OF_EACH_CHECK = 3
_TRIED = 6  # of each check, since not every picture can be opened
BYTES = 800_000
_QUALITY = 75


class Drawn(NamedTuple):
    """A picture for the page: a `data:` URI, its size in pixels, and what it shows in words."""

    source: str
    width: int
    height: int
    description: str
    caption: str


class Evidence:
    """Draws findings of one manifest.

    Args:
        manifest: the local file.
        objects: where pictures and masks are read.
        label_attribute: of the dataset, "" where it has none.
        class_ids: of the dataset, by name.
        most_bytes: of all drawings together, as they stand in the page.
    """

    def __init__(
        self,
        manifest: Path,
        objects: Objects,
        label_attribute: str = "",
        class_ids: Mapping[str, int] | None = None,
        most_bytes: int = BYTES,
    ) -> None:
        self.manifest, self.objects, self.label_attribute = manifest, objects, label_attribute
        self.class_ids, self.most_bytes = class_ids or {}, most_bytes

    def draw(self, report: PreflightReport, drawn: Callable[[], None] = lambda: None) -> dict[str, list[Drawn]]:
        """Some findings of each check, by its code, as many as have room; `drawn` is called after each check."""
        tried = {check.code: _candidates(check) for check in report.checks}
        every = [finding for findings in tried.values() for finding in findings]
        numbers = {number for finding in every for number in (finding.line, other_line(finding)) if number}
        lines = read_raw(self.manifest, numbers)
        pictures: dict[str, list[Drawn]] = {}
        left = self.most_bytes
        for code, findings in tried.items():
            pictures[code] = self._of_check(findings, lines, left)
            left -= sum(len(one.source) for one in pictures[code])
            drawn()
        return pictures

    def _of_check(self, findings: list[Finding], lines: Mapping[int, RawLine], most_bytes: int) -> list[Drawn]:
        chosen: list[Drawn] = []
        for finding in findings:
            one = self._draw(finding, lines) if len(chosen) < OF_EACH_CHECK else None
            if one and sum(len(other.source) for other in (*chosen, one)) <= most_bytes:
                chosen.append(one)
        return chosen

    def _draw(self, finding: Finding, lines: Mapping[int, RawLine]) -> Drawn | None:
        """The finding's picture, or None where it cannot be opened: that is a finding of its own."""
        line, other = lines.get(finding.line or 0), lines.get(other_line(finding) or 0)
        if line is None or line.picture is None:
            return None
        caption = f"line {finding.line}, {_name(line.picture)}"
        try:
            if other is not None and other.picture is not None:
                caption += f"; line {other_line(finding)}, {_name(other.picture)}"
                image = picture_files.side_by_side(self._open(line.picture), self._open(other.picture))
            else:
                image = self._labelled(finding, line, self._open(line.picture))
        except (LabelloopError, *picture_files.UNREADABLE):
            return None
        return _embedded(image, f"{caption}: {finding.message}", caption)

    def _open(self, uri: S3Uri) -> Image.Image:
        return picture_files.open_picture(self.objects, uri)

    def _labelled(self, finding: Finding, line: RawLine, picture: Image.Image) -> Image.Image:
        attribute = attribute_of(finding, self.label_attribute)
        mask = line.mask(attribute)
        if mask is not None:
            return picture_files.side_by_side(picture, picture_files.open_mask(self.objects, mask))
        frames = line.frames(attribute, picture.size, self.class_ids)
        index = box_of(finding)
        return marked(picture, list(frames.values()), None if index is None else frames.get(index))


def _candidates(check: CheckResult) -> list[Finding]:
    return [finding for finding in check.findings if finding.line is not None][:_TRIED]


def _name(uri: S3Uri) -> str:
    return Path(uri.key).name


def _embedded(image: Image.Image, description: str, caption: str) -> Drawn:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY, optimize=True)
    source = f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
    return Drawn(source, image.width, image.height, description, caption)

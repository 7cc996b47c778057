import base64
import io
from pathlib import Path
from typing import Any

import pytest
from labelloop.checks import Check, boxes, labels, lines, pictures
from labelloop.findings import Findings
from labelloop.preflight_report import PreflightReport
from PIL import Image

from laptop.commands.preflight_objects import FolderObjects
from laptop.preflight_page.evidence import Drawn, Evidence
from tests.unit.factories import box, line, mask_line, write_manifest
from tests.unit.picture_files import picture

LINES = [line(n, box(0), box(1, left=200), class_map={"0": "circle", "1": "square"}) for n in range(1, 11)]


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(1, 11):
        (folder / f"{number}.jpg").write_bytes(picture(500, 400, "JPEG"))
    return folder


def report(*found: tuple[Check, dict[str, Any]]) -> PreflightReport:
    findings = Findings()
    for check, facts in found:
        words: dict[str, Any] = {"message": "it is wrong"}
        findings.add(check, **words | facts)
    return PreflightReport("some.manifest", findings.results())


def opened(one: Drawn) -> Image.Image:
    start, _, data = one.source.partition(",")
    assert start == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(data, validate=True)))


def box_finding(number: int, index: int = 0) -> tuple[Check, dict[str, Any]]:
    return boxes.BOX_CROSSES_EDGE, {"line": number, "pointer": ("shapes", "annotations", index)}


def test_a_finding_is_drawn_and_described(tmp_path: Path, images: Path) -> None:
    manifest = write_manifest(tmp_path / "some.manifest", LINES)
    drawn = Evidence(manifest, FolderObjects(images), "shapes").draw(report(box_finding(3)))
    (one,) = drawn["BOX_CROSSES_EDGE"]
    assert opened(one).size == (one.width, one.height)
    assert (one.caption, one.description) == ("line 3, 3.jpg", "line 3, 3.jpg: it is wrong")


def test_some_of_each_check_are_drawn(tmp_path: Path, images: Path) -> None:
    manifest = write_manifest(tmp_path / "some.manifest", LINES)
    found = [box_finding(number) for number in range(1, 11)] + [(labels.NO_OBJECTS, {"line": 4})]
    done: list[None] = []
    drawn = Evidence(manifest, FolderObjects(images)).draw(report(*found), lambda: done.append(None))
    assert {code: len(found) for code, found in drawn.items()} == {"BOX_CROSSES_EDGE": 3, "NO_OBJECTS": 1}
    assert len(done) == 2


def test_the_next_is_drawn_where_one_cannot_be_opened(tmp_path: Path, images: Path) -> None:
    (images / "1.jpg").unlink()
    (images / "2.jpg").write_bytes(b"no picture")
    manifest = write_manifest(tmp_path / "some.manifest", LINES)
    drawn = Evidence(manifest, FolderObjects(images)).draw(report(*map(box_finding, (1, 2, 3, 4, 5, 6))))
    assert [one.caption for one in drawn["BOX_CROSSES_EDGE"]] == ["line 3, 3.jpg", "line 4, 4.jpg", "line 5, 5.jpg"]


@pytest.mark.parametrize(
    ("check", "facts"),
    [
        (lines.SOURCE_REF_MISSING, {"line": 11}),
        (lines.INVALID_JSON_LINE, {"line": 12}),
        (lines.CARRIAGE_RETURNS, {}),
    ],
)
def test_what_has_no_picture_is_not_drawn(tmp_path: Path, images: Path, check: Check, facts: dict[str, Any]) -> None:
    manifest = write_manifest(tmp_path / "some.manifest", [*LINES, {"shapes": {}}, "no JSON"])
    assert Evidence(manifest, FolderObjects(images)).draw(report((check, facts))) == {check.code: []}


def test_a_box_that_is_not_in_the_list_shows_the_whole_picture(tmp_path: Path, images: Path) -> None:
    manifest = write_manifest(tmp_path / "some.manifest", LINES)
    drawn = Evidence(manifest, FolderObjects(images)).draw(report(box_finding(3, index=7)))
    (one,) = drawn["BOX_CROSSES_EDGE"]
    assert (one.width, one.height) == (320, 256)


def test_a_mask_is_drawn_beside_its_picture(tmp_path: Path, images: Path) -> None:
    entry = mask_line(1, 0, 1)
    (images / Path(entry["streets-ref"]).name).write_bytes(picture(500, 400, "PNG", "L"))
    manifest = write_manifest(tmp_path / "some.manifest", [entry])
    found = report((labels.METADATA_MALFORMED, {"line": 1, "pointer": ("streets-ref-metadata",)}))
    (one,) = Evidence(manifest, FolderObjects(images), "streets-ref").draw(found)["METADATA_MALFORMED"]
    assert one.width == 2 * 225 + 4


def test_copies_are_drawn_side_by_side(tmp_path: Path, images: Path) -> None:
    manifest = write_manifest(tmp_path / "some.manifest", LINES)
    found = report((pictures.SAME_PICTURE_ACROSS_SPLIT, {"line": 3, "message": "It is s3://pictures/5.jpg on line 5."}))
    (one,) = Evidence(manifest, FolderObjects(images)).draw(found)["SAME_PICTURE_ACROSS_SPLIT"]
    assert (one.width, one.caption) == (2 * 225 + 4, "line 3, 3.jpg; line 5, 5.jpg")
    (images / "5.jpg").unlink()
    assert Evidence(manifest, FolderObjects(images)).draw(found) == {"SAME_PICTURE_ACROSS_SPLIT": []}


def test_drawings_have_a_bound(tmp_path: Path, images: Path) -> None:
    manifest = write_manifest(tmp_path / "some.manifest", LINES)
    found = report(box_finding(1), box_finding(2), (labels.NO_OBJECTS, {"line": 4}))
    whole = Evidence(manifest, FolderObjects(images)).draw(found)
    sizes = [len(one.source) for drawn in whole.values() for one in drawn]
    bounded = Evidence(manifest, FolderObjects(images), most_bytes=sizes[0] + sizes[1]).draw(found)
    assert [len(drawn) for drawn in bounded.values()] == [1, 1]

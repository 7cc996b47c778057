"""Files that are no manifest, and what they are."""

import gzip
import json
from pathlib import Path

import pytest
from labelloop.checks.lines import MANIFEST_EMPTY, MANIFEST_NOT_JSON_LINES
from labelloop.errors import ManifestRefused
from labelloop.file_form import BEGINNING, LINES, check_form

from tests.unit.factories import Json, line, manifest_text
from tests.unit.picture_files import picture

GOOD = manifest_text([line(name, 0) for name in range(30)])
COCO: Json = {
    "info": {"year": 2017},
    "images": [{"id": 1, "file_name": "1.jpg", "width": 500, "height": 400}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 3, "bbox": [10, 20, 30, 40]}],
    "categories": [{"id": 3, "name": "dog"}],
}
LABEL_STUDIO = [{"id": 1, "annotations": [{"result": []}], "data": {"image": "s3://b/1.jpg"}}]
IS_COCO = "a COCO file (images, annotations, categories): write one line for each image, with its boxes"
SEVERAL = "JSON with objects on several lines each: `jq -c . file.json` writes each on one"
YOLO = "YOLO text of one picture, with boxes as shares of it: a manifest has one line for each picture"


def table(columns: str) -> str:
    return f"CSV with the columns {columns}: write one JSON object on each line"


def array(some: str) -> str:
    return f"one JSON array of {some}: `jq -c '.[]' file.json` writes one on each line"


def label_studio(some: str) -> str:
    return f"a Label Studio export, one JSON array of {some}: write one line for each picture, as Ground Truth does"


FORMS: dict[str, tuple[bytes, str]] = {
    "gzip": (gzip.compress(GOOD), "gzip: decompress it"),
    "a zip archive": (b"PK\x03\x04\x14\x00", "a zip archive: unpack it"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "UTF-16: save it as UTF-8"),
    "UTF-16, the other way": (GOOD.decode().encode("utf-16-be"), "UTF-16: save it as UTF-8"),
    "an array": (b"\xef\xbb\xbf [\n" + b",".join(GOOD.splitlines()) + b"]", array("30 objects")),
    "an array of one": (b"[\n{}\n]", array("1 object")),
    "an array that does not end": (b"[\n" + GOOD, array("objects")),
    "a long array": (b"[" + b"1," * BEGINNING + b"1]", array("objects")),
    "objects on several lines": (b"".join(json.dumps(line(1, 0), indent=1).encode() for _ in range(9)), SEVERAL),
    "commas": (
        GOOD.replace(b"\n", b",\n"),
        "JSON objects with a comma behind each: `sed 's/,$//' file.json` takes the commas away",
    ),
    "COCO": (json.dumps(COCO).encode(), IS_COCO),
    "COCO on several lines": (json.dumps(COCO, indent=2).encode(), IS_COCO),
    "COCO of many images": (json.dumps(COCO | {"images": COCO["images"] * (BEGINNING // 60)}).encode(), IS_COCO),
    "Label Studio": (json.dumps(LABEL_STUDIO).encode(), label_studio("1 object")),
    "Pascal VOC": (
        b'<?xml version="1.0"?>\n<annotation><object/></annotation>',
        "Pascal VOC: XML of one picture, without class ids",
    ),
    "a web page": (b"<!DOCTYPE html><html></html>", "XML or HTML"),
    "YOLO": (b"0 0.5 0.5 0.25 0.125\r\n1 0 0 1 1\r\n", YOLO),
    "YOLO's polygons": (b"0 0.1 0.1 0.2 0.2 0.3 0.1\n", YOLO),
    "a table": (b"picture,class\r\n1.jpg,dog\r\n\r\n", table("picture, class")),
    "a table with semicolons": (b'"picture";"class"\n"1,0.jpg";"dog"\n', table("picture, class")),
    "a table with tabs": (b"picture\tclass\n1.jpg\tdog\n", table("picture, class")),
    "a table of many columns": (b"abcdefghijkl".replace(b"", b",") + b"\n" + b"," * 13, table(", a, b, c, d, e, f, g")),
    "a table of numbers": (b"0,0.5\n1,0.5\n", table("0, 0.5")),
}


@pytest.mark.parametrize(("body", "kind"), FORMS.values(), ids=FORMS)
def test_files_of_other_forms_are_called_what_they_are(tmp_path: Path, body: bytes, kind: str) -> None:
    (tmp_path / "m").write_bytes(body)
    with pytest.raises(ManifestRefused) as refused:
        check_form(tmp_path / "m")
    assert (refused.value.check, refused.value.what) == (MANIFEST_NOT_JSON_LINES, f"it is {kind}")


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "GIF", "WebP", "TIFF"])
def test_pictures_are_told_by_their_format(tmp_path: Path, file_format: str) -> None:
    (tmp_path / "m").write_bytes(picture(file_format=file_format))
    with pytest.raises(ManifestRefused, match=f"it is {file_format}, an image: put the manifest that names it"):
        check_form(tmp_path / "m")


@pytest.mark.parametrize(
    ("body", "size"),
    [
        (b"", "0 bytes"),
        (b"\n", "1 byte"),
        (b"\n \r\n" * 30, "120 bytes"),
        (b"\xef\xbb\xbf\n", "4 bytes"),
        (b"\n" * (BEGINNING + 9), "1,048,585 bytes"),
    ],
)
def test_files_of_nothing_are_empty(tmp_path: Path, body: bytes, size: str) -> None:
    (tmp_path / "m").write_bytes(body)
    with pytest.raises(ManifestRefused) as refused:
        check_form(tmp_path / "m")
    assert (refused.value.check, refused.value.what) == (MANIFEST_EMPTY, f"it has {size}")


PASSED: dict[str, bytes] = {
    "a manifest": GOOD,
    "carriage returns": GOOD.replace(b"\n", b"\r\n"),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "one line": manifest_text([line(1, 0)]),
    "lines after nothing": b"\n" * (BEGINNING + 9) + GOOD,
    "a comma behind the first": GOOD.replace(b"\n", b",\n", 1),
    "a bad line first": b"{\n" + GOOD,
    "a table before the lines": b"picture,class\n" + GOOD,
    "XML before the lines": b"<annotation>\n" + GOOD,
    "numbers before the lines": b"0 0.5 0.5 0.25 0.125\n" + GOOD,
    "labels without pictures": manifest_text([{"shapes-metadata": {}, "images": []}] * 9),
    "objects without labels": manifest_text([{"image": 1}] * 9),
    "a line that was cut in two": manifest_text([line(1, 0)]).replace(b", ", b"\n, ", 1) + GOOD,
    "images on each line": manifest_text([line(1, 0, images=[], annotations=[])] * 9),
    "an object that does not end": b"{" * LINES + b'"a"\n' * LINES,
    "an object in an object in an object": b'{"a":' * 100_000,
    "prose": b"Pictures of dogs.\nPictures of cats, too.\n",
    "a sentence": b"Pictures of dogs, and of cats.",
    "more than shares": b"0 10 20 30 40\n",
    "numbers and words": b"0 0.5 0.5 0.5 dog\n",
    "few numbers": b"0 0.5 0.5\n",
}


@pytest.mark.parametrize("body", PASSED.values(), ids=PASSED)
def test_files_that_may_be_manifests_pass(tmp_path: Path, body: bytes) -> None:
    """Their lines are judged one by one."""
    (tmp_path / "m").write_bytes(body)
    check_form(tmp_path / "m")

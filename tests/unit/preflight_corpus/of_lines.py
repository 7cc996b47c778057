"""Cases of the file and of its lines' form."""

import json
from pathlib import Path

from labelloop.checks import lines as checks
from labelloop.tasks import Task

from tests.unit.factories import box, line, manifest_text
from tests.unit.preflight_corpus.case import BOXES, LINE, Case, changed, edited, manifest, removed

FOLDER = Path(__file__).parent
_ONE = json.dumps(BOXES[LINE - 1])


def of_file(name: str) -> bytes:
    """A file whose bytes matter: 24 lines of one class each, or what became of them."""
    return (FOLDER / f"{name}.manifest").read_bytes()


FILES = (
    Case(
        check=checks.MANIFEST_EMPTY,
        name="no bytes",
        manifest=b"",
        line=None,
        example="0 bytes",
        remark="The marker that the S3 console writes for a folder has no bytes either.",
    ),
    Case(
        check=checks.MANIFEST_NOT_JSON_LINES,
        name="a JSON array",
        manifest=of_file("array"),
        line=None,
        example='[\n  {"source-ref": "s3://bucket/1.jpg", …},\n  {"source-ref": "s3://bucket/2.jpg", …}\n]',
        remark="The message says what the file is: JSON of another form, COCO, Label Studio, VOC, YOLO, CSV, an image.",
    ),
    Case(check=checks.MANIFEST_NOT_JSON_LINES, name="compressed", manifest=of_file("gzip"), line=None),
    Case(check=checks.MANIFEST_NOT_JSON_LINES, name="UTF-16", manifest=of_file("utf_16"), line=None),
    Case(check=checks.MANIFEST_NOT_JSON_LINES, name="a table", manifest=of_file("table"), line=None),
    Case(
        check=checks.BYTE_ORDER_MARK,
        name="a byte order mark",
        manifest=of_file("byte_order_mark"),
        line=1,
        task=Task.IMAGE_CLASSIFICATION,
        example='EF BB BF {"source-ref": "s3://bucket/1.jpg", …}',
        remark="Some editors write these three bytes before the first line.",
    ),
    Case(
        check=checks.CARRIAGE_RETURNS,
        name="lines of Windows",
        manifest=of_file("carriage_returns"),
        line=1,
        count=24,
        task=Task.IMAGE_CLASSIFICATION,
        example='{"source-ref": "s3://bucket/1.jpg", …}\\r\\n',
        remark="Windows ends lines so.",
    ),
    Case(
        check=checks.BLANK_LINE,
        name="a blank line",
        manifest=manifest_text([*BOXES[: LINE - 1], "", *BOXES[LINE - 1 :]]),
        example='{"source-ref": "s3://bucket/1.jpg", …}\n\n{"source-ref": "s3://bucket/2.jpg", …}',
        remark="Only lines with something on them are samples.",
    ),
    Case(
        check=checks.NO_FINAL_NEWLINE,
        name="no end of the last line",
        manifest=manifest(BOXES).removesuffix(b"\n"),
        line=None,
        example='…\n{"source-ref": "s3://bucket/60.jpg", …}',
        remark="A file that was cut at just that place looks like a whole one.",
    ),
)
JSON = (
    Case(
        check=checks.INVALID_JSON_LINE,
        name="cut short",
        manifest=of_file("cut_short"),
        line=24,
        task=Task.IMAGE_CLASSIFICATION,
        also=frozenset({"NO_FINAL_NEWLINE"}),
        example='{"source-ref": "s3://bucket/24.jpg", "species": 0, "species-meta',
        remark="An upload that ended early ends so; lines written by hand have commas too many.",
    ),
    *(
        Case(check=checks.INVALID_JSON_LINE, name=name, manifest=manifest(BOXES, text))
        for name, text in (
            ("half a line", _ONE[: len(_ONE) // 2]),
            ("a comma too many", _ONE[:-1] + ",}"),
            ("two objects", _ONE + _ONE),
            ("an array", f"[{_ONE}]"),
            ("a text", '"source-ref"'),
            ("a vertical tab behind", _ONE + "\v"),
            ("no number", _ONE.replace('"confidence": 0', '"confidence": NaN')),
            ("a zero byte", _ONE.replace("shapes", "sha\0pes")),
        )
    ),
    Case(
        check=checks.INVALID_JSON_LINE,
        name="Latin-1",
        manifest=manifest(BOXES).replace(b"pictures/7.jpg", "pictures/Köln.jpg".encode("latin-1")),
    ),
    Case(
        check=checks.LINE_TOO_LONG,
        name="endless",
        manifest=manifest(BOXES, BOXES[LINE - 1] | {"polygons": "x" * 400_000}),
        example='{"source-ref": "s3://bucket/1.jpg", …, "polygons": [… 400,000 characters …]}',
        remark="A line is held in memory as a whole, so there is an end to it.",
    ),
    changed(
        checks.LINE_LONG,
        "long",
        BOXES,
        "polygons",
        value="x" * 100_000,
        pointer="",
        example='{"source-ref": "s3://bucket/1.jpg", …, "polygons": [… 100,000 characters …]}',
        remark="Labels are kept whatever else stands on their line.",
    ),
)
PICTURES = (
    removed(
        checks.SOURCE_REF_MISSING,
        "no picture",
        BOXES,
        "source-ref",
        example='{"shapes": {…}, "shapes-metadata": {…}}',
        remark="The key is source-ref, with a hyphen.",
    ),
    changed(checks.SOURCE_REF_MISSING, "null for a picture", BOXES, "source-ref", value=None),
    Case(
        check=checks.SOURCE_REF_MISSING,
        name="inline text",
        manifest=manifest(BOXES, _ONE.replace('"source-ref"', '"source"')),
        pointer="/source-ref",
    ),
    changed(checks.SOURCE_REF_MISSING, "an empty text for a picture", BOXES, "source-ref", value=""),
    changed(
        checks.SOURCE_REF_INVALID,
        "an address of the web",
        BOXES,
        "source-ref",
        value="https://bucket.s3.amazonaws.com/7.jpg",
        example='{"source-ref": "https://bucket.s3.amazonaws.com/7.jpg", …}',
        remark="Pipe mode fetches from S3 alone, by bucket and key.",
    ),
    *(
        changed(checks.SOURCE_REF_INVALID, f"{text!r} for a picture", BOXES, "source-ref", value=text)
        for text in ("7.jpg", "s3://", "s3://bucket", "s3://bucket/", "s3:///7.jpg", "S3://bucket/7.jpg", 7)
    ),
    Case(
        check=checks.DUPLICATE_SOURCE_REF,
        name="a picture twice",
        manifest=manifest(
            [*BOXES, edited(BOXES[LINE - 1], "shapes-metadata", "creation-date", value="2019-01-01T00:00:00")]
        ),
        pointer="/source-ref",
        example='{"source-ref": "s3://bucket/1.jpg", …, "creation-date": "2018-10-18T22:18:13"}\n'
        '{"source-ref": "s3://bucket/1.jpg", …, "creation-date": "2019-01-01T00:00:00"}',
        remark="The second is trained on, because it is newer.",
    ),
    Case(
        check=checks.DUPLICATE_SOURCE_REF,
        name="a picture twice, the newer one first",
        manifest=manifest(
            [edited(BOXES[LINE - 1], "shapes-metadata", "creation-date", value="2019-01-01T00:00:00"), *BOXES]
        ),
        line=LINE + 1,
        pointer="/source-ref",
    ),
    Case(
        check=checks.DUPLICATE_SOURCE_REF,
        name="a picture twice at the same time",
        manifest=manifest([*BOXES, BOXES[LINE - 1]]),
        pointer="/source-ref",
    ),
    Case(
        check=checks.PICTURES_IN_SEVERAL_BUCKETS,
        name="another bucket",
        manifest=manifest(BOXES, line(7, box(0), box(1), source_ref="s3://others/7.jpg")),
        line=None,
        example='{"source-ref": "s3://bucket/1.jpg", …}\n{"source-ref": "s3://others/2.jpg", …}',
        remark="Region and permissions are a bucket's, not a picture's.",
    ),
)
TOO_LARGE = Case(
    check=checks.MANIFEST_TOO_LARGE,
    name="more bytes than are read",
    manifest=b"x" * 1001,
    line=None,
    example="1,300,000,000 bytes",
    remark="About a million lines of eight boxes fit, those of the project's other manifests among them.",
)
LINE_CASES = (*FILES, *JSON, *PICTURES)

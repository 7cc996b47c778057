"""Pictures with something the matter."""

from labelloop.checks import pictures as checks
from labelloop.endpoint import BODY_LIMIT
from labelloop.errors import ObjectNotReadable

from tests.documents.file_examples import FileExample
from tests.documents.files import SIZE, VALIDATING, files_of_boxes
from tests.unit.factories import picture
from tests.unit.picture_files import encoded, landscape, oriented
from tests.unit.preflight_corpus.case import PICTURES

SEVEN = picture(7)
TRAINING = next(n for n in PICTURES if n not in VALIDATING)
JPEG = encoded(landscape(7, *SIZE), "JPEG")


def padded(body: bytes) -> bytes:
    """The same picture, too large for an endpoint: what comes after a JPEG's end is not looked at."""
    return body + bytes(BODY_LIMIT)


PICTURE_EXAMPLES = (
    FileExample(
        check=checks.PICTURE_MISSING,
        example='{"source-ref": "s3://pictures/7.jpg", …}\nthe bucket: 7.JPG',
        remark="Keys are told apart by capitals too.",
        files={SEVEN: None},
    ),
    FileExample(
        check=checks.PICTURE_NOT_READABLE,
        example='{"source-ref": "s3://of-another-account/7.jpg", …}\nS3: AccessDenied',
        remark="An archived object, and one that is encrypted with a key that may not be used, are refused as well.",
        files={SEVEN: ObjectNotReadable(f"{SEVEN} cannot be read", public="S3 refuses it: AccessDenied")},
    ),
    FileExample(
        check=checks.PICTURE_EMPTY,
        example="s3://pictures/7.jpg: 0 bytes",
        remark="It exists, and holds nothing.",
        files={SEVEN: b""},
    ),
    FileExample(
        check=checks.PICTURE_NOT_JPEG_OR_PNG,
        example="s3://pictures/7.jpg: GIF89a…",
        remark="Browsers show it all the same, whatever its name says.",
        files={SEVEN: encoded(landscape(7, *SIZE), "GIF")},
    ),
    FileExample(
        check=checks.PICTURE_DAMAGED,
        example=f"s3://pictures/7.jpg: the first {len(JPEG) // 2:,} of {len(JPEG):,} bytes",
        remark="An upload that broke off looks like this.",
        files={SEVEN: JPEG[: len(JPEG) // 2]},
    ),
    FileExample(
        check=checks.PICTURE_SIZE_DIFFERS,
        example='{…, "image_size": [{"width": 500, "height": 400, "depth": 3}], …}\n'
        "s3://pictures/7.jpg: 250x200 pixels",
        remark="Pictures that were made smaller after they were labelled are like this.",
        files={SEVEN: encoded(landscape(7, 250, 200), "JPEG")},
    ),
    FileExample(
        check=checks.PICTURE_ROTATED_BY_EXIF,
        example='{…, "image_size": [{"width": 500, "height": 400, "depth": 3}], …}\n'
        "s3://pictures/7.jpg: 400x500 pixels, EXIF orientation 6",
        remark="A camera that was held upright writes this; the labelling tool turned the picture for its users.",
        files={SEVEN: oriented(landscape(7, 400, 500), 6)},
    ),
    FileExample(
        check=checks.PICTURE_NOT_UPRIGHT,
        example="s3://pictures/7.jpg: 500x400 pixels, EXIF orientation 3",
        remark="A camera that was held upside down writes this: the size says nothing of it.",
        files={SEVEN: oriented(landscape(7, *SIZE), 3)},
    ),
    FileExample(
        check=checks.PICTURE_CHANNELS,
        example="s3://pictures/7.jpg: grey",
        remark="So are transparent, CMYK and indexed pictures, and those of 16 bits.",
        files={SEVEN: encoded(landscape(7, *SIZE).convert("L"), "JPEG")},
    ),
    FileExample(
        check=checks.PICTURE_EXTENSION,
        example="s3://pictures/7.jpg: PNG",
        remark="Its content counts.",
        files={SEVEN: encoded(landscape(7, *SIZE), "PNG")},
    ),
    FileExample(
        check=checks.PICTURE_TOO_LARGE,
        example=f"s3://pictures/7.jpg: {BODY_LIMIT + len(JPEG):,} bytes",
        remark=f"In base64 that is more than InvokeEndpoint takes; {BODY_LIMIT:,} bytes are not.",
        files={SEVEN: padded(JPEG)},
    ),
    FileExample(
        check=checks.NO_SMALL_VALIDATION_PICTURE,
        example="all validation pictures: more than 4,400,000 bytes",
        remark="A new model is asked about one of them before it answers clients.",
        files={picture(n): padded(files_of_boxes()[picture(n)]) for n in VALIDATING},
        also=frozenset({"PICTURE_TOO_LARGE"}),
    ),
    FileExample(
        check=checks.PICTURES_IN_OTHER_REGION,
        example="s3://pictures: eu-west-1\nthe stack: us-east-1",
        remark="Each bucket is looked at once.",
        regions={"pictures": "eu-west-1"},
    ),
    FileExample(
        check=checks.PICTURES_SAMPLED,
        example='project.json: {"pictures_checked": 50}\nthe manifest: 60 pictures',
        remark="The same pictures are chosen each time.",
        settings={"pictures_checked": 50},
        also=frozenset({"PICTURES_NOT_ALL_DECODED"}),
    ),
    FileExample(
        check=checks.PICTURES_NOT_ALL_DECODED,
        example="the manifest: 2,000 pictures\ndecoded: 300 of each side of the split",
        remark="The others are known by their headers.",
        settings={"pictures_checked": 50},
        also=frozenset({"PICTURES_SAMPLED"}),
    ),
    FileExample(
        check=checks.TOO_MANY_UNUSABLE_PICTURES,
        example='project.json: {"pictures_checked": 50}\n50 pictures that were looked at: none exists',
        remark="The share that is likely for all pictures counts, not the number of those that were looked at.",
        settings={"pictures_checked": 50},
        files=dict.fromkeys(map(picture, PICTURES)),
        also=frozenset({"PICTURES_SAMPLED", "PICTURE_MISSING", "TOO_MANY_INVALID_LINES"}),
    ),
    FileExample(
        check=checks.SAME_PICTURE_ACROSS_SPLIT,
        example="s3://pictures/a.jpg trains, s3://pictures/b.jpg validates: the same bytes",
        remark="Uploads that were repeated under another name are like this.",
        files={picture(VALIDATING[0]): files_of_boxes()[picture(TRAINING)]},
    ),
    FileExample(
        check=checks.NEAR_DUPLICATES_ACROSS_SPLIT,
        example="s3://video/frame-001.jpg trains, s3://video/frame-002.jpg validates",
        remark="Frames of one scene are like this, and pictures that were saved anew.",
        files={picture(VALIDATING[0]): encoded(landscape(TRAINING, *SIZE), "JPEG", quality=60)},
    ),
)

"""Checks of the pictures that the lines name.

What is said of MXNet was seen with its last release, 1.9.1, which the built-in algorithms are made with in some older
version. Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/object-detection.html,
https://github.com/apache/mxnet/pull/8757 (pictures are decoded as they are stored, whatever EXIF says)
"""

from labelloop.checks import Check, Level

_SKIPPED = (
    "The sample is skipped (“Expected number of batches … did not match the number of batches processed”) or the job "
    "fails on it."
)
_INVALID = ("ERROR_INVALID_IMAGE",)

PICTURE_MISSING = Check(
    "PICTURE_MISSING",
    Level.LEFT_OUT,
    "A picture does not exist",
    "Training fails when it comes to the line: the object cannot be downloaded.",
    "Upload it, or mend the source-ref: keys are case-sensitive and not URL-encoded.",
    _INVALID,
)
PICTURE_NOT_READABLE = Check(
    "PICTURE_NOT_READABLE",
    Level.LEFT_OUT,
    "A picture may not be read",
    "Training fails when it comes to the line: its role needs s3:GetObject, and kms:Decrypt where a key encrypts.",
    "Let the bucket's owner allow it, restore what is archived, or copy it into the data bucket, under projects/. To "
    "callers who may not list the bucket S3 says the same of what is missing.",
    ("ERROR_INVALID_IMAGES_S3_BUCKET_OWNER", "ERROR_FAILED_IMAGES_S3_COPY"),
)
PICTURE_EMPTY = Check(
    "PICTURE_EMPTY",
    Level.LEFT_OUT,
    "A picture has no bytes",
    _SKIPPED,
    "Upload it again; an upload that broke off leaves such objects.",
    _INVALID,
)
PICTURE_NOT_JPEG_OR_PNG = Check(
    "PICTURE_NOT_JPEG_OR_PNG",
    Level.LEFT_OUT,
    "A picture is neither JPEG nor PNG",
    _SKIPPED,
    "Convert it to JPEG or PNG. Only the content counts, not the name.",
    _INVALID,
)
PICTURE_DAMAGED = Check(
    "PICTURE_DAMAGED",
    Level.LEFT_OUT,
    "A picture cannot be decoded",
    "MXNet makes up the missing part of a JPEG and trains on that without a word; on a PNG it fails with "
    "“Decoding failed. Invalid image file”.",
    "Upload it again from where it came.",
    _INVALID,
)
PICTURE_SIZE_DIFFERS = Check(
    "PICTURE_SIZE_DIFFERS",
    Level.LEFT_OUT,
    "A picture has another size than its label says",
    "Boxes are divided by the label's size: they come to lie elsewhere on the picture, without a word.",
    "Put the picture that was labelled back in its place, or scale its boxes and image_size.",
    ("ERROR_INVALID_BOUNDING_BOX",),
)
PICTURE_ROTATED_BY_EXIF = Check(
    "PICTURE_ROTATED_BY_EXIF",
    Level.LEFT_OUT,
    "Boxes are of the upright picture, its pixels are stored on the side",
    "MXNet decodes pictures as they are stored, whatever EXIF says: the boxes lie elsewhere on them, without a word.",
    "Store the picture upright and without the tag, as `mogrify -auto-orient` does: its boxes are right then.",
    ("ERROR_INVALID_BOUNDING_BOX",),
)
PICTURE_NOT_UPRIGHT = Check(
    "PICTURE_NOT_UPRIGHT",
    Level.NOTICE,
    "A picture is stored turned or mirrored, and EXIF says so",
    "MXNet learns from it as it is stored, whatever EXIF says; clients' pictures are turned upright before the model "
    "sees them.",
    "Store pictures upright and without the tag before they are labelled.",
)
PICTURE_CHANNELS = Check(
    "PICTURE_CHANNELS",
    Level.NOTICE,
    "A picture is not of three channels of eight bits",
    "Object detection is documented for three channels alone. MXNet makes three of eight bits of any picture: grey is "
    "repeated, transparency dropped.",
    "Nothing to do if that is meant; else convert to RGB.",
)
PICTURE_EXTENSION = Check(
    "PICTURE_EXTENSION",
    Level.NOTICE,
    "The name of a picture says another format than its content",
    "Nothing: in Pipe mode names are not looked at. Other tools go by them.",
    "Nothing to do for training.",
)
PICTURE_TOO_LARGE = Check(
    "PICTURE_TOO_LARGE",
    Level.NOTICE,
    "A picture is larger than what an endpoint can be asked about",
    "Training takes it, though slowly; InvokeEndpoint refuses more than 6 MiB.",
    "Nothing to do if clients send smaller ones. Training scales pictures down anyway.",
    ("ERROR_INVALID_IMAGE_DIMENSION",),
)
NO_SMALL_VALIDATION_PICTURE = Check(
    "NO_SMALL_VALIDATION_PICTURE",
    Level.STOPS,
    "Every validation picture is larger than what an endpoint can be asked about",
    "Training works; but no picture of the dataset can then be sent to the new model, so it is never promoted.",
    "Store the pictures smaller, as JPEG for instance, and scale their boxes with them.",
)
PICTURES_IN_OTHER_REGION = Check(
    "PICTURES_IN_OTHER_REGION",
    Level.STOPS,
    "Pictures lie in a bucket of another Region",
    "“bucket must be in the same region as the job”.",
    "Copy them into a bucket of the stack's Region and write that on the lines, or deploy the stack in theirs.",
)
PICTURES_SAMPLED = Check(
    "PICTURES_SAMPLED",
    Level.NOTICE,
    "Not every picture was looked at",
    "It comes to all of them, hours later.",
    "Nothing to do; more can be looked at if their share that cannot be used is to be known better.",
)
PICTURES_NOT_ALL_DECODED = Check(
    "PICTURES_NOT_ALL_DECODED",
    Level.NOTICE,
    "Not every picture was decoded",
    "It decodes all of them, hours later.",
    "Nothing to do; more can be decoded if the share of damaged ones is to be known better.",
)
TOO_MANY_UNUSABLE_PICTURES = Check(
    "TOO_MANY_UNUSABLE_PICTURES",
    Level.STOPS,
    "Too large a share of the pictures that were looked at cannot be used",
    "“Expected number of batches … did not match the number of batches processed”: many are skipped, or the job fails.",
    "Mend what is the matter with them; the others, which were not looked at, have it too.",
    ("ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST",),
)
SAME_PICTURE_ACROSS_SPLIT = Check(
    "SAME_PICTURE_ACROSS_SPLIT",
    Level.NOTICE,
    "A validation picture is also trained on, under another name",
    "The validation metrics come out better than the model is.",
    "Take one of the two off the manifest.",
)
NEAR_DUPLICATES_ACROSS_SPLIT = Check(
    "NEAR_DUPLICATES_ACROSS_SPLIT",
    Level.NOTICE,
    "A validation picture is almost the same as one that is trained on",
    "The validation metrics come out better than the model is.",
    "Take one of the two off the manifest; of a video keep frames that are seconds apart.",
)

"""Checks of the file and of its lines' form.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-input-data-input-manifest.html,
…/sms-data-output.html, …/augmented-manifest.html
"""

from labelloop.checks import Check, Level

_EMPTY_BATCH = "Training ends with “Got empty batch from pipe”, after the instance was paid for."
_NO_RECORD = "The line yields no record; the job fails on it, or counts more samples than it gets."

MANIFEST_EMPTY = Check(
    "MANIFEST_EMPTY",
    Level.STOPS,
    "The manifest has no lines",
    _EMPTY_BATCH,
    "Put the labeling job's output manifest, not its input and not a folder marker.",
    ("ERROR_EMPTY_MANIFEST",),
)
MANIFEST_NOT_JSON_LINES = Check(
    "MANIFEST_NOT_JSON_LINES",
    Level.STOPS,
    "The file is no manifest: one JSON object on each line is wanted",
    _EMPTY_BATCH,
    "Write one JSON object per line, without an array around them, uncompressed, in UTF-8.",
    ("ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT",),
)
MANIFEST_TOO_LARGE = Check(
    "MANIFEST_TOO_LARGE",
    Level.STOPS,
    "The manifest is larger than what is validated in one go",
    "SageMaker documents no limit; the validating function has one.",
    "Put it in parts; a project adds each to its dataset.",
    ("ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM", "ERROR_MANIFEST_SIZE_TOO_LARGE"),
)
BYTE_ORDER_MARK = Check(
    "BYTE_ORDER_MARK",
    Level.NOTICE,
    "The file begins with a byte order mark",
    "The first line is no JSON to SageMaker.",
    "Nothing to do: the dataset is written without it.",
)
CARRIAGE_RETURNS = Check(
    "CARRIAGE_RETURNS",
    Level.NOTICE,
    "Lines end with \\r\\n",
    "Ground Truth reads such lines; for training this is not documented.",
    "Nothing to do: the dataset is written with \\n.",
)
BLANK_LINE = Check(
    "BLANK_LINE",
    Level.NOTICE,
    "Blank lines stand between the labels",
    "num_training_samples counted by line ends is too large, and the learning rate's schedule is off.",
    "Nothing to do: the dataset is written without them, and samples are counted, not line ends.",
)
NO_FINAL_NEWLINE = Check(
    "NO_FINAL_NEWLINE",
    Level.NOTICE,
    "The last line has no end",
    "Nothing, if the line is whole; an upload that was cut short looks the same.",
    "See that the file is as long as it should be.",
)
INVALID_JSON_LINE = Check(
    "INVALID_JSON_LINE",
    Level.LEFT_OUT,
    "A line is not a JSON object in UTF-8",
    _NO_RECORD,
    "Write the line anew, with a JSON library rather than by hand.",
    ("ERROR_INVALID_JSON_LINE",),
)
LINE_TOO_LONG = Check(
    "LINE_TOO_LONG",
    Level.LEFT_OUT,
    "A line is longer than any that is read",
    "Ground Truth takes lines of up to 100,000 characters; for training no limit is documented.",
    "Take what is not the label, polygons for one, out of the line.",
)
LINE_LONG = Check(
    "LINE_LONG",
    Level.NOTICE,
    "A line has more than 100,000 characters",
    "Ground Truth refuses the manifest as the input of another labeling job.",
    "Nothing to do for training: the dataset keeps the picture and its label alone.",
)
SOURCE_REF_MISSING = Check(
    "SOURCE_REF_MISSING",
    Level.LEFT_OUT,
    "A line names no picture",
    _NO_RECORD,
    "Give each line a source-ref, the S3 URI of its picture. Inline data under `source` cannot be trained on.",
    ("ERROR_MISSING_SOURCE_REF",),
)
SOURCE_REF_INVALID = Check(
    "SOURCE_REF_INVALID",
    Level.LEFT_OUT,
    "A source-ref is no S3 URI of an object",
    "Training fails when it comes to the line: the object cannot be downloaded.",
    "Write s3://bucket/key, with the key as S3 has it: not URL-encoded, no https address.",
    ("ERROR_INVALID_SOURCE_REF_FORMAT",),
)
DUPLICATE_SOURCE_REF = Check(
    "DUPLICATE_SOURCE_REF",
    Level.LEFT_OUT,
    "A picture has more than one line",
    "SageMaker trains on all of them, contradictions included.",
    "Nothing to do: the newest label is taken, by creation-date, then by place in the file.",
)
PICTURES_IN_SEVERAL_BUCKETS = Check(
    "PICTURES_IN_SEVERAL_BUCKETS",
    Level.NOTICE,
    "The pictures lie in several buckets",
    "Training works if its role may read all of them; else it fails on the first that it may not.",
    "See that the training role may read each: the stack's SourceBucketName names one beside the data bucket.",
    ("ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS",),
)

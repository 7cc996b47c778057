"""Checks of label attributes and their metadata.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html, …/sms-reusing-data.html,
…/sms-verification-data.html, CreateLabelingJob's LabelAttributeName
"""

from labelloop.checks import Check, Level

_EMPTY_BATCH = (
    "“Got empty batch from pipe. Please check if … AttributeNames matches attributes names”, once the job costs."
)
_FAILED_LINE = "A line without the attribute makes “Got empty batch from pipe”, or a record that is not a label."

NO_LABEL_ATTRIBUTE = Check(
    "NO_LABEL_ATTRIBUTE",
    Level.STOPS,
    "No line has labels",
    _EMPTY_BATCH,
    "Put the labeling job's output manifest: a label under some name A, its metadata under A-metadata.",
    ("ERROR_NO_LABEL_ATTRIBUTES", "ERROR_NO_VALID_LABEL_ATTRIBUTES"),
)
LABEL_ATTRIBUTE_NOT_FOUND = Check(
    "LABEL_ATTRIBUTE_NOT_FOUND",
    Level.STOPS,
    "No line has the label attribute that was asked for",
    _EMPTY_BATCH,
    "Correct label_attribute in project.json, or leave it out and it is found from the metadata.",
    ("ERROR_NO_VALID_LABEL_ATTRIBUTES",),
)
LABEL_ATTRIBUTE_AMBIGUOUS = Check(
    "LABEL_ATTRIBUTE_AMBIGUOUS",
    Level.STOPS,
    "The labels of several labeling jobs could be meant",
    "SageMaker trains on whichever AttributeNames says.",
    'Name the one to train on in project.json: {"label_attribute": "…"}.',
)
LABEL_ATTRIBUTE_NAME_REFUSED = Check(
    "LABEL_ATTRIBUTE_NAME_REFUSED",
    Level.STOPS,
    "The label attribute has a name that its task may not have",
    "Of a name that ends in -ref the object behind the label is sent, of any other the label itself.",
    "Rename it on every line: masks end in -ref, all other labels do not; the metadata's key follows.",
)
LABEL_ATTRIBUTE_NAME_UNUSUAL = Check(
    "LABEL_ATTRIBUTE_NAME_UNUSUAL",
    Level.NOTICE,
    "No labeling job can write to an attribute of that name",
    "CreateLabelingJob takes 1 to 127 letters, digits and inner hyphens, no _ and no dot. Training takes the name.",
    "Nothing to do for training; another name lets labeling jobs adjust or verify these labels.",
)
UNSUPPORTED_TASK = Check(
    "UNSUPPORTED_TASK",
    Level.STOPS,
    "These labels are of a kind that no algorithm here trains on",
    "“Unable to parse record” or an empty batch: video and point cloud labels are whole files, not one per picture.",
    "Convert them to one line per picture, with boxes, masks or classes. Of videos: take the frames as pictures.",
    ("ERROR_UNSUPPORTED_USE_CASE_TYPE",),
)
LABEL_TYPE_MISSPELT = Check(
    "LABEL_TYPE_MISSPELT",
    Level.STOPS,
    "The labels' type is unknown, but much like one that is trained on",
    "Nothing: training does not look at the metadata; but no algorithm can be chosen.",
    "Correct `type` in the label's metadata on every line.",
    ("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT", "ERROR_UNSUPPORTED_USE_CASE_TYPE"),
)
LABEL_TYPE_DIFFERS = Check(
    "LABEL_TYPE_DIFFERS",
    Level.LEFT_OUT,
    "A line's label is of another type than the others'",
    "The algorithm cannot parse the record, and the job fails.",
    "Put labels of different types as different manifests, into different projects.",
    ("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT",),
)
LABEL_TYPE_MISSING = Check(
    "LABEL_TYPE_MISSING",
    Level.NOTICE,
    "A label's metadata do not say its type",
    "Nothing: training does not look at the metadata.",
    "Nothing to do: it is taken for the others' type.",
)
NOT_LABELLED = Check(
    "NOT_LABELLED",
    Level.LEFT_OUT,
    "A line has no label",
    _FAILED_LINE,
    "Nothing to do for training; label the picture to have it learnt from.",
)
LABELLING_FAILED = Check(
    "LABELLING_FAILED",
    Level.LEFT_OUT,
    "Labelling of a picture failed",
    _FAILED_LINE,
    "Read the failure-reason; often the labeling job could not read or show the picture.",
)
LABEL_MISSING = Check(
    "LABEL_MISSING",
    Level.LEFT_OUT,
    "A line has a label's metadata, but not the label",
    _FAILED_LINE,
    "Take the label over together with its metadata.",
    ("ERROR_NO_VALID_LABEL_ATTRIBUTES",),
)
METADATA_MISSING = Check(
    "METADATA_MISSING",
    Level.LEFT_OUT,
    "A line has a label, but not its metadata",
    "Training would go on; but nobody could say what the class ids mean.",
    "Write the metadata beside the label, under its name with -metadata.",
    ("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT",),
)
LABEL_MALFORMED = Check(
    "LABEL_MALFORMED",
    Level.LEFT_OUT,
    "A label has another form than its task's",
    "“Unable to parse record”, or samples that are silently skipped.",
    "Write it as Ground Truth does; the message says what was expected where.",
    ("ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT",),
)
METADATA_MALFORMED = Check(
    "METADATA_MALFORMED",
    Level.LEFT_OUT,
    "A label's metadata have another form than its task's",
    "Nothing: training does not look at the metadata; but the class ids would have no names.",
    "Write them as Ground Truth does; the message says what was expected where.",
    ("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT",),
)
METADATA_WITHOUT_REF = Check(
    "METADATA_WITHOUT_REF",
    Level.NOTICE,
    "A mask's metadata stand under the name without -ref",
    "Nothing: training does not look at the metadata.",
    "Nothing to do: they are taken for the mask's. Ground Truth itself writes A-ref-metadata.",
)
NO_OBJECTS = Check(
    "NO_OBJECTS",
    Level.LEFT_OUT,
    "A picture has no objects",
    "“Each object requires at least five numbers”, or undocumented: what an empty label does is written nowhere.",
    "Nothing to do: the picture is not trained on.",
    ("ERROR_NO_VALID_ANNOTATIONS",),
)
LABEL_REJECTED = Check(
    "LABEL_REJECTED",
    Level.LEFT_OUT,
    "A verification job found the label bad",
    "SageMaker trains on it all the same.",
    "Have the label adjusted; the adjusted one is newer than the verdict, and is trained on.",
)
VERDICTS_UNCLEAR = Check(
    "VERDICTS_UNCLEAR",
    Level.NOTICE,
    "A verification job's verdicts could be about several labels",
    "Nothing: training does not look at them.",
    "Manifests do not say what was verified: if it is these labels, put a manifest without the others.",
)
ADJUSTED_LABELS = Check(
    "ADJUSTED_LABELS",
    Level.NOTICE,
    "Labels were adjusted by a second labeling job",
    "SageMaker trains on whichever AttributeNames says.",
    "Nothing to do: the adjusted label is taken where there is one. label_attribute in project.json chooses otherwise.",
)
CONFIDENCE_MISSING = Check(
    "CONFIDENCE_MISSING",
    Level.NOTICE,
    "The metadata do not have one confidence for each object",
    "Nothing: training does not look at it.",
    "Nothing to do. A confidence of 0 is no sign of a bad label: with one worker for each picture all are 0.",
    ("ERROR_MISSING_BOUNDING_BOX_CONFIDENCE",),
)
CATEGORIES_UNREADABLE = Check(
    "CATEGORIES_UNREADABLE",
    Level.STOPS,
    "The labeling job's list of classes cannot be read",
    "Nothing: training does not look at it.",
    'Restore the file that the labeling job was given: {"document-version": "2018-11-28", "labels": [{"label": "…"}]}.',
)

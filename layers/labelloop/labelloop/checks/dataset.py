"""Checks of the dataset as a whole, and of what project.json makes of it."""

from labelloop.checks import Check, Level

TOO_MANY_INVALID_LINES = Check(
    "TOO_MANY_INVALID_LINES",
    Level.STOPS,
    "Too many lines are invalid",
    "“Expected number of batches … did not match the number of batches processed”: many are skipped, or the job fails.",
    "Mend what made the lines; they are listed. invalid_share in project.json says how many may be left out.",
    ("ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST", "ERROR_TOO_MANY_RECORDS_IN_ERROR"),
)
MANY_LINES_LEFT_OUT = Check(
    "MANY_LINES_LEFT_OUT",
    Level.NOTICE,
    "More than a fifth of the lines are not trained on",
    "A line without a usable label makes the job fail.",
    "See whether the labeling job was stopped early, or whether other labels were meant.",
)
NOT_ENOUGH_PICTURES = Check(
    "NOT_ENOUGH_PICTURES",
    Level.STOPS,
    "Too few pictures are usable",
    "“The number of input images must be bigger or equal to the mini_batch_size”, or an empty batch.",
    "Label more pictures, or mend the lines that were left out.",
)
SPLIT_SIDE_EMPTY = Check(
    "SPLIT_SIDE_EMPTY",
    Level.NOTICE,
    "One side of the split has no pictures of its own",
    "Both channels are required; an empty one is an empty batch.",
    "Nothing to do: a picture of the other side stands in, so the score says little. More pictures end this.",
)
BATCH_LARGER_THAN_SAMPLES = Check(
    "BATCH_LARGER_THAN_SAMPLES",
    Level.STOPS,
    "A batch is larger than all samples of a channel",
    "“The number of input images must be bigger or equal to the mini_batch_size”, or “Got empty batch from pipe”.",
    "Lower mini_batch_size in project.json, or leave it out and it follows from the dataset; or label more pictures.",
)
LABEL_WIDTH_TOO_SMALL = Check(
    "LABEL_WIDTH_TOO_SMALL",
    Level.STOPS,
    "label_width is too small for the picture with most boxes",
    "“Invalid parameter value 'label_width'”.",
    "Leave label_width out of project.json, and it follows from the dataset.",
)
TASK_DIFFERS = Check(
    "TASK_DIFFERS",
    Level.STOPS,
    "The labels are for another task than the project's",
    "One job learns one task.",
    'Put them into a project of their own; or say {"accumulate": false} in project.json to begin anew. A manifest that '
    "was put by mistake leaves the project when its folder under sources/ is deleted.",
)
LABEL_REPLACED = Check(
    "LABEL_REPLACED",
    Level.NOTICE,
    "A picture of the project has a newer label",
    "SageMaker would train on both.",
    "Nothing to do: the newer one is taken.",
)
LABELS_CONFLICT = Check(
    "LABELS_CONFLICT",
    Level.LEFT_OUT,
    "Two manifests label a picture differently at the same time",
    "SageMaker would train on both.",
    "Give the right label a newer creation-date and put it again: the newest counts. Until then neither is trained on. "
    "To take back a whole manifest, delete its folder under sources/ of the project.",
)
MANIFESTS_LAID_ASIDE = Check(
    "MANIFESTS_LAID_ASIDE",
    Level.NOTICE,
    "Earlier manifests of the project have labels of another attribute",
    "One job learns one attribute.",
    "Nothing to do, if label_attribute in project.json is right: those manifests are kept, and not trained on.",
)

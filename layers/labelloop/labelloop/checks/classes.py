"""Checks of classes: their ids, names and numbers."""

from labelloop.checks import Check, Level

CLASS_NOT_IN_MAP = Check(
    "CLASS_NOT_IN_MAP",
    Level.LEFT_OUT,
    "A label has a class that no class map names",
    "num_classes is too small for it: the job fails, or learns the wrong class.",
    "Add the class to the line's class-map, or correct the class id.",
    ("ERROR_MISSING_CLASS_MAP_ID",),
)
CLASS_IDS_BEGIN_WITH_1 = Check(
    "CLASS_IDS_BEGIN_WITH_1",
    Level.STOPS,
    "The labels' class ids begin with 1, the class names with 0",
    "Each class is learnt under the name of the next, and the last id is one that num_classes has no room for.",
    "Subtract 1 from each class id of the labels, or add 1 to each id of the class maps.",
    ("ERROR_MISSING_CLASS_MAP_ID",),
)
CLASS_MAP_CONTRADICTS = Check(
    "CLASS_MAP_CONTRADICTS",
    Level.STOPS,
    "A class id has different names on different lines",
    "SageMaker sees ids alone: two classes are learnt as one.",
    "Correct the names; or, where labels of two jobs stand in one file, put them as two: classes are merged by name.",
)
CLASS_NAMES_EQUAL = Check(
    "CLASS_NAMES_EQUAL",
    Level.NOTICE,
    "Two class ids have the same name",
    "One class is learnt as two, and the model is never sure of either.",
    "Nothing to do: classes of one name are one. Rename one where they are not.",
)
CLASS_IDS_SPARSE = Check(
    "CLASS_IDS_SPARSE",
    Level.NOTICE,
    "The class ids have gaps",
    "An id from num_classes on makes the job fail: num_classes is often taken for the number of names.",
    "Nothing to do: ids are numbered anew, from 0 on; in masks the gaps stay and get names.",
)
CLASS_WITHOUT_SAMPLES = Check(
    "CLASS_WITHOUT_SAMPLES",
    Level.NOTICE,
    "A class is named, but no picture shows it",
    "The model has the class and never says it.",
    "Label pictures of it, or take its name out.",
)
CLASS_WITH_FEW_SAMPLES = Check(
    "CLASS_WITH_FEW_SAMPLES",
    Level.NOTICE,
    "A class is shown by few pictures",
    "Training goes on; the class is learnt badly, and its score is chance.",
    "Label more pictures of it.",
    ("ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_AUTOSPLIT", "ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_DISTRIBUTE"),
)
CLASS_IMBALANCE = Check(
    "CLASS_IMBALANCE",
    Level.NOTICE,
    "Some class is much rarer than another",
    "Training goes on; the rare class is said too seldom.",
    "Label more pictures of the rare one.",
)
VALIDATION_LACKS_CLASS = Check(
    "VALIDATION_LACKS_CLASS",
    Level.NOTICE,
    "No validation picture shows a class",
    "The validation score says nothing of the class.",
    "Label more pictures of it, or raise validation_share.",
    ("ERROR_INSUFFICIENT_LABEL_OVERLAP", "ERROR_INSUFFICIENT_USABLE_LABEL_OVERLAP"),
)
TRAINING_LACKS_CLASS = Check(
    "TRAINING_LACKS_CLASS",
    Level.NOTICE,
    "Only validation pictures show a class",
    "The model cannot learn it, and is scored on it.",
    "Label more pictures of it.",
    ("ERROR_INSUFFICIENT_LABEL_OVERLAP", "ERROR_INSUFFICIENT_USABLE_LABEL_OVERLAP"),
)
TOO_FEW_CLASSES = Check(
    "TOO_FEW_CLASSES",
    Level.STOPS,
    "All labels are of one class",
    "The job succeeds, and its model says that class of everything; or num_classes is refused.",
    "Label pictures of another class too.",
    ("ERROR_MANIFEST_TOO_FEW_LABELS", "ERROR_MANIFEST_TOO_FEW_USABLE_LABELS"),
)
TOO_MANY_CLASSES = Check(
    "TOO_MANY_CLASSES",
    Level.STOPS,
    "There are more classes than the algorithm can learn",
    "num_classes is refused, or pixel values run out.",
    "Join classes, or leave some out.",
    ("ERROR_MANIFEST_TOO_MANY_LABELS",),
)

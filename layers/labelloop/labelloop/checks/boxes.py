"""Checks of bounding boxes.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/object-detection.html
"""

from labelloop.checks import Check, Level

_UNDOCUMENTED = "Not documented; the detector learns a place that is not in the picture, or skips the sample."

IMAGE_SIZE_INVALID = Check(
    "IMAGE_SIZE_INVALID",
    Level.LEFT_OUT,
    "The size of the picture is missing or no size",
    "Boxes are divided by it: the sample cannot be parsed, or its boxes are elsewhere.",
    'Write image_size as a list of one: [{"width": 500, "height": 400, "depth": 3}].',
    ("ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT",),
)
IMAGE_DEPTH = Check(
    "IMAGE_DEPTH",
    Level.NOTICE,
    "The label says that the picture has not 3 channels",
    "The detector takes pictures of 3 channels; what it makes of others is not documented.",
    "Convert grey, transparent and CMYK pictures to RGB before they are labelled.",
)
BOX_EMPTY = Check(
    "BOX_EMPTY",
    Level.LEFT_OUT,
    "A box has no area",
    _UNDOCUMENTED,
    "Draw it anew or take it out of annotations.",
    ("ERROR_INVALID_BOUNDING_BOX",),
)
BOX_OUTSIDE_PICTURE = Check(
    "BOX_OUTSIDE_PICTURE",
    Level.LEFT_OUT,
    "Most of a box lies outside its picture",
    _UNDOCUMENTED,
    "See that image_size is the picture's, that width and height are not right and bottom, "
    "and that the picture was not turned or scaled after labelling.",
    ("ERROR_INVALID_BOUNDING_BOX",),
)
BOX_CROSSES_EDGE = Check(
    "BOX_CROSSES_EDGE",
    Level.NOTICE,
    "A box reaches beyond its picture",
    _UNDOCUMENTED,
    "Nothing to do: the dataset has it cut at the edge.",
    ("ERROR_INVALID_BOUNDING_BOX",),
)
BOX_TINY = Check(
    "BOX_TINY",
    Level.NOTICE,
    "A box is one pixel wide or high",
    "A detector cannot see it; it is learnt as noise.",
    "Take it out, if it was a slip of the mouse.",
    ("ERROR_BOUNDING_BOX_TOO_SMALL",),
)
BOX_REPEATED = Check(
    "BOX_REPEATED",
    Level.NOTICE,
    "A box is there twice",
    "It counts twice, and needs room in label_width.",
    "Take one out, if two objects are not meant.",
)
BOXES_ARE_SHARES = Check(
    "BOXES_ARE_SHARES",
    Level.STOPS,
    "Boxes are written as shares of the picture, not in pixels",
    "It divides by the picture's size once more: all objects are learnt as specks in the top left corner.",
    "Multiply left and width by the picture's width, top and height by its height.",
    ("ERROR_BOUNDING_BOX_TOO_SMALL",),
)
BOX_LIKE_SHARES = Check(
    "BOX_LIKE_SHARES",
    Level.NOTICE,
    "A box has no number above 1",
    "A detector cannot see it; it is learnt as noise.",
    "Write it in pixels, as the others are, or take it out.",
    ("ERROR_BOUNDING_BOX_TOO_SMALL",),
)
BOX_NOT_INTEGER = Check(
    "BOX_NOT_INTEGER",
    Level.NOTICE,
    "A box has places between pixels",
    "Documented are whole pixels; numbers with a fraction are parsed as numbers.",
    "Nothing to do.",
)
MANY_BOXES = Check(
    "MANY_BOXES",
    Level.NOTICE,
    "A picture has more than 200 boxes",
    "label_width must hold the picture with most boxes, and every batch is padded to it: training needs more memory.",
    "Nothing to do: label_width follows from the data. See that the picture is meant.",
    ("ERROR_TOO_MANY_BOUNDING_BOXES",),
)

"""Checks of the masks of semantic segmentation.

AWS says of masks: single-channel PNG, 8-bit, indexed recommended; a pixel's value is its label as long as there is no
label map; in its own notebook 255 is "hole / ignore". It says nothing of what becomes of other files.
Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/semantic-segmentation.html, …/sms-data-output.html;
amazon-sagemaker-examples: semantic_segmentation_pascalvoc.ipynb,
sagemaker_ground_truth_semantic_segmentation_mask_index_correction.py
"""

from labelloop.checks import Check, Level

_UNREADABLE = "Not documented: the sample is skipped, or the job fails at it, after it has begun to cost."
_WRONG_VALUES = "Values are read and colours are not: it would learn one class by another's name, and say nothing."
_NOT_A_CLASS = "A pixel's value is its label, and no check is documented: it fails amid training, or learns nonsense."
_REPAIRED = "Nothing to do: a repaired mask is written and trained on; yours stays as it is."

MASK_MISSING = Check(
    "MASK_MISSING",
    Level.LEFT_OUT,
    "A mask does not exist",
    "Training fails when it comes to the line: the object cannot be downloaded.",
    "Put the mask where the line says, or correct the line.",
)
MASK_NOT_READABLE = Check(
    "MASK_NOT_READABLE",
    Level.LEFT_OUT,
    "A mask may not be read",
    "Training fails when it comes to the line: its role needs s3:GetObject, and kms:Decrypt where a key encrypts.",
    "Let the bucket's owner allow it, or copy the masks into the data bucket, under projects/. To callers who may not "
    "list the bucket S3 says the same of what is missing.",
)
MASK_NOT_A_PICTURE = Check(
    "MASK_NOT_A_PICTURE",
    Level.LEFT_OUT,
    "A mask is no PNG",
    _UNREADABLE,
    "Export it as an indexed PNG of 8 bits.",
)
MASK_DAMAGED = Check(
    "MASK_DAMAGED",
    Level.LEFT_OUT,
    "A mask is damaged or cut short",
    "Not documented: some decoders refuse it, others take what is missing for class 0.",
    "Put the whole file once more.",
)
MASK_TOO_LARGE = Check(
    "MASK_TOO_LARGE",
    Level.LEFT_OUT,
    "A mask is too large to be examined",
    "No limit is documented; Ground Truth takes pictures of at most 100 megapixels.",
    "Make picture and mask smaller, the mask without smoothing, or cut both into tiles.",
)
MASK_IS_JPEG = Check(
    "MASK_IS_JPEG",
    Level.LEFT_OUT,
    "A mask is a JPEG",
    "Masks are to be PNG; what becomes of others is not documented. A JPEG's values are not those that were saved.",
    "Export it once more as an indexed PNG. A JPEG cannot be repaired: it may have lost small pieces without a trace.",
)
MASK_SIZE_DIFFERS = Check(
    "MASK_SIZE_DIFFERS",
    Level.LEFT_OUT,
    "A mask has another size than its picture",
    "Not documented: the job fails at it, or learns from pixels of elsewhere.",
    "Export the mask in the size that the picture's pixels are stored in, without smoothing. Where width and height "
    "are exchanged, see whether EXIF turns the picture, and store it upright.",
)
MASK_VALUE_NOT_IN_COLOUR_MAP = Check(
    "MASK_VALUE_NOT_IN_COLOUR_MAP",
    Level.LEFT_OUT,
    "A mask has values of no class",
    _NOT_A_CLASS,
    "Name the values in internal-color-map, or give their pixels the value of a class; 255 is for pixels to ignore.",
)
MASK_COLOUR_NOT_IN_COLOUR_MAP = Check(
    "MASK_COLOUR_NOT_IN_COLOUR_MAP",
    Level.LEFT_OUT,
    "A mask has colours of no class",
    _NOT_A_CLASS,
    "Name the colours in internal-color-map, or paint their pixels in the colour of a class.",
)
MASK_ANTI_ALIASED = Check(
    "MASK_ANTI_ALIASED",
    Level.LEFT_OUT,
    "A mask's classes run into each other",
    _NOT_A_CLASS,
    "Export it without smoothing (anti-aliasing), and scale masks by nearest neighbour; or give such pixels the value "
    "255, to be ignored.",
)
MASK_TRANSPARENT = Check(
    "MASK_TRANSPARENT",
    Level.LEFT_OUT,
    "A mask is transparent in places",
    "Masks are to have a single channel; what becomes of transparency is not documented.",
    "Export it without transparency: what belongs to no class as background.",
)
MASK_COLOURS_AMBIGUOUS = Check(
    "MASK_COLOURS_AMBIGUOUS",
    Level.LEFT_OUT,
    "A mask's values say other classes than its colours",
    _WRONG_VALUES,
    "Look at which is right: export the mask with the palette of its colour map, or correct the colour map.",
)
MASK_COLOURS_SHARED = Check(
    "MASK_COLOURS_SHARED",
    Level.LEFT_OUT,
    "A mask can be read by its colours only, and two classes have the same",
    _NOT_A_CLASS,
    "Give each class a colour of its own, in the mask and in internal-color-map; or export values.",
)
MASK_READ_TWO_WAYS = Check(
    "MASK_READ_TWO_WAYS",
    Level.LEFT_OUT,
    "Two lines read one mask differently",
    "It would read both alike, and know nothing of their colour maps.",
    "Give each line a mask of its own, or the same colour map.",
)
MASK_INDICES_WRONG = Check(
    "MASK_INDICES_WRONG",
    Level.NOTICE,
    "A mask's colours are right, its values are not",
    f"{_WRONG_VALUES} Ground Truth itself wrote such masks from 4 June to 4 September 2020.",
    _REPAIRED,
)
MASK_NOT_SINGLE_CHANNEL = Check(
    "MASK_NOT_SINGLE_CHANNEL",
    Level.NOTICE,
    "A mask has several channels (RGB, RGBA)",
    "Masks are to have a single channel; what becomes of others is not documented.",
    _REPAIRED,
)
MASK_DEPTH = Check(
    "MASK_DEPTH",
    Level.NOTICE,
    "A mask has not 8 bits for a pixel",
    "Documented are 8 bits. Grey of fewer is spread over 0 to 255 by many decoders: class 1 of 1 bit becomes 255.",
    _REPAIRED,
)
MASK_PALETTE_DIFFERS = Check(
    "MASK_PALETTE_DIFFERS",
    Level.NOTICE,
    "A mask's palette is not that of its colour map",
    "Nothing: values are read and colours are not.",
    "Nothing to do: all values are classes, and no colour is another's.",
)
MASK_OF_ONE_CLASS = Check(
    "MASK_OF_ONE_CLASS",
    Level.NOTICE,
    "A mask has one class only",
    "It learns from it; pixels of 255 are ignored.",
    "Nothing to do where the picture shows no more. Where 255 was meant as a class, write that class's value instead.",
)
MASKS_SAMPLED = Check(
    "MASKS_SAMPLED",
    Level.NOTICE,
    "Not every mask was examined",
    "It examines none.",
    "What is found in some is likely in others too, which are trained on as they are: mend all that were made alike.",
)
TOO_MANY_WRONG_MASKS = Check(
    "TOO_MANY_WRONG_MASKS",
    Level.STOPS,
    "Too many of the masks that were examined are wrong, and not all were examined",
    _WRONG_VALUES,
    "Raise pictures_checked in project.json to the number of masks: what can be repaired is, the others are left out.",
)
TOO_MANY_MASKS_TO_PAINT = Check(
    "TOO_MANY_MASKS_TO_PAINT",
    Level.STOPS,
    "The values of more masks would have to change than a run can paint anew",
    "Nothing: it does not merge datasets.",
    "Give the classes the same values in all manifests, or put what does not fit into a project of its own.",
)

"""All cases of the corpus; the first of each check is its example in docs/preflight.md."""

from tests.unit.preflight_corpus.case import Case
from tests.unit.preflight_corpus.of_boxes import BOX_CASES
from tests.unit.preflight_corpus.of_classes import CLASS_CASES
from tests.unit.preflight_corpus.of_dataset import DATASET_CASES
from tests.unit.preflight_corpus.of_forms import FORM_CASES
from tests.unit.preflight_corpus.of_labels import LABEL_CASES, UNREADABLE_CATEGORIES
from tests.unit.preflight_corpus.of_lines import LINE_CASES, TOO_LARGE

CASES: tuple[Case, ...] = (*LINE_CASES, *LABEL_CASES, *FORM_CASES, *BOX_CASES, *CLASS_CASES, *DATASET_CASES)
IN_S3 = (TOO_LARGE, UNREADABLE_CATEGORIES)  # found before a manifest is read
EXAMPLES = {case.check.code: case for case in reversed((*CASES, *IN_S3))}

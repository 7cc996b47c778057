"""Every check: a stable code, and words for people."""

import importlib
import pkgutil
import re

import pytest
from labelloop import checks
from labelloop.checks import Check, Level, all_checks

MODULES = sorted(entry.name for entry in pkgutil.iter_modules(checks.__path__))
CONSTANTS = {
    (module, name): value
    for module in MODULES
    for name, value in vars(importlib.import_module(f"labelloop.checks.{module}")).items()
    if isinstance(value, Check)
}

# https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/tm-debugging.html
# …/debugging-datasets-terminal-errors.html, …/debugging-datasets-non-terminal-errors.html
OF_FILES = {
    "ERROR_EMPTY_MANIFEST",
    "ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT",
    "ERROR_MANIFEST_SIZE_TOO_LARGE",
    "ERROR_CANNOT_WRITE_OUTPUT_S3_BUCKET",
    "ERROR_INVALID_PERMISSIONS_MANIFEST_S3_BUCKET",
}
OF_MANIFESTS = {
    "ERROR_FAILED_IMAGES_S3_COPY",
    "ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS",
    "ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_AUTOSPLIT",
    "ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_DISTRIBUTE",
    "ERROR_INSUFFICIENT_LABEL_OVERLAP",
    "ERROR_INSUFFICIENT_USABLE_LABEL_OVERLAP",
    "ERROR_INVALID_IMAGES_S3_BUCKET_OWNER",
    "ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM",
    "ERROR_MANIFEST_TOO_FEW_LABELS",
    "ERROR_MANIFEST_TOO_FEW_USABLE_LABELS",
    "ERROR_MANIFEST_TOO_MANY_LABELS",
    "ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST",
    "ERROR_TOO_MANY_RECORDS_IN_ERROR",
}
OF_LINES = {
    "ERROR_BOUNDING_BOX_TOO_SMALL",
    "ERROR_INVALID_BOUNDING_BOX",
    "ERROR_INVALID_IMAGE",
    "ERROR_INVALID_IMAGE_DIMENSION",
    "ERROR_INVALID_JSON_LINE",
    "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT",
    "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT",
    "ERROR_INVALID_LABEL_NAME_LENGTH",
    "ERROR_INVALID_SOURCE_REF_FORMAT",
    "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE",
    "ERROR_MISSING_CLASS_MAP_ID",
    "ERROR_MISSING_SOURCE_REF",
    "ERROR_NO_LABEL_ATTRIBUTES",
    "ERROR_NO_VALID_ANNOTATIONS",
    "ERROR_NO_VALID_LABEL_ATTRIBUTES",
    "ERROR_TOO_MANY_BOUNDING_BOXES",
    "ERROR_UNSUPPORTED_USE_CASE_TYPE",
}
REKOGNITION = OF_FILES | OF_MANIFESTS | OF_LINES
WITHOUT_COUNTERPART = {
    "ERROR_CANNOT_WRITE_OUTPUT_S3_BUCKET": "nobody names an output bucket; the stack has one of its own",
    "ERROR_INVALID_PERMISSIONS_MANIFEST_S3_BUCKET": "S3's refusal of the manifest is told as it is, as AwsRefused",
    "ERROR_INVALID_LABEL_NAME_LENGTH": "no algorithm is told a class's name, so none limits its length",
}


def test_all_checks_are_the_constants_of_the_modules() -> None:
    assert {check.code for check in CONSTANTS.values()} == set(all_checks())
    assert len(CONSTANTS) == len(all_checks()), "two checks have one code"


@pytest.mark.parametrize(("name", "check"), [(name, check) for (_, name), check in CONSTANTS.items()])
def test_a_check_has_words_for_people(name: str, check: Check) -> None:
    assert check.code == name
    assert re.fullmatch("[A-Z]+(_[A-Z]+)*(_[0-9])?", check.code)
    assert check.level in Level
    begin = "([A-Z“…]|[a-z]+(_[a-z]+)+ ).*"  # a name in the field's own writing begins a sentence too
    assert re.fullmatch(rf"{begin}[^.]", check.title)
    for sentence in (check.sagemaker, check.fix):
        assert re.fullmatch(rf"{begin}\.\)?", sentence), sentence


@pytest.mark.parametrize("code", sorted(REKOGNITION))
def test_a_code_of_rekognition_custom_labels_has_a_counterpart_or_a_reason(code: str) -> None:
    counterparts = [check.code for check in all_checks().values() if code in check.counterparts]
    assert bool(counterparts) != (code in WITHOUT_COUNTERPART), counterparts


def test_counterparts_are_codes_of_rekognition_custom_labels() -> None:
    named = {code for check in all_checks().values() for code in check.counterparts}
    assert named - REKOGNITION == set()

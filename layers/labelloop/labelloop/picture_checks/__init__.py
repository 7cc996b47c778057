"""Are the pictures of a manifest there, readable, and what their labels say? Found before anything is spent."""

from collections.abc import Collection, Sequence

import msgspec

from labelloop.checks import Check
from labelloop.checks.pictures import NO_SMALL_VALIDATION_PICTURE, PICTURES_IN_OTHER_REGION
from labelloop.concurrency import ordered_map
from labelloop.endpoint import BODY_LIMIT
from labelloop.findings import Findings
from labelloop.picture_checks.inspection import Inspection, inspect_header, inspect_whole
from labelloop.picture_checks.sample import LabelledPicture, PictureSample, sample_of
from labelloop.picture_checks.shares import check_shares
from labelloop.picture_checks.split_leakage import check_split
from labelloop.pictures import PIXEL_LIMIT
from labelloop.store import Objects
from labelloop.tasks import SOURCE_REF

_WHOLE_WORKERS = 4  # each holds a picture's bytes and pixels
_SEED = 0
_POINTER = (SOURCE_REF,)


def check_pictures(
    sample: PictureSample,
    objects: Objects,
    findings: Findings,
    *,
    label_attribute: str,
    invalid_share: float = 0.2,
    decoded: int = 300,
    workers: int = 32,
) -> dict[int, Check]:
    """Look at the pictures of a sample and say what is the matter with them.

    Args:
        label_attribute: whose label says how large a picture is.
        invalid_share: which share of all pictures may be of no use, where not all of them are looked at.
        decoded: how many pictures of each side of the split are read whole, decoded and compared.
        workers: how many pictures are looked at at once; so many connections should `objects` have.

    Returns:
        The numbers of the lines that must be left out, with the check that each failed first.

    Raises:
        ClientError: S3 throttles or fails, or refuses for another reason than a picture's own.
    """
    pictures = sample.pictures
    inspections = _inspections(pictures, objects, decoded, workers)
    for inspection in inspections:
        _tell(inspection, findings, label_attribute)
    check_shares(inspections, sample.total, findings, invalid_share)
    usable = [inspection for inspection in inspections if inspection.is_usable]
    if sample.is_whole:
        _check_validation(usable, findings)
    check_split(usable, findings)
    return {inspection.picture.line: inspection.failed for inspection in inspections if inspection.failed}


def check_regions(buckets: Collection[str], objects: Objects, findings: Findings, region: str, workers: int) -> None:
    """Say which buckets lie in another Region than the training job.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
    """
    ordered = sorted(buckets)
    for bucket, found in zip(ordered, ordered_map(objects.region, ordered, workers), strict=True):
        if found not in (None, region):
            message = f"Bucket {bucket} is in {found}; training runs in {region}."
            findings.add(PICTURES_IN_OTHER_REGION, message, value=bucket, uri=f"s3://{bucket}/")


def _inspections(pictures: Sequence[LabelledPicture], objects: Objects, decoded: int, workers: int) -> list[Inspection]:
    """One for each picture, in their order. Those that are decoded are read once for all that is asked of them."""
    sides = [[picture for picture in pictures if picture.validates is side] for side in (True, False)]
    whole = sorted(picture for side in sides for picture in sample_of(side, decoded, _SEED))
    others = sorted(set(pictures).difference(whole))
    found = [
        *ordered_map(lambda picture: inspect_header(picture, objects), others, workers),
        *ordered_map(lambda picture: inspect_whole(picture, objects), whole, min(workers, _WHOLE_WORKERS)),
    ]
    return sorted(found, key=lambda inspection: (inspection.picture.line, inspection.picture.uri))


def _tell(inspection: Inspection, findings: Findings, label_attribute: str) -> None:
    """Problems with a value are about what the label says, the others about the object."""
    line, uri = inspection.picture.line, inspection.picture.uri
    for check, message, value in inspection.problems:
        pointer = _POINTER if value is msgspec.UNSET else (label_attribute, "image_size", 0)
        findings.add(check, message, line=line, pointer=pointer, value=value, uri=uri)


def _check_validation(usable: Sequence[Inspection], findings: Findings) -> None:
    """The new model is asked about pictures of the validation side before it is promoted."""
    validation = [inspection for inspection in usable if inspection.picture.validates]
    if validation and not any(inspection.is_small for inspection in validation):
        message = f"None of the {len(validation):,} has at most {BODY_LIMIT:,} bytes and {PIXEL_LIMIT:,} pixels."
        findings.add(NO_SMALL_VALIDATION_PICTURE, message, count=len(validation))

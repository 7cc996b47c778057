"""Validation pictures that the model has seen: copies under another name, and pictures that look the same."""

from collections.abc import Sequence

from labelloop.checks import Check
from labelloop.checks.pictures import NEAR_DUPLICATES_ACROSS_SPLIT, SAME_PICTURE_ACROSS_SPLIT
from labelloop.findings import Findings
from labelloop.picture_checks.inspection import Inspection
from labelloop.picture_checks.near_duplicates import Look, near_duplicates
from labelloop.picture_checks.sample import LabelledPicture
from labelloop.tasks import SOURCE_REF


def check_split(inspections: Sequence[Inspection], findings: Findings) -> None:
    """Tell of each validation picture that is trained on too, or looks like one that is."""
    copies = _copies(inspections)
    for validation, training in copies.items():
        _tell(SAME_PICTURE_ACROSS_SPLIT, validation, f"It begins as, and is as long as, {_named(training)}.", findings)
    seen = (
        Look(inspection.picture, inspection.thumbnail) for inspection in inspections if inspection.thumbnail is not None
    )
    looks = [look for look in seen if look.picture not in copies]
    for training, validation, correlation in near_duplicates(looks):
        message = f"It looks like {_named(training)}: their thumbnails correlate by {correlation:.3f}."
        _tell(NEAR_DUPLICATES_ACROSS_SPLIT, validation, message, findings)


def _copies(inspections: Sequence[Inspection]) -> dict[LabelledPicture, LabelledPicture]:
    """The training picture that each validation picture is a copy of, by its bytes."""
    trained = {
        inspection.content: inspection.picture
        for inspection in reversed(inspections)  # so that the first line is named
        if inspection.content and not inspection.picture.validates
    }
    return {
        inspection.picture: trained[inspection.content]
        for inspection in inspections
        if inspection.picture.validates and inspection.content in trained
    }


def _named(picture: LabelledPicture) -> str:
    return f"{picture.uri} on line {picture.line}"


def _tell(check: Check, picture: LabelledPicture, message: str, findings: Findings) -> None:
    findings.add(check, message, line=picture.line, pointer=(SOURCE_REF,), uri=picture.uri)

"""A look at the files that manifests name, pictures and masks, for `preflight`."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from labelloop.checks import Check
from labelloop.checks.masks import TOO_MANY_MASKS_TO_PAINT
from labelloop.findings import Findings
from labelloop.labels import Classes
from labelloop.labels.masks import IGNORED, MaskLabel
from labelloop.mask_checks import LabelledMask, check_masks
from labelloop.merging import InspectedFiles, Source
from labelloop.palette import rgb
from labelloop.picture_checks import check_pictures, check_regions
from labelloop.picture_checks.sample import LabelledPicture, PictureSample
from labelloop.projects import ProjectFolder
from labelloop.samples import Sample
from labelloop.settings import Settings
from labelloop.store import Objects, S3Uri, Store
from labelloop.survey import Split

WORKERS = 32  # at once: they wait for S3, most of the time
MASK_WORKERS = 8  # these compute, too
PAINTED_AT_MOST = 8_000  # in a run: 37 ms of a processor each at 1920x1080, so five of a function's fifteen minutes


@dataclass(frozen=True, slots=True)
class Inspector:
    """Looks at as many pictures and masks of the new manifest as project.json says.

    What was found in the others when they were put still decides what is left out of them. Only where classes get other
    values, their masks are painted anew, from the originals, however few are looked at.

    Attributes:
        objects: where the files are read.
        region: of the training job.
        write_mask: puts a repaired mask and tells its URI.
    """

    objects: Objects
    region: str
    settings: Settings
    write_mask: Callable[[bytes], str]

    def __call__(
        self, sources: Sequence[Source], classes: Sequence[Classes], findings: Findings
    ) -> tuple[InspectedFiles, ...]:
        """See `preflight.Inspect`.

        Raises:
            ClientError: S3 throttles or fails.
        """
        if not self._can_be_painted(sources, classes, findings):
            return (InspectedFiles(),) * len(sources)
        if self.settings.pictures_checked:
            check_regions(
                {bucket for source in sources for bucket in _buckets(source)},
                self.objects,
                findings,
                self.region,
                WORKERS,
            )
        *earlier, (new, of_new) = zip(sources, classes, strict=True)
        return (*(self._known(*one) for one in earlier), self._inspect(new, of_new, findings))

    def _can_be_painted(self, sources: Sequence[Source], classes: Sequence[Classes], findings: Findings) -> bool:
        parts = [source for source, kept in zip(sources, classes, strict=True) if not kept.are_kept]
        count = sum(source.survey.training.samples + source.survey.validation.samples for source in parts)
        if not issubclass(sources[-1].label_type, MaskLabel) or count <= PAINTED_AT_MOST:
            return True
        findings.add(TOO_MANY_MASKS_TO_PAINT, f"There are {count:,}; at most {PAINTED_AT_MOST:,} are painted in a run.")
        return False

    def _known(self, source: Source, classes: Classes) -> InspectedFiles:
        if source.inspected is not None and (classes.are_kept or not issubclass(source.label_type, MaskLabel)):
            return source.inspected
        return self._inspect(source, classes, Findings())

    def _inspect(self, source: Source, classes: Classes, findings: Findings) -> InspectedFiles:
        limit = self.settings.pictures_checked
        refused = self._pictures(source, findings, limit) if limit else {}
        masks = check_masks(
            _masks(source, classes),
            self.objects,
            findings,
            write=self.write_mask,
            workers=MASK_WORKERS,
            limit=limit,
            invalid_share=self.settings.invalid_share,
        )
        return InspectedFiles({**refused, **masks.refused}, masks.repaired)

    def _pictures(self, source: Source, findings: Findings, limit: int) -> dict[int, Check]:
        sample, split = PictureSample(limit), Split(self.settings.validation_share)
        for entry in _samples(source):
            validates = split.validates(entry.source_ref)
            sample.add(LabelledPicture(entry.number, entry.source_ref, entry.label.picture_size, validates))
        return check_pictures(
            sample,
            self.objects,
            findings,
            label_attribute=source.attribute.name,
            invalid_share=self.settings.invalid_share,
            workers=WORKERS,
        )


def mask_writer(store: Store, project: ProjectFolder) -> Callable[[bytes], str]:
    """Writes masks into a project, each under the digest of its content, so that none is ever written over."""

    def write(body: bytes) -> str:
        uri = project.mask(hashlib.sha256(body).hexdigest())
        if store.find(uri) is None:
            store.write(uri, body, content_type="image/png")
        return str(uri)

    return write


def _samples(source: Source) -> Iterator[Sample]:
    return (entry for entry in source.read() if isinstance(entry, Sample))


def _buckets(source: Source) -> set[str]:
    """Of all pictures and masks."""
    pictures = {bucket.removeprefix("s3://").removesuffix("/") for bucket in source.survey.buckets}
    if not issubclass(source.label_type, MaskLabel):
        return pictures
    return pictures | {S3Uri.from_text(entry.label.uri).bucket for entry in _samples(source)}


def _masks(source: Source, classes: Classes) -> Iterator[LabelledMask]:
    """None where the labels are no masks."""
    if not issubclass(source.label_type, MaskLabel):
        return
    # More classes than pixels can have values stop the run.
    new_values = None if classes.are_kept or len(classes.names) > IGNORED else classes.new_ids
    for entry in _samples(source):
        colours = {value: rgb(found.hex_color or "") for value, found in entry.label.classes.items()}
        yield LabelledMask(entry.number, entry.label.uri, entry.source_ref, entry.attribute, colours, new_values)

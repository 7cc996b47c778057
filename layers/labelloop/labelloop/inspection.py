"""A look at the files that manifests name, pictures and masks, for `preflight`."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from labelloop.checks import Check
from labelloop.findings import Findings
from labelloop.labels import Classes
from labelloop.labels.masks import IGNORED, MaskLabel
from labelloop.mask_checks import LabelledMask, check_masks
from labelloop.merging import Source
from labelloop.palette import rgb
from labelloop.picture_checks import check_pictures
from labelloop.picture_checks.sample import LabelledPicture, PictureSample
from labelloop.preflight import InspectedFiles
from labelloop.projects import ProjectFolder
from labelloop.samples import Sample
from labelloop.settings import Settings
from labelloop.store import Objects, Store
from labelloop.survey import Split

WORKERS = 32  # at once: they wait for S3, most of the time
MASK_WORKERS = 8  # these compute, too


@dataclass(frozen=True, slots=True)
class Inspector:
    """Looks at as many pictures and masks of the new manifest as project.json says, and at as many of the others.

    What is found in the others was told when they were put. It still decides what is left out: a picture that is
    missing now is not trained on. Masks whose values change are painted anew however few are looked at.

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
        *earlier, _ = sources
        others = [Findings() for _ in earlier]
        limits = [*(self.settings.pictures_checked // len(earlier) for _ in earlier), self.settings.pictures_checked]
        return tuple(map(self._inspect, sources, classes, [*others, findings], limits))

    def _inspect(self, source: Source, classes: Classes, findings: Findings, limit: int) -> InspectedFiles:
        refused = self._pictures(source, findings, limit) if limit else {}
        masks = check_masks(
            _masks(source, classes),
            self.objects,
            findings,
            write=self.write_mask,
            workers=MASK_WORKERS,
            limit=limit,
        )
        return InspectedFiles({**refused, **masks.refused}, masks.repaired)

    def _pictures(self, source: Source, findings: Findings, limit: int) -> dict[str, Check]:
        sample, split = PictureSample(limit), Split(self.settings.validation_share)
        for entry in _samples(source):
            validates = split.validates(entry.source_ref)
            sample.add(LabelledPicture(entry.number, entry.source_ref, entry.label.picture_size, validates))
        return check_pictures(
            sample,
            self.objects,
            findings,
            region=self.region,
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


def _masks(source: Source, classes: Classes) -> Iterator[LabelledMask]:
    """None where the labels are no masks."""
    if not issubclass(source.label_type, MaskLabel):
        return
    # More classes than pixels can have values stop the run.
    new_values = None if classes.are_kept or len(classes.names) > IGNORED else classes.new_ids
    for entry in _samples(source):
        colours = {value: rgb(found.hex_color or "") for value, found in entry.label.classes.items()}
        yield LabelledMask(entry.number, entry.label.uri, entry.source_ref, entry.attribute, colours, new_values)

"""A dataset's masks and pictures in memory, and what is found in them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256

import numpy as np
from labelloop.errors import ObjectNotFound
from labelloop.findings import CheckResult, Findings
from labelloop.mask_checks import LabelledMask, MaskVerdict, check_masks
from labelloop.palette import Colour
from labelloop.store import ObjectInfo, ObjectStart, S3Uri

from tests.unit.mask_files import AREAS, BLUE, COLOURS, GREEN, WHITE, as_ground_truth, filled, grey, in_colours, indexed
from tests.unit.picture_files import encoded, picture

RIGHT, COLOURED = as_ground_truth(AREAS), encoded(in_colours(AREAS))
EXCHANGED = indexed(AREAS, filled([WHITE, BLUE, GREEN, (255, 127, 14)]))
STRAY = grey(np.where(AREAS > 2, 9, AREAS).astype(np.uint8))
PICTURE = picture(60, 40, "JPEG")


class Memory(dict[str, bytes]):
    """Objects by URI; remembers what was read, and what was written by content."""

    def __init__(self, objects: Mapping[str, bytes]) -> None:
        super().__init__(objects)
        self.reads: Counter[str] = Counter()

    def find(self, uri: S3Uri) -> ObjectInfo | None:
        raise NotImplementedError

    def read(self, uri: S3Uri, *, limit: int) -> bytes:
        raise NotImplementedError

    def region(self, bucket: str) -> str | None:
        raise NotImplementedError

    def read_start(self, uri: S3Uri, count: int) -> ObjectStart:
        self.reads[str(uri)] += 1
        if str(uri) not in self:
            raise ObjectNotFound(f"{uri} does not exist")
        body = self[str(uri)]
        return ObjectStart(body[:count], len(body))

    def write(self, body: bytes) -> str:
        uri = f"s3://b/repaired/{sha256(body).hexdigest()}.png"
        self[uri] = body
        return uri


def mask_uri(name: object) -> str:
    return f"s3://b/masks/{name}.png"


def picture_uri(name: object) -> str:
    return f"s3://b/pictures/{name}.jpg"


def labelled(
    line: int,
    name: object = None,
    colours: Mapping[int, Colour | None] = COLOURS,
    new_values: Mapping[int, int] | None = None,
) -> LabelledMask:
    mask = mask_uri(line if name is None else name)
    return LabelledMask(line, mask, picture_uri(line), "streets-ref", colours, new_values)


def stored(*masks: bytes) -> Memory:
    """Masks and pictures of lines 1, 2, 3…"""
    numbered = list(enumerate(masks, start=1))
    return Memory({mask_uri(n): body for n, body in numbered} | {picture_uri(n): PICTURE for n, _ in numbered})


def check(
    masks: Iterable[LabelledMask], objects: Memory, *, workers: int = 4, limit: int = 100, invalid_share: float = 0.2
) -> tuple[MaskVerdict, dict[str, CheckResult]]:
    findings = Findings()
    verdict = check_masks(
        masks, objects, findings, write=objects.write, workers=workers, limit=limit, invalid_share=invalid_share
    )
    return verdict, {result.code: result for result in findings.results()}

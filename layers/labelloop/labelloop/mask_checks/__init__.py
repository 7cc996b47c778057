"""Are the masks of a manifest there, and have their pixels the classes that the lines name? Repaired where certain."""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from hashlib import blake2b
from threading import Lock
from typing import NamedTuple

import msgspec

from labelloop.checks import Check, Level
from labelloop.checks import masks as checks
from labelloop.concurrency import ordered_map
from labelloop.errors import InvalidPicture, ObjectNotFound, ObjectNotReadable, PictureTooLarge, UnsupportedMediaType
from labelloop.findings import Findings
from labelloop.mask_checks.doctor import Diagnosis, examine_mask
from labelloop.mask_checks.file import Problem, Size
from labelloop.palette import Colour
from labelloop.picture_checks.header import read_header
from labelloop.picture_checks.shares import Share
from labelloop.store import Objects, S3Uri

BODY_LIMIT = 64 << 20  # bytes of a mask
LARGE = 4_000_000  # pixels: such masks are examined one after the other; decoded, each takes 4 to 8 bytes for a pixel
_HEADER_SIZES = (32 << 10, 4 << 20)  # bytes of a picture: previews and colour profiles make few headers long
_HASH_SIZE = 8  # bytes


class LabelledMask(NamedTuple):
    """A mask as its line tells of it.

    Attributes:
        line: of the manifest, from 1.
        uri: of the mask, `s3://bucket/key`.
        picture_uri: of the line's picture.
        attribute: the key of the mask on the line.
        colours: see `examine_mask`.
        new_values: see `examine_mask`.
    """

    line: int
    uri: str
    picture_uri: str
    attribute: str
    colours: Mapping[int, Colour | None]
    new_values: Mapping[int, int] | None = None


class MaskVerdict(NamedTuple):
    """What becomes of masks.

    Attributes:
        refused: the check that a mask failed, by the number of its line, which is left out.
        repaired: the URI of what takes a mask's place, by the mask's own.
    """

    refused: Mapping[int, Check]
    repaired: Mapping[str, str]


class _Outcome(NamedTuple):
    mask: LabelledMask
    diagnosis: Diagnosis
    repaired: str | None


def check_masks(
    masks: Iterable[LabelledMask],
    objects: Objects,
    findings: Findings,
    *,
    write: Callable[[bytes], str],
    workers: int,
    limit: int,
    invalid_share: float = 0.2,
) -> MaskVerdict:
    """Examine masks, say what is the matter with them, and have those repaired that can be.

    Args:
        write: puts a repaired mask where its content names it, and tells its URI; called in several threads.
        workers: how many masks are under way at once.
        limit: how many are examined at most, beside those that get new values: those with the smallest hash of the URI.
        invalid_share: which share of all masks may be wrong, repaired or not, where not all of them are examined.

    Raises:
        ClientError: S3 throttles or fails, or refuses for another reason than an object's.
    """
    chosen, total = _chosen(masks, limit)
    by_uri: dict[str, list[LabelledMask]] = {}
    for mask in chosen:
        by_uri.setdefault(mask.uri, []).append(mask)
    doctor = _Doctor(objects, write)
    outcomes = [outcome for found in ordered_map(doctor.examine, by_uri.values(), workers) for outcome in found]
    _check_share(outcomes, total, findings, invalid_share)
    return _verdict(sorted(outcomes, key=lambda outcome: outcome.mask.line), findings)


def _check_share(outcomes: Sequence[_Outcome], total: int, findings: Findings, invalid_share: float) -> None:
    """Those that were not examined are not repaired either."""
    wrong = sum(outcome.repaired is not None or not outcome.diagnosis.is_usable for outcome in outcomes)
    share = Share(wrong, len(outcomes))
    if not 0 < share.looked_at < total:
        return
    low, high = share.interval()
    found = f"{share.looked_at:,} of {total:,} masks were examined, {wrong:,} of them were wrong"
    meaning = f"For all that means {low * total:,.0f} to {high * total:,.0f}, with 95 % confidence."
    findings.add(checks.MASKS_SAMPLED, f"{found}. {meaning}")
    if low > invalid_share:
        findings.add(
            checks.TOO_MANY_WRONG_MASKS, f"{found}; at most {invalid_share:.0%} may be, if the others are unseen."
        )


def _chosen(masks: Iterable[LabelledMask], limit: int) -> tuple[list[LabelledMask], int]:
    """Those to examine, by line, and how many there are in all."""
    kept: list[LabelledMask] = []
    smallest: list[tuple[int, int, LabelledMask]] = []
    total = 0
    for total, mask in enumerate(masks, start=1):  # noqa: B007 - it is the last that counts
        if mask.new_values:
            kept.append(mask)
            continue
        rank = int.from_bytes(blake2b(mask.uri.encode(), digest_size=_HASH_SIZE).digest())
        heapq.heappush(smallest, (-rank, -mask.line, mask))
        if len(smallest) > limit:
            heapq.heappop(smallest)
    return sorted(kept + [mask for _, _, mask in smallest], key=lambda mask: mask.line), total


def _verdict(outcomes: Iterable[_Outcome], findings: Findings) -> MaskVerdict:
    """By line, so that neither threads nor their speed make a difference."""
    refused: dict[int, Check] = {}
    taken: dict[str, str | None] = {}
    for mask, diagnosis, repaired in outcomes:
        problems = diagnosis.problems
        if diagnosis.is_usable and taken.setdefault(mask.uri, repaired) != repaired:
            problems = (*problems, Problem(checks.MASK_READ_TWO_WAYS, "An earlier line reads it differently."))
        for check, message, value in problems:
            if check.level is Level.LEFT_OUT:
                refused[mask.line] = check
            findings.add(check, message, line=mask.line, pointer=(mask.attribute,), value=value, uri=mask.uri)
    return MaskVerdict(refused, {uri: new for uri, new in taken.items() if new is not None})


class _Doctor:
    """Reads masks and pictures, in several threads."""

    def __init__(self, objects: Objects, write: Callable[[bytes], str]) -> None:
        self._objects, self._write = objects, write
        self._large = Lock()

    def examine(self, masks: list[LabelledMask]) -> list[_Outcome]:
        """All lines that name one mask."""
        body = self._read(S3Uri.from_text(masks[0].uri))
        if isinstance(body, Problem):
            return [_Outcome(mask, Diagnosis((body,)), None) for mask in masks]
        return [self._examine(mask, body) for mask in masks]

    def _examine(self, mask: LabelledMask, body: bytes) -> _Outcome:
        size = self._picture_size(S3Uri.from_text(mask.picture_uri))
        with self._room(body):
            diagnosis = examine_mask(body, mask.colours, size=size, new_values=mask.new_values)
        repaired = None if diagnosis.repaired is None else self._write(diagnosis.repaired)
        return _Outcome(mask, msgspec.structs.replace(diagnosis, repaired=None), repaired)

    def _read(self, uri: S3Uri) -> bytes | Problem:
        try:
            start = self._objects.read_start(uri, BODY_LIMIT)
        except ObjectNotFound:
            return Problem(checks.MASK_MISSING, "There is no such object.")
        except ObjectNotReadable as error:
            return Problem(checks.MASK_NOT_READABLE, f"{error.public.rstrip('.')}.")
        if not start.is_whole:
            return Problem(checks.MASK_TOO_LARGE, f"It has {start.size} bytes; at most {BODY_LIMIT} are read.")
        return start.data

    def _picture_size(self, uri: S3Uri) -> Size | None:
        """None of a picture that cannot be read: what is the matter with it, the checks of pictures say."""
        for count in _HEADER_SIZES:
            try:
                start = self._objects.read_start(uri, count)
                return read_header(start.data).size
            except InvalidPicture:
                continue
            except (ObjectNotFound, ObjectNotReadable, UnsupportedMediaType, PictureTooLarge):
                break
        return None

    def _room(self, body: bytes) -> AbstractContextManager[bool | None]:
        """A large mask waits here for the one before it."""
        try:
            return self._large if read_header(body).pixels > LARGE else nullcontext()
        except (InvalidPicture, UnsupportedMediaType, PictureTooLarge):
            return nullcontext()

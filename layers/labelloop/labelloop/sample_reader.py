"""The samples of a manifest, in one pass and little memory.

msgspec decodes whole blocks of lines into the types that a line without anything to remark has; a line that is not of
these types, or about whose label there is something to remark, is looked at closely. Both ways give the same sample.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from labelloop.checks import Check, lines
from labelloop.errors import ManifestRefused
from labelloop.findings import Findings
from labelloop.label_attribute import AttributesSeen, LabelAttribute
from labelloop.labels import Label
from labelloop.manifest import Line, Pointer, is_s3_uri
from labelloop.manifest_file import BYTE_ORDER_MARK, WHITE_SPACE, WHOLE, Block, Span, content_of, read_blocks
from labelloop.samples import LeftOut, Sample, sample_of
from labelloop.tasks import METADATA_SUFFIX, SOURCE_REF

LONG_LINE = 100_000  # characters: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-input-data-input-manifest.html
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')  # keys that msgspec can look for
KEYS_LEARNT = 64  # beside the label's own, before lines with still others are each looked at closely


class SampleReader:
    """The samples of a local manifest, in its order.

    Args:
        path: of the manifest.
        attribute: the labels to read.
        label_type: their form.
        findings: takes what is found; give an empty one to a second reading.
        span: the part of the file to read.
        keep_texts: whether samples have their `text`.
    """

    def __init__(
        self,
        path: Path,
        attribute: LabelAttribute,
        label_type: type[Label],
        findings: Findings,
        *,
        span: Span = WHOLE,
        keep_texts: bool = False,
    ) -> None:
        self.path, self.attribute, self.label_type, self.findings = path, attribute, label_type, findings
        self.seen = AttributesSeen()
        self._span, self._keep_texts = span, keep_texts
        self._other_keys: set[str] = set()
        self._bucket = ""
        self._decoder = self._make_decoder()

    def __iter__(self) -> Iterator[Sample | LeftOut]:
        """Every line that is not blank."""
        block = None
        for block in read_blocks(self.path, self._span):
            found = self._decoded(block)
            yield from self._by_line(block) if found is None else self._of_block(block, found)
        if block is not None and not block.data.endswith(b"\n"):
            self.findings.add(lines.NO_FINAL_NEWLINE, "the file ends without a line end")

    def _make_decoder(self) -> "msgspec.json.Decoder[Any]":
        """For lines that have the label, its metadata, and no other keys than are known."""
        name = self.attribute.name if _PLAIN.fullmatch(self.attribute.name) else ""
        fields: list[Any] = [
            ("source_ref", str, msgspec.field(name=SOURCE_REF)),
            ("label", self.label_type.quick_label, msgspec.field(name=name)),
            ("metadata", self.label_type.quick_metadata, msgspec.field(name=name + METADATA_SUFFIX)),
        ]
        for index, key in enumerate(sorted(self._other_keys)):
            fields.append((f"other_{index}", msgspec.Raw, msgspec.field(name=key, default=msgspec.Raw())))
        line_type = msgspec.defstruct("QuickLine", fields, forbid_unknown_fields=True, gc=False)
        return msgspec.json.Decoder(line_type, strict=False)

    @property
    def _may_be_quick(self) -> bool:
        """Adjusted and verified labels need a look at more than one attribute."""
        plain = _PLAIN.fullmatch(self.attribute.name) is not None
        return plain and not self.attribute.originals and not self.attribute.verdicts

    def _decoded(self, block: Block) -> list[Any] | None:
        """All lines of a block; None where they have to be read one by one."""
        data = block.data
        # In an irregular block an object could span lines, or a line hold two, and their number still be right.
        if not self._may_be_quick or not block.is_regular or len(data) > LONG_LINE or not _is_text(data):
            return None
        try:
            found = self._decoder.decode_lines(data)
        except (msgspec.DecodeError, RecursionError):
            return None
        return found if len(found) == block.lines else None

    def _of_block(self, block: Block, found: list[Any]) -> Iterator[Sample | LeftOut]:
        texts = block.texts() if self._keep_texts else None
        attribute, quick, known = self.attribute.name, self.label_type.quick, self._bucket
        for number, line in enumerate(found, start=block.number):
            read, source_ref = quick(line.label, line.metadata), line.source_ref
            if not source_ref.startswith(known) or not known or source_ref == known:
                known = self._bucket = _bucket_of(source_ref)
            if read is None or not known:
                texts = block.texts() if texts is None else texts
                yield self._closely(number, texts[number - block.number])
            else:
                text = texts[number - block.number] if texts else b""
                yield Sample(number, source_ref, attribute, read[0], read[1], line.metadata.creation_date, text)

    def _by_line(self, block: Block) -> Iterator[Sample | LeftOut]:
        for number, text in enumerate(block.texts(), start=block.number):
            if text.endswith(b"\r"):
                self.findings.add(lines.CARRIAGE_RETURNS, "the line ends with \\r\\n", line=number)
            if not text.strip(WHITE_SPACE):
                self.findings.add(lines.BLANK_LINE, "the line is blank", line=number)
                continue
            one = Block.from_bytes(number, text.removesuffix(b"\r"))
            found = self._decoded(one)
            yield from self._of_block(one, found) if found else (self._closely(number, text),)

    def _closely(self, number: int, text: bytes) -> Sample | LeftOut:
        def note(check: Check, message: str, pointer: Pointer = (), value: Any = msgspec.UNSET) -> None:
            self.findings.add(check, message, line=number, pointer=pointer, value=value)

        if number == 1 and text.startswith(BYTE_ORDER_MARK):
            note(lines.BYTE_ORDER_MARK, "the file begins with EF BB BF")
        try:
            line = Line.from_json(number, content_of(number, text))
            if len(text) > LONG_LINE and len(text.decode()) > LONG_LINE:
                note(lines.LINE_LONG, f"it has {len(text):,} bytes")
            self._learn(line)
            found = sample_of(line, self.attribute, self.label_type, note)
        except ManifestRefused as refusal:
            note(refusal.check, refusal.what, refusal.pointer, refusal.value)
            return LeftOut(number, refusal.check)
        return msgspec.structs.replace(found, text=text) if self._keep_texts and isinstance(found, Sample) else found

    def _learn(self, line: Line) -> None:
        """Keys that labels have nothing to do with may stand on every line."""
        self.seen.note(line)
        name = self.attribute.name
        new = line.values.keys() - {SOURCE_REF, name, name + METADATA_SUFFIX} - self._other_keys
        if new and all(map(_PLAIN.fullmatch, new)) and len(self._other_keys) + len(new) <= KEYS_LEARNT:
            self._other_keys |= new
            self._decoder = self._make_decoder()


def _is_text(data: bytes) -> bool:
    """Whether it is UTF-8, which msgspec does not look for in what it passes over."""
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _bucket_of(source_ref: str) -> str:
    """`s3://bucket/` of an S3 URI; "" where it is none."""
    return source_ref[: source_ref.index("/", 5) + 1] if is_s3_uri(source_ref) else ""

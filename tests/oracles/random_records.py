"""Random records as plain data, and the many forms that each can have as protobuf."""

import random
import struct

from tests.unit.record_files import BYTES, FLOAT32, FLOAT64, INT32, Plain, field, varint

NUMBERS = {"float32_tensor": FLOAT32, "float64_tensor": FLOAT64, "int32_tensor": INT32, "bytes": BYTES}
ENCODE = {
    "float32_tensor": lambda number: struct.pack("<f", number),
    "float64_tensor": lambda number: struct.pack("<d", number),
    "int32_tensor": varint,
}
WIRE_TYPES = {"float32_tensor": 5, "float64_tensor": 1, "int32_tensor": 0}
TEXTS = ["", "target", "shape", "values", "é", "雪", "a longer name " * 12]


class Dice(random.Random):
    def happens(self, chance: float) -> bool:
        return self.random() < chance

    def record(self) -> Plain:
        texts = {name: self.choice(TEXTS) for name in ("uid", "metadata", "configuration")}
        return {"features": self.values(), "label": self.values()} | texts

    def values(self) -> Plain:
        return {self.choice(TEXTS): self.value() for _ in range(self.choice([0, 1, 1, 2, 3]))}

    def value(self) -> tuple[str, Plain] | None:
        member = self.choice([None, "bytes", *ENCODE])
        if member is None:
            return None
        if member == "bytes":
            strings = [self.randbytes(self.choice([0, 1, 4, 200])) for _ in range(self.choice([0, 1, 3]))]
            return member, {"value": strings, "content_type": self.choice(TEXTS)}
        make = {"float32_tensor": self.float32, "float64_tensor": self.gauss, "int32_tensor": self.int32}[member]
        return member, {
            "values": [make() for _ in range(self.choice([0, 1, 2, 7, 60]))],
            "keys": [self.getrandbits(self.choice([1, 7, 8, 32, 64])) for _ in range(self.choice([0, 0, 1, 9]))],
            "shape": [self.getrandbits(self.choice([3, 10])) for _ in range(self.choice([0, 0, 4]))],
        }

    def float32(self) -> float:
        number = self.choice([0.0, -0.0, 1.0, float("inf"), self.gauss(0, 1), self.gauss(0, 1e30)])
        single: float = struct.unpack("<f", struct.pack("<f", number))[0]
        return single

    def int32(self) -> int:
        return self.choice([0, 1, -1, 127, 128, -(2**31), 2**31 - 1, self.randrange(-(2**31), 2**31)])

    # ------------------------------------------------------------------------------------------------- as protobuf

    def wire(self, record: Plain, *, strange_entries: bool) -> bytes:
        """The record in any form that means the same; with unknown fields in entries of maps only if asked to."""
        parts = [field(number, record[name].encode()) for number, name in enumerate(TEXT_FIELDS, start=3)]
        for number, name in ((1, "features"), (2, "label")):
            for key, value in record[name].items():
                if self.happens(0.2):  # the last entry of a key wins
                    parts.append(field(number, self.entry(key, self.value(), strange=strange_entries)))
                parts.append(field(number, self.entry(key, value, strange=strange_entries)))
        if self.happens(0.2):
            parts.insert(0, field(3, b"the last text wins"))
        return self.strangers(parts)

    def entry(self, key: str, value: tuple[str, Plain] | None, *, strange: bool) -> bytes:
        keys, values = [field(1, key.encode())], [field(2, piece) for piece in self.pieces(self.member(value))]
        if self.happens(0.1):
            keys.insert(0, field(1, b"another key"))
        parts = self.interleaved(keys, values)
        return self.strangers(parts) if strange else b"".join(parts)

    def member(self, value: tuple[str, Plain] | None) -> list[bytes]:
        """The fields of a value: of another member first, at times, and its own in one or two messages."""
        if value is None:
            return []
        name, fields = value
        other = self.choice([one for one in NUMBERS if one != name])
        before = [field(NUMBERS[other], b"")] if self.happens(0.2) else []
        parts = self.string_fields(fields) if name == "bytes" else self.number_fields(name, fields)
        return before + [field(NUMBERS[name], self.strangers([piece])) for piece in self.pieces(parts)]

    def string_fields(self, fields: Plain) -> list[bytes]:
        values, content_type = [field(1, one) for one in fields["value"]], [field(2, fields["content_type"].encode())]
        return self.interleaved(values, content_type)

    def number_fields(self, name: str, fields: Plain) -> list[bytes]:
        columns = (
            self.elements(1, [ENCODE[name](number) for number in fields["values"]], WIRE_TYPES[name]),
            self.elements(2, [varint(number) for number in fields["keys"]], 0),
            self.elements(3, [varint(number) for number in fields["shape"]], 0),
        )
        return self.interleaved(self.interleaved(*columns[:2]), columns[2])

    def elements(self, number: int, encoded: list[bytes], wire_type: int) -> list[bytes]:
        """Packed at once, packed in several fields, not packed, or all of it."""
        parts = []
        while encoded:
            count = self.choice([1, 2, len(encoded)])
            taken, encoded = encoded[:count], encoded[count:]
            if self.happens(0.3):
                parts += [varint(number << 3 | wire_type) + one for one in taken]
            else:
                parts.append(field(number, b"".join(taken)))
        return parts

    def pieces(self, parts: list[bytes]) -> list[bytes]:
        """As one message, or as two that are to be merged."""
        cut = self.randrange(len(parts) + 1) if self.happens(0.3) else 0
        return [b"".join(piece) for piece in (parts[:cut], parts[cut:])]

    def interleaved(self, first: list[bytes], second: list[bytes]) -> list[bytes]:
        first, second, mixed = first[::-1], second[::-1], []
        while first or second:
            mixed.append((first if first and (not second or self.happens(0.5)) else second).pop())
        return mixed

    def strangers(self, parts: list[bytes]) -> bytes:
        """With fields between them that no message has, or that have another wire type."""
        return b"".join(self.stranger() * self.happens(0.1) + part for part in [*parts, b""])

    def stranger(self) -> bytes:
        number = self.choice([6, 10, 15, 16, 5000, 2**29 - 1])
        group = varint(number << 3 | 3) + field(1, b"x") + varint(number << 3 | 4)
        bodies: list[bytes] = [varint(number << 3) + varint(self.getrandbits(64)), varint(number << 3 | 1) + bytes(8)]
        bodies += [field(number, self.randbytes(5)), varint(number << 3 | 5) + bytes(4), group]
        return self.choice(bodies)

    def mutated(self, payload: bytes) -> bytes:
        """With bytes changed, cut, put in or repeated."""
        changed = bytearray(payload)
        for _ in range(self.choice([1, 1, 2, 5])):
            at, to = sorted(self.choices(range(len(changed) + 1), k=2))
            match self.randrange(6):
                case 0 | 1 | 2 if at < len(changed):
                    changed[at] = self.choice([changed[at] ^ 1 << self.randrange(8), self.randrange(256)])
                case 3:
                    del changed[at : at + self.choice([1, 4, to - at])]
                case 4:
                    changed[at:at] = self.choice([self.randbytes(3), changed[at:to]])
                case _:
                    del changed[to:]
        return bytes(changed)


TEXT_FIELDS = ("uid", "metadata", "configuration")

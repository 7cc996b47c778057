"""What Google's protobuf, the SageMaker SDK and MXNet wrote, in `golden/`, and what it means.

`make oracles` sees that they still write the same.
"""

from pathlib import Path

from labelloop.recordio import MAGIC_BYTES

from tests.unit.record_files import Plain

FOLDER = Path(__file__).parent / "golden"
NOTHING: Plain = {"features": {}, "label": {}, "uid": "", "metadata": "", "configuration": ""}

# What MXNet's writer cuts and what it does not; its reader takes an empty record for the end.
PAYLOADS = [
    b"hello",
    MAGIC_BYTES,
    MAGIC_BYTES + b"abcd",
    b"AAAA" + MAGIC_BYTES + b"BB",
    b"A" + MAGIC_BYTES + b"BBB",
    b"AAAA" + MAGIC_BYTES * 2 + b"C",
    MAGIC_BYTES * 3,
    b"AB" + MAGIC_BYTES + b"CD" + MAGIC_BYTES,
]

GOLDEN: dict[str, Plain] = {
    "nothing": NOTHING,
    "segmentation": NOTHING
    | {
        "features": {
            "target": (
                "float32_tensor",
                {
                    "values": [0.75, 0.5, 0.25, 0.125, 1.0, 0.0, 0.25, 0.5, 0.75, 0.875, 0.0, 1.0],
                    "keys": [],
                    "shape": [],
                },
            ),
            "shape": ("int32_tensor", {"values": [1, 2, 2, 3], "keys": [], "shape": []}),
        }
    },
    "everything": {
        "features": {
            "float32": (
                "float32_tensor",
                {"values": [-0.5, 3.4028234663852886e38], "keys": [3, 2**63], "shape": [9, 300]},
            ),
            "float64": ("float64_tensor", {"values": [0.1, -1e300], "keys": [], "shape": [2]}),
            "int32": ("int32_tensor", {"values": [0, 1, 127, 128, 2**31 - 1, -1, -(2**31)], "keys": [0], "shape": []}),
            "bytes": ("bytes", {"value": [b"", b"\x00\xff", b"jpeg"], "content_type": "image/jpeg"}),
            "nothing": None,
            "": ("bytes", {"value": [], "content_type": ""}),
        },
        "label": {"values": ("float32_tensor", {"values": [1.0], "keys": [], "shape": []})},
        "uid": "0_1",
        "metadata": '{"größe": 3}',
        "configuration": "雪",
    },
}


def golden_bytes(name: str) -> bytes:
    return (FOLDER / f"{name}.rec").read_bytes()

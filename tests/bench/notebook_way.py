"""A segmentation answer decoded as in AWS's own notebook: SageMaker SDK, protobuf, lists. For `.envs/oracles`.

Source: amazon-sagemaker-examples, introduction_to_amazon_algorithms/semantic_segmentation_pascalvoc
"""

import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.measure import best_ms, memory
from tests.oracles import sdk

sdk.load()

from sagemaker.amazon.record_pb2 import Record  # noqa: E402
from sagemaker.serializer_utils import read_recordio  # noqa: E402


def class_ids(results: bytes) -> Any:
    rec = Record()
    rec.ParseFromString(next(read_recordio(io.BytesIO(results))))
    values = list(rec.features["target"].float32_tensor.values)
    shape = list(rec.features["shape"].int32_tensor.values)
    shape = np.squeeze(shape)  # type: ignore[assignment]
    mask = np.reshape(np.array(values), shape)
    mask = np.squeeze(mask, axis=0)
    return np.argmax(mask, axis=0)


def parse(payload: bytes) -> Any:
    """Without the lists, as somebody careful would."""
    rec = Record()
    rec.ParseFromString(payload)
    return np.array(rec.features["target"].float32_tensor.values, np.float32)


if __name__ == "__main__":
    body = Path(sys.argv[1]).read_bytes()
    took = memory(lambda: class_ids(body))
    ids = class_ids(body).astype(np.uint8)
    payload = next(read_recordio(io.BytesIO(body)))
    figures = {
        "class_ids_of_body_ms": best_ms(lambda: class_ids(body), 3),
        "recordio_ms": best_ms(lambda: list(read_recordio(io.BytesIO(body))), 10),
        "record_ms": best_ms(lambda: parse(payload), 3),
    }
    json.dump(figures | took | {"sha256": hashlib.sha256(ids.tobytes()).hexdigest()}, sys.stdout)

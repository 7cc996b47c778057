"""A segmentation answer decoded by us, and the least that anything over the same numbers takes."""

import hashlib
import json
import sys
from pathlib import Path

from labelloop.masks import class_ids, confidence, decode_probabilities
from labelloop.record import Record
from labelloop.recordio import read_records

from tests.bench.measure import best_ms, memory

RUNS = 100

if __name__ == "__main__":
    body = Path(sys.argv[1]).read_bytes()
    took = memory(lambda: class_ids(decode_probabilities(body)))
    view = decode_probabilities(body)
    aligned = view.copy()
    (payload,) = read_records(body)
    figures = {
        "class_ids_of_body_ms": best_ms(lambda: class_ids(decode_probabilities(body)), RUNS),
        "recordio_ms": best_ms(lambda: list(read_records(body)), RUNS),
        "record_ms": best_ms(lambda: Record.from_bytes(payload), RUNS),
        "decode_probabilities_ms": best_ms(lambda: decode_probabilities(body), RUNS),
        "confidence_ms": best_ms(lambda: confidence(view), RUNS),
        "aligned": view.flags.aligned,
        "class_ids_ms": best_ms(lambda: class_ids(view), RUNS),
        "max_ms": best_ms(view.max, RUNS),
        "argmax_ms": best_ms(lambda: view.argmax(axis=0), 3),
        "class_ids_of_aligned_ms": best_ms(lambda: class_ids(aligned), RUNS),
        "max_of_aligned_ms": best_ms(aligned.max, RUNS),
        "max_over_classes_of_aligned_ms": best_ms(lambda: aligned.max(axis=0), RUNS),
    }
    digest = hashlib.sha256(class_ids(view).tobytes()).hexdigest()
    json.dump(figures | took | {"sha256": digest}, sys.stdout)

"""Asks what others wrote for the same bytes, in their own environments."""

import os
import pickle
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[1] / ".envs"


def protobuf(job: str, items: Iterable[Any], implementation: str = "upb") -> list[Any]:
    """One answer for each item.

    Args:
        job: write (a plain record to a payload), read (back), frame (a payload as RecordIO), unframe (a stream).
        items: what it is done to.
        implementation: protobuf's in C ("upb") or in Python ("python").
    """
    environment = {"PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": implementation}
    return _ask("oracles", "protobuf_side.py", (job, list(items)), environment)


def mxnet(job: str, items: Iterable[Any]) -> list[Any]:
    """One answer for each item; the jobs are write (payloads to a stream) and read (back)."""
    return _ask("mxnet_vision", "mxnet_side.py", (job, list(items)), {})


def _ask(environment: str, script: str, question: Any, variables: dict[str, str]) -> list[Any]:
    done = subprocess.run(
        [ENVIRONMENTS / environment / "bin/python", HERE / script],
        input=pickle.dumps(question), stdout=subprocess.PIPE, env=os.environ | variables, check=True,
    )  # fmt: skip
    answer: list[Any] = pickle.loads(done.stdout)
    return answer

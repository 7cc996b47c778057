"""Asks what others wrote for the same bytes, in their own environments."""

import os
import pickle
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def protobuf(job: str, items: Iterable[Any], implementation: str = "upb") -> list[Any]:
    """One answer for each item.

    Args:
        job: write (a plain record to a payload), read (back), frame (a payload as RecordIO), unframe (a stream).
        items: what it is done to.
        implementation: protobuf's in C ("upb") or in Python ("python").
    """
    environment = {"PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": implementation}
    return _ask("oracles", "protobuf_side", (job, list(items)), environment)


def mxnet(job: str, items: Iterable[Any]) -> list[Any]:
    """One answer for each item; the jobs are write (payloads to a stream), read (back), decode (a picture)."""
    return _ask("mxnet_vision", "mxnet_side", (job, list(items)), {})


def _ask(environment: str, module: str, question: Any, variables: dict[str, str]) -> list[Any]:
    done = subprocess.run(
        [ROOT / ".envs" / environment / "bin/python", "-m", f"tests.oracles.{module}"],
        cwd=ROOT, input=pickle.dumps(question), stdout=subprocess.PIPE, env=os.environ | variables, check=True,
    )  # fmt: skip
    answer: list[Any] = pickle.loads(done.stdout)
    return answer

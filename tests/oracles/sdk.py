"""Loads two files of the SageMaker SDK 2, and nothing else of it: what they import beside is not installed."""

import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType


def load() -> None:
    """Make `sagemaker.amazon.record_pb2` and `sagemaker.serializer_utils` importable, packages without their code."""
    spec = find_spec("sagemaker")
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parent
    for name, folder in {"sagemaker": root, "sagemaker.amazon": root / "amazon"}.items():
        sys.modules[name] = ModuleType(name)
        sys.modules[name].__path__ = [str(folder)]
    sys.modules["sagemaker.utils"] = utils = ModuleType("sagemaker.utils")
    utils.DeferredError = Exception  # type: ignore[attr-defined]

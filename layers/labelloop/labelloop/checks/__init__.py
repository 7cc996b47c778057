"""Everything that preflight looks for: each check has a stable code, a level, and words for people.

One module for each kind of thing that is looked at; each constant of type `Check` in one of them is a check.
`counterparts` are the codes of Amazon Rekognition Custom Labels that mean the same:
https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/tm-debugging-json-line-errors.html
"""

import importlib
import pkgutil
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

import msgspec


class Level(StrEnum):
    """What a finding means for the run; the value is how people read it."""

    STOPS = "stops the run"
    LEFT_OUT = "line left out"
    NOTICE = "worth knowing"


class Check(msgspec.Struct, frozen=True):
    """One thing that preflight looks for.

    Attributes:
        code: never changes its meaning once released.
        title: what is the matter, without the particulars.
        sagemaker: what SageMaker would say or do about it, hours later.
        fix: the way out, one or two sentences.
        counterparts: the codes of Rekognition Custom Labels for it.
    """

    code: str
    level: Level
    title: str
    sagemaker: str
    fix: str
    counterparts: tuple[str, ...] = ()


@cache
def all_checks() -> Mapping[str, Check]:
    """Every check by code, module by module."""
    modules = (importlib.import_module(f"{__name__}.{entry.name}") for entry in pkgutil.iter_modules(__path__))
    checks = (value for module in modules for value in vars(module).values() if isinstance(value, Check))
    return {check.code: check for check in checks}
